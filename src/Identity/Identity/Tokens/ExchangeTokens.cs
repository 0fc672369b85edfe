using System.Security.Claims;
using Jangteo.Identity.Logins;
using Jangteo.Identity.Members;
using Jangteo.Platform;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Jangteo.Identity.Tokens;

/// <summary>POST /connect/token: service tokens by client credentials; a page host's code or refresh token for a member's tokens.</summary>
static class ExchangeTokens
{
    const string Sequence = "jangteo:sequence";
    const int MaxConflicts = 5;

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/connect/token", Handle).ExcludeFromDescription();

    static async Task<IResult> Handle(HttpContext http, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        var request = http.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType()) return SignIn(ServicePrincipal(request.ClientId!));
        // OpenIddict has checked the code or token itself, the client, and the code's proof key.
        var presented = (await http.AuthenticateAsync(OpenIdConnect.Scheme)).Principal!;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Exchange(presented, request.IsAuthorizationCodeGrantType(), db, time.GetUtcNow(), ct);
            }
            // The same code or token at the same moment: the second one sees what the first did.
            catch (DbUpdateConcurrencyException) when (attempt < MaxConflicts)
            {
                db.ChangeTracker.Clear();
            }
        }
    }

    static async Task<IResult> Exchange(ClaimsPrincipal presented, bool isCode, IdentityDb db, DateTimeOffset now, CancellationToken ct)
    {
        var sessionId = Guid.Parse(presented.GetClaim("sid")!);
        if (await db.Sessions.FirstOrDefaultAsync(s => s.Id == sessionId, ct) is not { } session) return Refused();
        var goesOn = isCode ? session.UseCode(now) : session.Refresh(int.Parse(presented.GetClaim(Sequence)!), now) is RefreshOutcome.Rotated or RefreshOutcome.Repeated;
        await db.SaveChangesAsync(ct);
        if (!goesOn || await Sessions.OwnerOf(db, session, now, ct) is not { } member) return Refused();
        return SignIn(MemberPrincipal(member, session, presented.GetScopes()));
    }

    /// <summary>What a member's tokens say.</summary>
    public static ClaimsPrincipal MemberPrincipal(Member member, MemberSession session, IEnumerable<string> scopes)
    {
        var identity = new ClaimsIdentity(OpenIdConnect.Scheme, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, member.Id.ToString()).SetClaim(Claims.Name, member.Name).SetClaim("sid", session.Id.ToString()).SetClaim(Sequence, session.Sequence.ToString());
        if (member.IsStaff) identity.SetClaim(Claims.Role, Policies.Staff);
        identity.SetScopes(scopes).SetResources(TokenIssuer.Audience);
        identity.SetDestinations(claim => claim.Type switch
        {
            Claims.Name or Claims.Role or Claims.Subject => [Destinations.AccessToken, Destinations.IdentityToken],
            "sid" => [Destinations.IdentityToken],
            // The number of the refresh token stays in the refresh token.
            _ => [],
        });
        return new(identity);
    }

    static ClaimsPrincipal ServicePrincipal(string service)
    {
        var identity = new ClaimsIdentity(OpenIdConnect.Scheme);
        identity.SetClaim(Claims.Subject, service).SetScopes(Policies.Service).SetResources(TokenIssuer.Audience).SetAccessTokenLifetime(OpenIdConnect.ServiceTokensFor);
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        return new(identity);
    }

    static IResult SignIn(ClaimsPrincipal principal) => TypedResults.SignIn(principal, authenticationScheme: OpenIdConnect.Scheme);

    static IResult Refused() => TypedResults.Forbid(new AuthenticationProperties(new Dictionary<string, string?>
    {
        [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.InvalidGrant,
        [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = "The session is over: log in again.",
    }), [OpenIdConnect.Scheme]);
}
