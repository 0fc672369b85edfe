using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Logins;

/// <summary>GET /api/identity/me/sessions and DELETE …/{id}: where one is logged in, and ending it there.</summary>
static class Sessions
{
    public static void Map(RouteGroupBuilder identity)
    {
        identity.MapGet("/me/sessions", List).RequireAuthorization(Policies.Member).WithName("ListSessions").WithSummary("Where the member is logged in");
        identity.MapDelete("/me/sessions/{id:guid}", End).RequireAuthorization(Policies.Member).WithName("EndSession").WithSummary("Ends one of the member's sessions").ProducesProblem(404);
    }

    static async Task<Ok<IReadOnlyList<Session>>> List(Caller caller, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var open = await db.Sessions.AsNoTracking().Where(s => s.MemberId == caller.Member && s.EndedAt == null && s.EndsAt > now && (s.CodeUsed || s.ClientId == LogIn.ApiClient))
            .OrderByDescending(s => s.LastUsedAt).Take(MemberSession.MaxPerMember).ToListAsync(ct);
        return TypedResults.Ok<IReadOnlyList<Session>>([.. open.Select(s => new Session(s.Id, s.Device, s.StartedAt, s.LastUsedAt))]);
    }

    static async Task<Results<NoContent, ProblemHttpResult>> End(Guid id, Caller caller, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        if (await db.Sessions.FirstOrDefaultAsync(s => s.Id == id && s.MemberId == caller.Member, ct) is not { } session) return Problems.NotFound("session");
        session.EndedAt ??= time.GetUtcNow();
        await db.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }

    /// <summary>Ends all sessions of a member; saved by the caller.</summary>
    public static async Task EndAll(IdentityDb db, Members.Member member, DateTimeOffset now, CancellationToken ct)
    {
        member.Stamp = Guid.NewGuid();
        foreach (var session in await db.Sessions.Where(s => s.MemberId == member.Id && s.EndedAt == null).ToListAsync(ct)) session.EndedAt = now;
    }
}
