using System.ComponentModel.DataAnnotations;
using Jangteo.Cart.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Cart;

/// <summary>PUT /api/cart/lines/{sku}: sets how many of a SKU the caller wants. The first one makes the cart.</summary>
static class PutLine
{
    public static void Map(RouteGroupBuilder cart) => cart.MapPut("/lines/{sku}", Handle)
        .ProducesProblem(404).ProducesProblem(409)
        .WithName("PutCartLine").WithSummary("Sets how many of a SKU, 0 to 99; 0 removes it. Safe to repeat.");

    static async Task<Results<Ok<CartView>, ProblemHttpResult>> Handle([StringLength(SoldSku.MaxLength)] string sku, LineQuantity request,
        Caller caller, HttpContext http, CartDb db, CallersCart callers, CartQueries queries, Currency currency, CancellationToken ct)
    {
        var cart = await callers.Open(caller, http.Request, ct);
        var offers = await queries.Offers(db, cart, sku, ct);
        if (request.Quantity == 0) cart?.Remove(sku);
        else
        {
            if (Refusal(cart, sku, offers) is { } refusal) return refusal;
            cart ??= callers.Make(caller);
            cart.Put(sku, request.Quantity, offers[sku].Sku.Price);
        }
        await callers.Save(http, ct);
        return TypedResults.Ok(ShowCart.View(cart, offers, currency));
    }

    static ProblemHttpResult? Refusal(ShoppingCart? cart, string sku, Dictionary<string, Offer> offers)
    {
        if (!offers.TryGetValue(sku, out var offer)) return Problems.NotFound("SKU");
        if (offer.Sku.Retired) return Problems.Conflict("no-longer-sold", "This is no longer sold.", ("sku", sku));
        return cart?.HasRoomFor(sku) is false ? Problems.Conflict("cart-full", $"A cart holds at most {ShoppingCart.MaxLines} lines.") : null;
    }
}
