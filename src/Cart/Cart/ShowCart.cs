using Jangteo.Cart.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Cart;

/// <summary>GET /api/cart: the caller's cart with today's prices and stock. Looking makes no cart and sets no cookie.</summary>
static class ShowCart
{
    public static void Map(RouteGroupBuilder cart) => cart.MapGet("", Handle)
        .WithName("ShowCart").WithSummary("The caller's cart with today's prices, stock and what changed since.");

    static async Task<Ok<CartView>> Handle(Caller caller, HttpContext http, CartDb db, CallersCart callers, CartQueries queries, Currency currency, CancellationToken ct)
    {
        var cart = await callers.Open(caller, http.Request, ct);
        await callers.Save(http, ct);
        return TypedResults.Ok(View(cart, await queries.Offers(db, cart, null, ct), currency));
    }

    public static CartView View(ShoppingCart? cart, Dictionary<string, Offer> offers, Currency currency)
    {
        var lines = cart is null ? [] : cart.Lines.Where(l => offers.ContainsKey(l.Sku)).Select(l => View(l, offers[l.Sku])).ToList();
        var subtotal = lines.Where(l => l.Notice is not (LineNotice.Retired or LineNotice.SoldOut)).Aggregate(new Money(0, currency.Code), (sum, line) => sum + line.LineTotal);
        return new(lines, lines.Sum(l => l.Quantity), subtotal);
    }

    static CartLine View(KeptLine line, Offer offer) => new(line.Sku, offer.Sku.ProductId, offer.Sku.Slug, offer.Sku.Name, offer.Sku.Label, offer.Sku.Picture, line.Quantity,
        offer.Sku.Price, line.PriceWhenAdded, offer.Sku.Price * line.Quantity, offer.Available, NoticeOf(line, offer));

    /// <summary>The gravest of what is to be said. While the stock is unknown nothing is said of it.</summary>
    public static LineNotice NoticeOf(KeptLine line, Offer offer) => offer switch
    {
        { Sku.Retired: true } => LineNotice.Retired,
        { Available: <= 0 } => LineNotice.SoldOut,
        { Available: { } available } when available < line.Quantity => LineNotice.TooFew,
        _ when offer.Sku.Price != line.PriceWhenAdded => LineNotice.PriceChanged,
        _ => LineNotice.None,
    };
}
