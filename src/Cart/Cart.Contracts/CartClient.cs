using System.ComponentModel.DataAnnotations;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;

namespace Jangteo.Cart.Contracts;

/// <summary>What a shopper should know about a line before ordering.</summary>
public enum LineNotice
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>The price differs from when it was put in.</summary>
    PriceChanged,
    /// <summary>There are fewer than wanted.</summary>
    TooFew,
    /// <summary>Sold out.</summary>
    SoldOut,
    /// <summary>No longer sold.</summary>
    Retired,
}

/// <summary>A line of the cart.</summary>
/// <param name="PriceWhenAdded">The unit price when it was put in.</param>
/// <param name="Available">Pieces in stock; null while unknown.</param>
public sealed record CartLine(string Sku, Guid ProductId, string Slug, LocalText Name, LocalText Label, string? Picture, int Quantity,
    Money UnitPrice, Money PriceWhenAdded, Money LineTotal, int? Available, LineNotice Notice);

/// <summary>The caller's cart.</summary>
/// <param name="Count">Pieces in all.</param>
/// <param name="Subtotal">Of the lines that can be bought.</param>
public sealed record CartView(IReadOnlyList<CartLine> Lines, int Count, Money Subtotal);

/// <summary>How many of a SKU, 0 to 99; 0 removes it.</summary>
public sealed record LineQuantity([property: Range(0, 99)] int Quantity);

/// <summary>Asks the Cart. A guest's cart is known by the cookie <see cref="GuestCookie"/>; a call with a member's token and that cookie merges the two.</summary>
public sealed class CartClient(HttpClient http)
{
    /// <summary>The unguessable name of a guest's cart, HttpOnly, 30 days.</summary>
    public const string GuestCookie = "jangteo_cart";

    /// <summary>GET /api/cart.</summary>
    public Task<Answer<CartView>> Get(CancellationToken ct = default) => http.Ask<CartView>(HttpMethod.Get, "/api/cart", null, ct);

    /// <summary>PUT /api/cart/lines/{sku}: sets how many; 0 removes.</summary>
    public Task<Answer<CartView>> Put(string sku, int quantity, CancellationToken ct = default) => http.Ask<CartView>(HttpMethod.Put, $"/api/cart/lines/{Uri.EscapeDataString(sku)}", new LineQuantity(quantity), ct);

    /// <summary>DELETE /api/cart/lines/{sku}.</summary>
    public Task<Answer<CartView>> Remove(string sku, CancellationToken ct = default) => http.Ask<CartView>(HttpMethod.Delete, $"/api/cart/lines/{Uri.EscapeDataString(sku)}", null, ct);
}
