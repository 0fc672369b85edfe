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
/// with the member's stamp and with any of its sessions that the member ends, and logging out ends all sessions that began with it.
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
            options.Events.OnValidatePrincipal = RefuseWhatWasEnded;
        });
    }

    public static Task SignIn(HttpContext http, Member member) => http.SignInAsync(Scheme, new(new ClaimsIdentity(
        [new("sub", member.Id.ToString()), new(Stamp, member.Stamp.ToString()), new(Browser, Guid.NewGuid().ToString())], Scheme)), new() { IsPersistent = true });

    /// <summary>Who is logged in here, and in which browser; null when nobody is, or all logins were ended since.</summary>
    public static async Task<(Member Member, Guid Browser)?> Find(HttpContext http, IdentityDb db, DateTimeOffset now, CancellationToken ct) =>
        await Find((await http.AuthenticateAsync(Scheme)).Principal, db, now, ct);

    static async Task<(Member Member, Guid Browser)?> Find(ClaimsPrincipal? user, IdentityDb db, DateTimeOffset now, CancellationToken ct)
    {
        if (!Guid.TryParse(user?.FindFirstValue("sub"), out var id) || !Guid.TryParse(user.FindFirstValue(Stamp), out var stamp) || !Guid.TryParse(user.FindFirstValue(Browser), out var browser)) return null;
        var member = await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id && m.Stamp == stamp && (m.GraceEndsAt == null || m.GraceEndsAt > now)
            && !db.Sessions.Any(s => s.Browser == browser && s.SignedOut), ct);
        return member is null ? null : (member, browser);
    }

    // Wherever it is shown: a cookie that could still be prolonged would outlive the session that was ended.
    static async Task RefuseWhatWasEnded(CookieValidatePrincipalContext context)
    {
        var (http, services) = (context.HttpContext, context.HttpContext.RequestServices);
        if (await Find(context.Principal, services.GetRequiredService<IdentityDb>(), services.GetRequiredService<TimeProvider>().GetUtcNow(), http.RequestAborted) is not null) return;
        context.RejectPrincipal();
        await http.SignOutAsync(Scheme);
    }
}
