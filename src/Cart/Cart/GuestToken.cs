using System.Security.Cryptography;
using Jangteo.Cart.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Jangteo.Cart;

/// <summary>The unguessable name of a guest's cart. The database knows only its hash, so whoever reads that cannot take a cart.</summary>
sealed record GuestToken(string Text)
{
    const int Length = 32;

    public static GuestToken New() => new(WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(Length)));

    /// <summary>The request's token; null without one or when it is not one of ours.</summary>
    public static GuestToken? Read(HttpRequest request)
    {
        if (request.Cookies[CartClient.GuestCookie] is not { Length: 43 } text) return null;
        return text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? new(text) : null;
    }

    public string Owner => $"guest {Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Text)))}";
}
