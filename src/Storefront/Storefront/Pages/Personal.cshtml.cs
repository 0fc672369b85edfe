using Jangteo.Cart.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages;

/// <summary>GET /personal: what is the visitor's own on pages that are the same for all: name, cart count, form token.</summary>
sealed class PersonalPage(CartClient cart, IAntiforgery antiforgery, ILogger<PersonalPage> log) : ShopPage
{
    public string? Name { get; private set; }
    public int Count { get; private set; }
    public string Token { get; private set; } = "";

    public async Task OnGet(CancellationToken ct)
    {
        ShowPersonal("");
        if (IsMember) Name = User.FindFirst("name")?.Value ?? T.MyPage;
        // A guest without a cart cookie has no cart: do not make one by looking.
        if (Name is not null || Request.Cookies.ContainsKey(CartClient.GuestCookie)) Count = (await cart.Get(ct).OrNull(log))?.Count ?? 0;
        Token = antiforgery.GetAndStoreTokens(HttpContext).RequestToken!;
    }
}
