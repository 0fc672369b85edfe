using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Storefront.Pages.Orders;

/// <summary>GET /orders/{id}/declined: where the provider sends back who did not pay. What became of the order is shown in the language they left in.</summary>
sealed class DeclinedPage : ShopPage
{
    public IActionResult OnGet(Guid id) => LocalRedirect($"{LanguageCookie.Of(Request).PathBase}/orders/{id}/done?declined=true");
}
