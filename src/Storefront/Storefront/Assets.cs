using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Storefront;

/// <summary>Style sheet, script and icons, carried inside the assembly so that every host serves them without files beside it.</summary>
static class Assets
{
    static readonly Dictionary<string, Asset> s_byName = Load();
    static readonly Dictionary<string, Asset> s_byUrl = s_byName.Values.ToDictionary(asset => asset.Url);

    /// <summary>The address of an asset. It holds a hash of the content, so browsers may keep it for ever.</summary>
    public static string Url(string name) => s_byName[name].Url;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/assets/{name}", Serve).ExcludeFromDescription();
        app.MapGet("/favicon.ico", () => Results.Redirect(Url("favicon.svg"), permanent: true)).ExcludeFromDescription();
    }

    static IResult Serve(string name, HttpContext context)
    {
        if (!s_byUrl.TryGetValue($"/assets/{name}", out var asset)) return Results.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.Vary = "Accept-Encoding";
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal)) return Results.Bytes(asset.Plain, asset.ContentType);
        context.Response.Headers.ContentEncoding = "br";
        return Results.Bytes(asset.Brotli, asset.ContentType);
    }

    static Dictionary<string, Asset> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("assets/", StringComparison.Ordinal))
            .Select(name => Asset.Read(name["assets/".Length..], assembly.GetManifestResourceStream(name)!))
            .ToDictionary(asset => asset.Name);
    }

    sealed record Asset(string Name, string Url, string ContentType, byte[] Plain)
    {
        /// <summary>Made when first asked for: the page that names the asset need not wait for it.</summary>
        public byte[] Brotli => field ??= Compress(Plain);

        public static Asset Read(string name, Stream content)
        {
            using var buffer = new MemoryStream();
            content.CopyTo(buffer);
            var plain = buffer.ToArray();
            var hash = Convert.ToHexStringLower(SHA256.HashData(plain))[..10];
            var url = $"/assets/{Path.GetFileNameWithoutExtension(name)}-{hash}{Path.GetExtension(name)}";
            return new(name, url, ContentTypeOf(name), plain);
        }

        static byte[] Compress(byte[] plain)
        {
            using var buffer = new MemoryStream();
            using (var brotli = new BrotliStream(buffer, CompressionLevel.SmallestSize)) brotli.Write(plain);
            return buffer.ToArray();
        }

        static string ContentTypeOf(string name) => Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        };
    }
}
