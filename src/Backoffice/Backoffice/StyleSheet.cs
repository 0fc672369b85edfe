using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Backoffice;

/// <summary>The style sheet, from inside the assembly; its address holds a hash of it, so browsers may keep it for ever.</summary>
static class StyleSheet
{
    static readonly byte[] Css = Read("backoffice.css");

    public static readonly string Url = $"/backoffice/assets/backoffice-{Convert.ToHexStringLower(SHA256.HashData(Css))[..10]}.css";

    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Url, (HttpContext http) =>
    {
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(Css, "text/css; charset=utf-8");
    }).ExcludeFromDescription();

    static byte[] Read(string name)
    {
        using var stream = typeof(StyleSheet).Assembly.GetManifestResourceStream(name)!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }
}
