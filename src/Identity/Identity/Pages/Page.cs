using Jangteo.Platform.Pages;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Identity.Pages;

/// <summary>What every page needs: its language, where its visitor wants to go, and its forms' guard against forged posts.</summary>
public sealed record Page(string Language, string ReturnUrl, string OtherLanguageUrl, AntiforgeryTokenSet Guard)
{
    const string LanguageCookie = "jangteo_language";

    /// <summary>The page speaks Korean.</summary>
    public bool IsKorean => Language == "ko";
    /// <summary>The text in the language of the page.</summary>
    public string Say(string korean, string english) => IsKorean ? korean : english;

    /// <summary>An address of these pages that keeps language and destination.</summary>
    public string To(string path) => $"{path}?lang={Language}&returnUrl={Uri.EscapeDataString(ReturnUrl)}";

    internal static Page Of(HttpContext http)
    {
        var language = LanguageOf(http.Request);
        var returnUrl = BrowserLogins.IsLocal(http.Request.Query["returnUrl"]) ? http.Request.Query["returnUrl"].ToString() : "/";
        var other = http.Request.Query.Where(q => q.Key != "lang").SelectMany(q => q.Value, (q, value) => $"&{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(value ?? "")}");
        return new(language, returnUrl, $"?lang={(language == "ko" ? "en" : "ko")}{string.Concat(other)}", http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http));
    }

    internal static string LanguageOf(HttpRequest request)
    {
        if (request.Query["lang"].ToString() is "ko" or "en") return request.Query["lang"]!;
        if (request.Cookies[LanguageCookie] is "ko" or "en") return request.Cookies[LanguageCookie]!;
        return request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1).FirstOrDefault()?.Value.Value is { } first && !first.StartsWith("ko", StringComparison.OrdinalIgnoreCase) && first != "*" ? "en" : "ko";
    }

    /// <summary>Renders a page. It holds what is personal, so nobody stores it; it brings no scripts, so none may run.</summary>
    internal static IResult Show<TPage>(HttpContext http, Page page, Dictionary<string, object?>? parts = null, int status = 200) where TPage : IComponent
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        http.Response.Headers["Referrer-Policy"] = "same-origin";
        return new RazorComponentResult<TPage>(new Dictionary<string, object?>(parts ?? []) { ["Page"] = page }) { StatusCode = status, PreventStreamingRendering = true };
    }

    /// <summary>Shows a message with one way on.</summary>
    internal static IResult Tell(HttpContext http, Page page, string title, string text, string kind, (string Href, string Text) next, int status = 200) =>
        Show<NoticePage>(http, page, new() { ["Title"] = title, ["Text"] = text, ["Kind"] = kind, ["NextHref"] = next.Href, ["NextText"] = next.Text }, status);
}

/// <summary>Refuses posts that did not come from a form of ours.</summary>
sealed class FormGuard(IAntiforgery antiforgery) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var http = call.HttpContext;
        if (!HttpMethods.IsPost(http.Request.Method)) return await next(call);
        if (http.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(http)) return await next(call);
        var page = Page.Of(http);
        return Page.Tell(http, page, page.Say("다시 시도해 주세요", "Please try once more"),
            page.Say("화면을 연 지 너무 오래되었습니다. 새로 연 뒤 다시 시도해 주세요.", "The page was open for too long. Open it again and send it once more."), "bad",
            (http.Request.Path + http.Request.QueryString, page.Say("다시 열기", "Open again")), StatusCodes.Status400BadRequest);
    }
}

/// <summary>GET /identity/assets/…: the style sheet and the logo, cached for a day.</summary>
static class Assets
{
    public static void Map(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder pages)
    {
        foreach (var (name, type) in new[] { ("identity.css", "text/css; charset=utf-8"), ("jangteo.svg", "image/svg+xml") })
        {
            var bytes = new Lazy<byte[]>(() => Read(name));
            Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions.MapGet(pages, $"/assets/{name}", (HttpContext http) =>
            {
                http.Response.Headers.CacheControl = "public, max-age=86400";
                return TypedResults.Bytes(bytes.Value, type);
            });
        }
    }

    static byte[] Read(string name)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(name)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
