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

/// <summary>POST /api/identity/login: first-party login with address and password.</summary>
static class LogIn
{
    public const string ApiClient = "api";

    public static void Map(RouteGroupBuilder identity) => identity.MapPost("/login", Handle).WithName("LogIn").WithSummary("Logs in with address and password")
        .ProducesProblem(400).ProducesProblem(401).ProducesProblem(429);

    static async Task<Results<Ok<Contracts.Tokens>, ProblemHttpResult>> Handle(
        Login login, HttpContext http, Credentials credentials, TokenIssuer issuer, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        if (Invalid(login) is { } invalid) return invalid;
        var check = await credentials.Check(login.Email, login.Password, http, ct);
        if (check.Member is not { } member) return check.Refusal(http);
        var session = await Start(db, member, ApiClient, Visitor.Of(http), time.GetUtcNow(), ct);
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(await issuer.For(member, session, ct));
    }

    static ProblemHttpResult? Invalid(Login login)
    {
        if (login.Email.Length is 0 or > 254) return Problems.Invalid("email", "Give the e-mail address, at most 254 characters.");
        return login.Password.Length is 0 or > 128 ? Problems.Invalid("password", "Give the password, at most 128 characters.") : null;
    }

    /// <summary>Adds a session; a member's oldest one ends where there are too many.</summary>
    public static async Task<MemberSession> Start(IdentityDb db, Member member, string clientId, Visitor visitor, DateTimeOffset now, CancellationToken ct)
    {
        var open = await db.Sessions.Where(s => s.MemberId == member.Id && s.EndedAt == null && s.EndsAt > now).OrderByDescending(s => s.LastUsedAt).Skip(MemberSession.MaxPerMember - 1).ToListAsync(ct);
        foreach (var oldest in open) oldest.EndedAt = now;
        var session = MemberSession.Start(member, clientId, visitor.Device, now);
        db.Add(session);
        return session;
    }
}
