using Jangteo.Identity.Pages;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;

namespace Jangteo.Identity.Tokens;

/// <summary>/connect/logout: ends the login in this browser, with every session of a page host that began with it.</summary>
static class EndSession
{
    public static void Map(IEndpointRouteBuilder app) => app.MapMethods("/connect/logout", ["GET", "POST"], Handle).ExcludeFromDescription();

    static async Task<IResult> Handle(HttpContext http, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        // A foreign page may send the browser here, but not log its visitor out.
        if (http.Request.Headers["Sec-Fetch-Site"] == "cross-site") return TypedResults.LocalRedirect("/");
        var hinted = Guid.TryParse((await http.AuthenticateAsync(OpenIdConnect.Scheme)).Principal?.GetClaim("sid"), out var sid) ? sid : Guid.Empty;
        var browser = await SignedIn.BrowserOf(http);
        DateTimeOffset? now = time.GetUtcNow();
        await db.Unit(() => db.Sessions.Where(s => s.EndedAt == null && (s.Id == hinted || (s.Browser != null && s.Browser == browser)))
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now).SetProperty(s => s.Version, s => s.Version + 1), ct), ct);
        await http.SignOutAsync(SignedIn.Scheme);
        return TypedResults.SignOut(new() { RedirectUri = "/" }, [OpenIdConnect.Scheme]);
    }
}
