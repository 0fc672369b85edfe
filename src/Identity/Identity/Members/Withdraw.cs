using Jangteo.Identity.Contracts;
using Jangteo.Identity.Logins;
using Jangteo.Identity.Mails;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Jangteo.Identity.Members;

/// <summary>
/// POST /api/identity/me/withdrawal withdraws after re-authentication and ends all sessions; DELETE undoes it within the
/// grace period, for which one can still log in.
/// </summary>
static class Withdraw
{
    public static void Map(RouteGroupBuilder identity)
    {
        identity.MapPost("/me/withdrawal", Handle).RequireAuthorization(Policies.Member).WithName("Withdraw").WithSummary("Withdraws, with re-authentication")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(429);
        identity.MapDelete("/me/withdrawal", Undo).RequireAuthorization(Policies.Member).WithName("UndoWithdrawal").WithSummary("Undoes the withdrawal within the grace period").ProducesProblem(404);
    }

    static async Task<Results<Ok<Me>, ProblemHttpResult>> Handle(Withdrawal withdrawal, Caller caller, HttpContext http, IdentityDb db,
        Credentials credentials, Post post, IOptions<IdentityOptions> options, TimeProvider time, CancellationToken ct)
    {
        if (withdrawal.Password.Length is 0 or > MemberRules.MaxPasswordLength) return Problems.Invalid("password", "Give the password, at most 128 characters.");
        if (withdrawal.Reason is { } reason && (reason.Length > 500 || reason.Contains('\0'))) return Problems.Invalid("reason", "At most 500 characters of text.");
        if (await db.WholeMembers.FirstOrDefaultAsync(m => m.Id == caller.Member, ct) is not { } member) return Problems.NotFound("member");
        var check = await credentials.CheckAgain(member, withdrawal.Password, ct);
        if (check.Wait > TimeSpan.Zero) return check.Refusal(http);
        if (check.Member is null) return Problems.Of(403, "wrong-password", "The password is not right.");
        if (member.IsStaff) return Problems.Conflict("staff-cannot-withdraw", "A staff account is closed by the shop, not here.");
        if (member.WithdrawnAt is not null) return TypedResults.Ok(member.AsMe());

        var now = time.GetUtcNow();
        var graceEndsAt = now.AddDays(options.Value.GraceDays);
        (member.WithdrawnAt, member.GraceEndsAt, member.WithdrawalReason) = (now, graceEndsAt, withdrawal.Reason);
        await Sessions.EndAll(db, member, now, ct);
        post.Withdrawn(member, graceEndsAt);
        db.Send(new MemberWithdrawn(member.Id, now, graceEndsAt));
        db.Send(new GraceEnded(member.Id), due: graceEndsAt);
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(member.AsMe());
    }

    static async Task<Results<Ok<Me>, ProblemHttpResult>> Undo(Caller caller, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (await db.WholeMembers.FirstOrDefaultAsync(m => m.Id == caller.Member && (m.GraceEndsAt == null || m.GraceEndsAt > now), ct) is not { } member) return Problems.NotFound("member");
        if (member.WithdrawnAt is null) return TypedResults.Ok(member.AsMe());
        (member.WithdrawnAt, member.GraceEndsAt, member.WithdrawalReason) = (null, null, null);
        db.Send(new WithdrawalUndone(member.Id, now));
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(member.AsMe());
    }
}
