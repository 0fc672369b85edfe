using Jangteo.Identity.Logins;
using Jangteo.Identity.Pages;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Jangteo.Identity.Tokens;

/// <summary>
/// /connect/logout: ends the login in this browser, with every session of a page host that began with it, and the session of the
/// hint. A link could bring anybody here, so who comes without a hint of their own is asked.
/// </summary>
static class EndSession
{
    public static void Map(IEndpointRouteBuilder app) => app.MapMethods("/connect/logout", ["GET", "POST"], Handle).ExcludeFromDescription().AddEndpointFilter<RouteHandlerBuilder, FormGuard>();

    static async Task<IResult> Handle(HttpContext http, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        // A foreign page may send the browser here, but not log its visitor out.
        if (http.Request.Headers["Sec-Fetch-Site"] == "cross-site") return TypedResults.LocalRedirect("/");
        var hint = (await http.AuthenticateAsync(OpenIdConnect.Scheme)).Principal;
        var (now, hinted) = (time.GetUtcNow(), Guid.TryParse(hint?.GetClaim("sid"), out var sid) ? sid : Guid.Empty);
        var here = await SignedIn.Find(http, db, now, ct);
        if (HttpMethods.IsGet(http.Request.Method) && here is var (member, _) && hint?.GetClaim(Claims.Subject) != member.Id.ToString())
            return Page.Show<LogOutPage>(http, Page.Of(http), new() { ["Query"] = http.Request.Query });
        var browser = here?.Browser;
        await db.Unit(() => Sessions.SignOut(db.Sessions.Where(s => s.Id == hinted || (s.Browser != null && s.Browser == browser)), now, ct), ct);
        await http.SignOutAsync(SignedIn.Scheme);
        return TypedResults.SignOut(new() { RedirectUri = "/" }, [OpenIdConnect.Scheme]);
    }
}
