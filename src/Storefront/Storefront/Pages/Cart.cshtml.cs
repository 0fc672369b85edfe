using Jangteo.Cart.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages;

/// <summary>GET /cart: what the visitor put in, with what changed since; POST: how many, and take out.</summary>
sealed class CartPage(CartClient cart, OrdersClient orders, Show show, ILogger<CartPage> log) : ShopPage
{
    public const int MostOfALine = 99;

    public CartView? Cart { get; private set; }
    public Sums Sums { get; private set; } = null!;
    public QuotedBenefits? Benefits { get; private set; }
    public bool MayOrder { get; private set; }
    public bool HoldsTooMany { get; private set; }

    public async Task OnGet(CancellationToken ct)
    {
        ShowPersonal(T.Cart, Tab.Cart);
        Cart = await cart.Get(ct).OrNull(log);
        if (Cart is null || Cart.Lines.Count == 0) return;
        HoldsTooMany = LinesToOrder(Cart).Count > OrderLimits.Lines;
        MayOrder = Cart.Lines.All(line => !Blocks(line.Notice)) && !HoldsTooMany;
        var quote = await orders.QuoteWithBenefits(LinesToOrder(Cart), ct: ct).OrNull(log);
        Benefits = quote?.Benefits;
        Sums = quote is null ? new(Cart.Subtotal, null, Cart.Subtotal, null) : Sums.Of(quote);
    }

    public async Task<IActionResult> OnPostQuantity(string? sku, int? quantity, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(sku)) return RedirectToPage();
        // A field that was emptied says nothing; what is to go has a button of its own.
        if (quantity is >= 1 and <= MostOfALine) Say(await cart.Put(sku, quantity.Value, ct).OrRefusal(log), T.QuantityChanged);
        else SayFailed(T.QuantityInvalid);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostRemove(string? sku, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(sku)) return RedirectToPage();
        Say(await cart.Remove(sku, ct).OrRefusal(log), T.LineRemoved);
        return RedirectToPage();
    }

    /// <summary>What a shopper should know about a line, and whether it is in the way of ordering.</summary>
    public (string Text, bool Blocks)? NoticeOf(CartLine line) => line.Notice switch
    {
        LineNotice.PriceChanged => (T.PriceChangedLine(show.Price(line.PriceWhenAdded), show.Price(line.UnitPrice)), false),
        LineNotice.TooFew => (T.StockShort(line.Available ?? 0), true),
        LineNotice.SoldOut => (T.LineSoldOut, true),
        LineNotice.Retired => (T.LineGone, true),
        _ => null,
    };

    public static bool Blocks(LineNotice notice) => notice is LineNotice.TooFew or LineNotice.SoldOut or LineNotice.Retired;

    public static IReadOnlyList<SkuQuantity> LinesToOrder(CartView cart) => [.. cart.Lines.Where(line => line.Notice != LineNotice.Retired).Select(line => new SkuQuantity(line.Sku, line.Quantity))];

    void Say(Answer<CartView> answer, string done)
    {
        if (answer.Ok) SayDone(done);
        else SayFailed(answer.Problem.Status == 503 ? T.CartUnavailableText : T.TryAgain);
    }
}
