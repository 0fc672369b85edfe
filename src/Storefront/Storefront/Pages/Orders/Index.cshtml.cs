using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.Orders;

/// <summary>GET /orders: the member's own orders, newest first.</summary>
[Authorize(Policies.Member)]
sealed class OrdersPage(OrdersClient orders, ILogger<OrdersPage> log) : ShopPage
{
    const int PageSize = 10;

    public Page<OrderSummary>? Found { get; private set; }

    public async Task<IActionResult> OnGet(string? after, CancellationToken ct)
    {
        ShowPersonal(T.Orders);
        var answer = await orders.List(after, PageSize, ct).OrRefusal(log);
        if (!answer.Ok && answer.Problem.Status == 400 && after is not null) return Redirect(Url.Content("~/orders"));
        Found = answer.Value;
        return Page();
    }
}
