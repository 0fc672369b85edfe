using Jangteo.Identity.Contracts;
using Jangteo.Identity.Logins;
using Jangteo.Identity.Mails;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Members;

/// <summary>POST /api/identity/verifications proves an address with the mailed token; POST …/me/verification-mail sends it again.</summary>
static class VerifyEmail
{
    public static void Map(RouteGroupBuilder identity)
    {
        identity.MapPost("/verifications", Handle).WithName("VerifyEmail").WithSummary("Proves the e-mail address with the mailed token").ProducesProblem(400).ProducesProblem(409);
        identity.MapPost("/me/verification-mail", SendAgain).RequireAuthorization(Policies.Member).WithName("SendVerificationMail").WithSummary("Sends the verification mail again")
            .ProducesProblem(409).ProducesProblem(429);
    }

    static async Task<Results<NoContent, ProblemHttpResult>> Handle(Verification verification, IdentityDb db, TimeProvider time, CancellationToken ct) =>
        await Verify(db, verification.Token, time.GetUtcNow(), ct)
            ? TypedResults.NoContent()
            : Problems.Conflict("token-not-valid", "The link was used before, is older than 24 hours, or is not ours.");

    /// <summary>Marks the address as proven; false when the token does not work. Saves.</summary>
    public static async Task<bool> Verify(IdentityDb db, string token, DateTimeOffset now, CancellationToken ct)
    {
        if (await MailedToken.Find(db, token, MailedPurpose.VerifyEmail, now, ct) is not { } row) return false;
        if (await db.Members.FirstOrDefaultAsync(m => m.Id == row.MemberId, ct) is not { } member) return false;
        row.UsedAt = now;
        member.EmailVerifiedAt ??= now;
        await db.SaveChangesAsync(ct);
        return true;
    }

    static async Task<Results<Accepted, ProblemHttpResult>> SendAgain(Caller caller, HttpContext http, IdentityDb db, Post post, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (await db.Members.FirstOrDefaultAsync(m => m.Id == caller.Member, ct) is not { } member) return Problems.NotFound("member");
        if (member.EmailVerifiedAt is not null) return Problems.Conflict("already-verified", "The e-mail address is verified.");
        var limit = new AttemptLimit($"mail {member.Id}", 3, TimeSpan.FromMinutes(5), TimeSpan.FromDays(1), TimeSpan.FromDays(1));
        if (await Attempts.Take(db, [limit], now, ct) is { } wait && wait > TimeSpan.Zero) return new CredentialCheck(null, wait).Refusal(http);
        var (row, token) = MailedToken.New(member.Id, MailedPurpose.VerifyEmail, now);
        db.Add(row);
        post.Verification(member, token);
        await db.SaveChangesAsync(ct);
        return TypedResults.Accepted((string?)null);
    }
}
