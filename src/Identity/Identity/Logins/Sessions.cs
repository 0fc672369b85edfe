using Jangteo.Identity.Contracts;
using Jangteo.Identity.Members;
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
        if (await db.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id && s.MemberId == caller.Member, ct) is not { } session) return Problems.NotFound("session");
        // The browser is logged out as a whole: else it would begin another session without a password.
        await db.Unit(() => SignOut(db.Sessions.Where(s => s.Id == id || (s.Browser != null && s.Browser == session.Browser)), time.GetUtcNow(), ct), ct);
        return TypedResults.NoContent();
    }

    /// <summary>Ends all sessions of a member, within a unit; the member is saved by the caller.</summary>
    public static Task EndAll(IdentityDb db, Member member, DateTimeOffset now, CancellationToken ct)
    {
        member.Stamp = Guid.NewGuid();
        return SignOut(db.Sessions.Where(s => s.MemberId == member.Id), now, ct);
    }

    /// <summary>Ends sessions for their member, within a unit. Past the change tracker: one that is refreshed meanwhile keeps nobody from ending it.</summary>
    public static Task SignOut(IQueryable<MemberSession> sessions, DateTimeOffset now, CancellationToken ct) =>
        sessions.Where(s => s.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now).SetProperty(s => s.SignedOut, true).SetProperty(s => s.Version, s => s.Version + 1), ct);

    /// <summary>Whose session it is; null when they are gone, or when it was ended with all others, or with its browser, while it began.</summary>
    public static Task<Member?> OwnerOf(IdentityDb db, MemberSession session, DateTimeOffset now, CancellationToken ct) =>
        db.Members.FirstOrDefaultAsync(m => m.Id == session.MemberId && (m.GraceEndsAt == null || m.GraceEndsAt > now) && (session.Stamp == null || m.Stamp == session.Stamp)
            && !db.Sessions.Any(s => s.SignedOut && s.Browser != null && s.Browser == session.Browser), ct);
}
