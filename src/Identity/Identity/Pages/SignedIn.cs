using System.Security.Claims;
using Jangteo.Identity.Members;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Identity.Pages;

/// <summary>
/// Being logged in at Identity itself, in this browser: a cookie that spares one the password at the next page host. It ends
/// with the member's stamp, and logging out ends all sessions that began with it.
/// </summary>
static class SignedIn
{
    public const string Scheme = "identity";
    const string Stamp = "stamp", Browser = "browser";

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.Configure<AuthenticationPaths>(paths =>
        {
            paths.Use("/identity", Scheme);
            paths.Use("/connect", Scheme);
        });
        builder.Services.AddAuthentication().AddCookie(Scheme, options =>
        {
            options.Cookie = new() { Name = "jangteo_identity", Path = "/", HttpOnly = true, SameSite = SameSiteMode.Lax, SecurePolicy = CookieSecurePolicy.SameAsRequest, IsEssential = true };
            options.ExpireTimeSpan = TimeSpan.FromDays(14);
            options.SlidingExpiration = true;
            options.LoginPath = "/identity/login";
        });
    }

    public static Task SignIn(HttpContext http, Member member) => http.SignInAsync(Scheme, new(new ClaimsIdentity(
        [new("sub", member.Id.ToString()), new(Stamp, member.Stamp.ToString()), new(Browser, Guid.NewGuid().ToString())], Scheme)), new() { IsPersistent = true });

    /// <summary>Who is logged in here, and in which browser; null when nobody is, or all logins were ended since.</summary>
    public static async Task<(Member Member, Guid Browser)?> Find(HttpContext http, IdentityDb db, DateTimeOffset now, CancellationToken ct)
    {
        var user = (await http.AuthenticateAsync(Scheme)).Principal;
        if (!Guid.TryParse(user?.FindFirstValue("sub"), out var id) || !Guid.TryParse(user.FindFirstValue(Stamp), out var stamp) || !Guid.TryParse(user.FindFirstValue(Browser), out var browser)) return null;
        return await db.Members.FirstOrDefaultAsync(m => m.Id == id && m.Stamp == stamp && (m.GraceEndsAt == null || m.GraceEndsAt > now), ct) is { } member ? (member, browser) : null;
    }

    /// <summary>The browser of the cookie alone, for logging out even when its member is gone.</summary>
    public static async Task<Guid?> BrowserOf(HttpContext http) =>
        Guid.TryParse((await http.AuthenticateAsync(Scheme)).Principal?.FindFirstValue(Browser), out var browser) ? browser : null;
}
