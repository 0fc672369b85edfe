using Jangteo.Identity.Contracts;
using Jangteo.Identity.Members;
using Jangteo.Identity.Tokens;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Logins;

/// <summary>POST /api/identity/refresh: trades a refresh token for the next pair; a token that was traded before ends the session.</summary>
static class RefreshSession
{
    public static void Map(RouteGroupBuilder identity) => identity.MapPost("/refresh", Handle).WithName("RefreshSession").WithSummary("Trades in a refresh token")
        .ProducesProblem(400).ProducesProblem(401);

    static async Task<Results<Ok<Contracts.Tokens>, ProblemHttpResult>> Handle(
        RefreshTokenBody body, Keys keys, TokenIssuer issuer, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        var (member, session) = await Refresh(db, await keys.Get(ct), body.RefreshToken, LogIn.ApiClient, time.GetUtcNow(), ct);
        if (member is null || session is null) return Problems.Of(401, "session-over", "The session is over: log in again.");
        return TypedResults.Ok(await issuer.For(member, session, ct));
    }

    /// <summary>Moves the session of a client to its next refresh token; nulls when it is over. Saves.</summary>
    public static async Task<(Member? Member, MemberSession? Session)> Refresh(
        IdentityDb db, MallKeys keys, string refreshToken, string clientId, DateTimeOffset now, CancellationToken ct)
    {
        if (TokenIssuer.ReadRefresh(keys, refreshToken) is not var (sessionId, sequence)) return default;
        if (await db.Sessions.FirstOrDefaultAsync(s => s.Id == sessionId && s.ClientId == clientId, ct) is not { } session) return default;
        var outcome = session.Refresh(sequence, now);
        await db.SaveChangesAsync(ct);
        if (outcome is RefreshOutcome.Ended or RefreshOutcome.Reused) return default;
        return (await Sessions.OwnerOf(db, session, now, ct), session);
    }
}
