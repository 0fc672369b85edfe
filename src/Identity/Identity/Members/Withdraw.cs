using Jangteo.Identity.Contracts;
using Jangteo.Identity.Logins;
using Jangteo.Identity.Mails;
using Jangteo.Identity.Tokens;
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
        if (check.Member is null) return WrongPassword();
        if (member.IsStaff) return Problems.Conflict("staff-cannot-withdraw", "A staff account is closed by the shop, not here.");
        if (member.WithdrawnAt is not null) return TypedResults.Ok(member.AsMe());

        var now = time.GetUtcNow();
        await db.Unit(() => Withdrawn(member, withdrawal.Reason, now, now.AddDays(options.Value.GraceDays), db, post, ct), ct);
        return member.WithdrawnAt is null ? WrongPassword() : TypedResults.Ok(member.AsMe());
    }

    static ProblemHttpResult WrongPassword() => Problems.Of(403, "wrong-password", "The password is not right.");

    static async Task Withdrawn(Member member, string? reason, DateTimeOffset now, DateTimeOffset graceEndsAt, IdentityDb db, Post post, CancellationToken ct)
    {
        var passwordOf = member.Stamp;
        // While the password was checked, the record may have changed: that keeps nobody here, but another password does.
        await db.Lock(member, ct);
        if (member.Stamp != passwordOf) return;
        (member.WithdrawnAt, member.GraceEndsAt, member.WithdrawalReason) = (now, graceEndsAt, reason);
        await Sessions.EndAll(db, member, now, ct);
        post.Withdrawn(member, graceEndsAt);
        db.Send(new MemberWithdrawn(member.Id, now, graceEndsAt));
        // What was begun with the last token is there by then, and is erased with the rest.
        db.Send(new GraceEnded(member.Id), due: graceEndsAt + TokenIssuer.AccessFor + TimeSpan.FromMinutes(1));
        await db.SaveChangesAsync(ct);
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
