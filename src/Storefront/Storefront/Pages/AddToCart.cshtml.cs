using Jangteo.Cart.Contracts;
using Jangteo.Catalog.Contracts;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages;

/// <summary>
/// POST /cart/add: puts a SKU in the cart. The form stands on kept pages, which hold no form token. The script adds one;
/// without script the visitor is asked once more, on a page of their own that has a token.
/// </summary>
[IgnoreAntiforgeryToken]
sealed class AddToCartPage(CartClient cart, CatalogClient catalog, IAntiforgery antiforgery, Language language, ILogger<AddToCartPage> log) : ShopPage
{
    public string Sku { get; private set; } = "";
    public int Quantity { get; private set; }
    public string? Then { get; private set; }
    public string Name { get; private set; } = "";

    public IActionResult OnGet() => Redirect(Url.Content("~/cart"));

    public async Task<IActionResult> OnPost(string? sku, int quantity, string? then, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(sku) || sku.Length > 64)
        {
            SayFailed(T.ChooseOption);
            return Redirect(Url.Content("~/cart"));
        }
        (Sku, Quantity, Then) = (sku, Math.Clamp(quantity, 1, CartPage.MostOfALine), then == "checkout" ? then : null);
        return await antiforgery.IsRequestValidAsync(HttpContext) ? await Add(ct) : await Ask(ct);
    }

    async Task<IActionResult> Add(CancellationToken ct)
    {
        var now = await cart.Get(ct).OrRefusal(log);
        var had = now.Value?.Lines.FirstOrDefault(line => line.Sku == Sku)?.Quantity ?? 0;
        // "Buy now" pressed twice should not buy two; "add" pressed twice should.
        var wanted = Then is null ? Math.Min(had + Quantity, CartPage.MostOfALine) : Math.Max(had, Quantity);
        var answer = now.Ok ? await cart.Put(Sku, wanted, ct).OrRefusal(log) : now;
        if (answer.Ok && Then is not null) return Redirect(Url.Content("~/checkout"));
        if (answer.Ok) SayDone(T.AddedToCart);
        else SayFailed(answer.Problem.Status == 503 ? T.CartUnavailableText : answer.Problem.Is("cart-full") ? T.CartFull : T.ProductGone);
        return Redirect(Url.Content("~/cart"));
    }

    async Task<IActionResult> Ask(CancellationToken ct)
    {
        ShowPersonal(T.AddToCartAsk, Tab.Cart);
        var found = await catalog.Browse(new(Skus: Sku, Limit: 1), ct).OrNull(log);
        Name = found?.Items is [var product, ..] ? language.Of(product.Name) : Sku;
        return Page();
    }
}
