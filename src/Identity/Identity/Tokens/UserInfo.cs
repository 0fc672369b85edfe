using Jangteo.Platform;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Jangteo.Identity.Tokens;

/// <summary>/connect/userinfo: who the bearer of an access token is, as far as its scopes allow.</summary>
static class UserInfo
{
    public static void Map(IEndpointRouteBuilder app) => app.MapMethods("/connect/userinfo", ["GET", "POST"], Handle).ExcludeFromDescription();

    static async Task<IResult> Handle(HttpContext http, IdentityDb db, CancellationToken ct)
    {
        var bearer = (await http.AuthenticateAsync(OpenIdConnect.Scheme)).Principal;
        if (!Guid.TryParse(bearer?.GetClaim(Claims.Subject), out var id) || await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, ct) is not { } member)
            return TypedResults.Challenge(authenticationSchemes: [OpenIdConnect.Scheme]);
        var answer = new Dictionary<string, object> { [Claims.Subject] = member.Id.ToString() };
        if (bearer.HasScope(Scopes.Profile)) (answer[Claims.Name], answer[Claims.Locale]) = (member.Name, member.Language);
        if (bearer.HasScope(Scopes.Email)) (answer[Claims.Email], answer[Claims.EmailVerified]) = (member.Email, member.EmailVerifiedAt is not null);
        if (member.IsStaff) answer[Claims.Role] = Policies.Staff;
        return TypedResults.Ok(answer);
    }
}
