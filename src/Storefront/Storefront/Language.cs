using Jangteo.Catalog.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Storefront;

/// <summary>A language of the shop: its code, the path its pages live under, and its texts.</summary>
sealed record Language(string Code, string PathBase, string Locale, Texts Texts)
{
    public static readonly Language Korean = new("ko", "", "ko_KR", new KoreanTexts());
    public static readonly Language English = new("en", "/en", "en_US", new EnglishTexts());
    public static readonly Language[] All = [Korean, English];

    public Language Other => this == Korean ? English : Korean;

    /// <summary>The part of a text that is in this language.</summary>
    public string Of(LocalText text) => text.In(Code);

    public static Language Of(HttpRequest request) => request.PathBase.Value?.EndsWith("/en", StringComparison.Ordinal) == true ? English : Korean;
}

/// <summary>Asks a module in the language of the page, and never in that of the browser: what it answers stands on pages that are kept for everybody.</summary>
sealed class InLanguageOfPage(IHttpContextAccessor visitor) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (visitor.HttpContext is { } http) request.Headers.TryAddWithoutValidation("Accept-Language", Language.Of(http.Request).Code);
        return base.SendAsync(request, ct);
    }
}

/// <summary>
/// Pages in English live under <c>/en</c>. Moving that segment into the path base lets one set of routes serve both languages,
/// and every <c>~/</c> link stays in the language of the page.
/// </summary>
sealed class LanguagePath : IStartupFilter
{
    // A startup filter runs before routing, which a host adds on its own at the start of the pipeline.
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, rest) =>
        {
            if (context.Request.Path.StartsWithSegments("/en", out var path) && !path.StartsWithSegments("/api"))
            {
                context.Request.PathBase = context.Request.PathBase.Add("/en");
                context.Request.Path = path.HasValue ? path : "/";
            }
            return rest(context);
        });
        next(app);
    };
}
