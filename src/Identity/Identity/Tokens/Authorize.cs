using Jangteo.Identity.Logins;
using Jangteo.Identity.Pages;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Routing;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Jangteo.Identity.Tokens;

/// <summary>GET /connect/authorize: sends a visitor who is logged in back to the page host with a code, and others to the login page first.</summary>
static class Authorize
{
    public static void Map(IEndpointRouteBuilder app) => app.MapMethods("/connect/authorize", ["GET", "POST"], Handle).ExcludeFromDescription();

    static async Task<IResult> Handle(HttpContext http, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        var (request, now) = (http.GetOpenIddictServerRequest()!, time.GetUtcNow());
        if (request.HasPromptValue(PromptValues.Login) || await SignedIn.Find(http, db, now, ct) is not var (member, browser))
            return request.HasPromptValue(PromptValues.None) ? LoginRequired() : ToLogin(http, request);
        var session = await LogIn.Start(db, member, request.ClientId!, Visitor.Of(http), now, ct);
        session.Browser = browser;
        await db.SaveChangesAsync(ct);
        return TypedResults.SignIn(ExchangeTokens.MemberPrincipal(member, session, request.GetScopes()), authenticationScheme: OpenIdConnect.Scheme);
    }

    static IResult ToLogin(HttpContext http, OpenIddictRequest request)
    {
        // Once logged in, the same request must not ask for another login.
        var parameters = http.Request.HasFormContentType ? http.Request.Form.AsEnumerable() : http.Request.Query;
        var query = new QueryBuilder(parameters.Where(p => p.Key != Parameters.Prompt).SelectMany(p => p.Value, (p, value) => KeyValuePair.Create(p.Key, value ?? "")));
        var language = request.UiLocales is "ko" or "en" ? $"&lang={request.UiLocales}" : "";
        return TypedResults.LocalRedirect($"/identity/login?returnUrl={Uri.EscapeDataString("/connect/authorize" + query.ToQueryString())}{language}");
    }

    static IResult LoginRequired() => TypedResults.Forbid(new AuthenticationProperties(new Dictionary<string, string?>
    {
        [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.LoginRequired,
        [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = "Nobody is logged in.",
    }), [OpenIdConnect.Scheme]);
}
