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

/// <summary>POST /api/identity/members: a new member; the verification mail is queued in the same commit.</summary>
static class SignUpMember
{
    public static void Map(RouteGroupBuilder identity) => identity.MapPost("/members", Handle).WithName("SignUp").WithSummary("Signs up a member")
        .ProducesProblem(400).ProducesProblem(409).ProducesProblem(429);

    static async Task<Results<Created<SignedUp>, ProblemHttpResult>> Handle(SignUp signUp, HttpContext http, SignUpDesk desk, CancellationToken ct)
    {
        var (member, complaints, wait) = await desk.SignUp(signUp, Visitor.Of(http), ct);
        if (wait > TimeSpan.Zero) return new CredentialCheck(null, wait).Refusal(http);
        if (complaints.GetValueOrDefault("email") == "email-taken") return Problems.Conflict("email-taken", Texts.Of("email-taken", "en"));
        if (member is null) return Texts.Refusal(complaints);
        return TypedResults.Created("/api/identity/me", new SignedUp(member.Id, member.Email, VerificationMailSent: true));
    }
}

/// <summary>What a sign-up came to: a member, or complaints by field, or how long to wait.</summary>
sealed record SignUpResult(Member? Member, Dictionary<string, string> Complaints, TimeSpan Wait = default);

/// <summary>
/// Signs members up, for the API and the page. An address that has an account is answered so: hiding it would need every
/// client to carry on without a member id, and the person who forgot their account with no answer. Instead those answers
/// are scarce: twenty from one client address, then a growing wait.
/// </summary>
sealed class SignUpDesk(IdentityDb db, Passwords passwords, Post post, IOptions<IdentityOptions> options, TimeProvider time)
{
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public async Task<SignUpResult> SignUp(SignUp signUp, Visitor visitor, CancellationToken ct)
    {
        var complaints = MemberRules.Check(signUp);
        if (complaints.Count > 0) return new(null, complaints);
        var now = time.GetUtcNow();
        var taken = new AttemptLimit($"taken {visitor.Address}", 20, Hour / 60, Hour, Hour);
        AttemptLimit[] limits = [taken, new($"sign-up {visitor.Address}", options.Value.SignUpsPerAddressPerHour, Hour / 60, Hour, Hour)];
        if (await Attempts.Take(db, limits, now, ct) is { } wait && wait > TimeSpan.Zero) return new(null, complaints, wait);
        if (!await db.Members.AnyAsync(m => m.EmailKey == Member.KeyOf(signUp.Email), ct) && await Add(signUp, now, ct) is { } member)
        {
            // Only answers that tell about an account stay counted; a household of new members is welcome.
            await Attempts.GiveBackOne(db, taken, ct);
            return new(member, complaints);
        }
        return new(null, new() { ["email"] = "email-taken" });
    }

    async Task<Member?> Add(SignUp signUp, DateTimeOffset now, CancellationToken ct)
    {
        var (email, name) = (signUp.Email.Trim(), signUp.Name.Trim());
        var member = new Member
        {
            Id = Guid.CreateVersion7(), Email = email, EmailKey = Member.KeyOf(email), PasswordHash = await passwords.Hash(signUp.Password, ct),
            Name = name, Language = signUp.Language, MemberSince = now, Stamp = Guid.NewGuid(), SearchText = Member.SearchTextOf(email, name),
        };
        member.Consents.AddRange(signUp.Consents.Select(c => new MemberConsent { Name = c.Name, Version = c.Version, Given = c.Given, At = now }));
        var (row, token) = MailedToken.New(member.Id, MailedPurpose.VerifyEmail, now);
        db.AddRange(member, row);
        post.Verification(member, token);
        db.Send(new MemberRegistered(member.Id, MaskedName.Of(name), now));
        try
        {
            await db.SaveChangesAsync(ct);
            return member;
        }
        // Another sign-up with the address was faster.
        catch (DbUpdateException e) when (IdentityDb.IsDuplicate(e))
        {
            db.ChangeTracker.Clear();
            return null;
        }
    }
}
