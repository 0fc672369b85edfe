using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Backoffice;

/// <summary>GET /backoffice/language/{code}?returnUrl=: remembers the language and goes back.</summary>
static class LanguageSwitch
{
    public const string Cookie = "jangteo_backoffice_language";

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/backoffice/language/{code:regex(^(ko|en)$)}", (string code, HttpContext http, string? returnUrl = null) =>
    {
        http.Response.Cookies.Append(Cookie, code, new()
        {
            Path = "/backoffice", HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = TimeSpan.FromDays(365), IsEssential = true,
        });
        return Results.LocalRedirect(IsOurs(returnUrl) ? returnUrl! : "/backoffice");
    }).ExcludeFromDescription();

    // Never a redirect to a stranger's site.
    static bool IsOurs(string? url) => url is not null && (url == "/backoffice" || url.StartsWith("/backoffice/", StringComparison.Ordinal) || url.StartsWith("/backoffice?", StringComparison.Ordinal));
}
