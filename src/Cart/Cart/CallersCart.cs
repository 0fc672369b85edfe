using Jangteo.Cart.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Jangteo.Cart;

/// <summary>The cart of whoever calls: a member's by the token, a guest's by the cookie; with both, the guest's becomes part of the member's.</summary>
sealed class CallersCart(CartDb db, CartQueries queries, TimeProvider time, IConfiguration configuration)
{
    readonly bool _originIsSecure = configuration["Mall:Origin"]!.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
    GuestToken? _give;
    bool _takeAway;

    public async Task<ShoppingCart?> Open(Caller caller, HttpRequest request, CancellationToken ct)
    {
        (_give, _takeAway) = (null, false);
        var token = GuestToken.Read(request);
        var guests = token is null ? null : await queries.Cart(db, token.Owner, ct);
        if (guests?.ExpiresAt <= time.GetUtcNow()) guests = null;
        if (caller.MemberId is { } member) return await OfMember(member, guests, request, ct);
        if (guests is not null && guests.Use(time.GetUtcNow())) _give = token;
        return guests;
    }

    async Task<ShoppingCart?> OfMember(Guid member, ShoppingCart? guests, HttpRequest request, CancellationToken ct)
    {
        var cart = await queries.Cart(db, ShoppingCart.OwnedBy(member), ct);
        _takeAway = request.Cookies.ContainsKey(CartClient.GuestCookie);
        if (guests is null) return cart;
        cart ??= Added(ShoppingCart.OfMember(member));
        cart.Merge(guests);
        // When another tab merged first, this removal fails and the call begins again without the guest's cart.
        db.Remove(guests);
        return cart;
    }

    /// <summary>The first cart of a member, or of a guest who gets the cookie for it.</summary>
    public ShoppingCart Make(Caller caller)
    {
        if (caller.MemberId is { } member) return Added(ShoppingCart.OfMember(member));
        _give = GuestToken.New();
        return Added(ShoppingCart.OfGuest(_give, time.GetUtcNow()));
    }

    /// <summary>Commits, and only then changes the cookie.</summary>
    public async Task Save(HttpContext http, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        if (_give is not null) http.Response.Cookies.Append(CartClient.GuestCookie, _give.Text, Cookie(http.Request, ShoppingCart.GuestLife));
        if (_takeAway) http.Response.Cookies.Delete(CartClient.GuestCookie, Cookie(http.Request, null));
    }

    CookieOptions Cookie(HttpRequest request, TimeSpan? life) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = request.IsHttps || _originIsSecure, Path = "/", MaxAge = life, IsEssential = true,
    };

    ShoppingCart Added(ShoppingCart cart)
    {
        db.Add(cart);
        return cart;
    }
}
