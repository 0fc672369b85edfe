using Jangteo.Identity.Contracts;
using Jangteo.Identity.Tokens;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Identity.Logins;

/// <summary>POST /api/identity/logout: ends the session of a refresh token. An unknown or old token is answered alike.</summary>
static class LogOut
{
    const int MaxTokenLength = 4096;

    public static void Map(RouteGroupBuilder identity) => identity.MapPost("/logout", Handle).WithName("LogOut").WithSummary("Ends the session of a refresh token").ProducesProblem(400);

    static async Task<Results<NoContent, ProblemHttpResult>> Handle(RefreshTokenBody body, Keys keys, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        if (body.RefreshToken.Length > MaxTokenLength) return Problems.Invalid("refreshToken", $"At most {MaxTokenLength} characters.");
        if (TokenIssuer.ReadRefresh(await keys.Get(ct), body.RefreshToken) is var (sessionId, _))
            await db.Unit(() => Sessions.SignOut(db.Sessions.Where(s => s.Id == sessionId), time.GetUtcNow(), ct), ct);
        return TypedResults.NoContent();
    }
}
