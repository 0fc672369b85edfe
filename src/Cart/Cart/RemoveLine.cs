using System.ComponentModel.DataAnnotations;
using Jangteo.Cart.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Cart;

/// <summary>DELETE /api/cart/lines/{sku}: removes a line, if it is there.</summary>
static class RemoveLine
{
    public static void Map(RouteGroupBuilder cart) => cart.MapDelete("/lines/{sku}", Handle)
        .WithName("RemoveCartLine").WithSummary("Removes a line; gives the cart that is left. Safe to repeat.");

    static async Task<Ok<CartView>> Handle([StringLength(SoldSku.MaxLength)] string sku,
        Caller caller, HttpContext http, CartDb db, CallersCart callers, CartQueries queries, Currency currency, CancellationToken ct)
    {
        var cart = await callers.Open(caller, http.Request, ct);
        cart?.Remove(sku);
        await callers.Save(http, ct);
        return TypedResults.Ok(ShowCart.View(cart, await queries.Offers(db, cart, null, ct), currency));
    }
}
