using Jangteo.Identity.Contracts;
using Jangteo.Identity.Logins;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Members;

/// <summary>GET and PATCH /api/identity/me: the member's own record and addresses.</summary>
static class OwnRecord
{
    public static void Map(RouteGroupBuilder identity)
    {
        identity.MapGet("/me", Get).RequireAuthorization(Policies.Member).WithName("GetMe").WithSummary("The member's own record").ProducesProblem(404);
        identity.MapPatch("/me", Patch).RequireAuthorization(Policies.Member).WithName("ChangeMe").WithSummary("Changes the member's own record")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(429);
    }

    static async Task<Results<Ok<Me>, ProblemHttpResult>> Get(Caller caller, IdentityDb db, CancellationToken ct) =>
        await db.WholeMembers.AsNoTracking().FirstOrDefaultAsync(m => m.Id == caller.Member, ct) is { } member
            ? TypedResults.Ok(member.AsMe())
            : Problems.NotFound("member");

    static async Task<Results<Ok<Me>, ProblemHttpResult>> Patch(MeChange change, Caller caller, HttpContext http, IdentityDb db, TimeProvider time, CancellationToken ct)
    {
        if (MemberRules.Check(change) is { Count: > 0 } complaints) return Texts.Refusal(complaints);
        if (await db.WholeMembers.FirstOrDefaultAsync(m => m.Id == caller.Member, ct) is not { } member) return Problems.NotFound("member");
        var now = time.GetUtcNow();
        var (consent, name) = (change.MarketingConsent is { } given && given != member.HasGiven("marketing"), change.Name?.Trim() is { } other && other != member.Name ? other : null);
        List<AttemptLimit> limits = [];
        if (consent) limits.Add(Scarce("consent", member));
        if (name is not null) limits.Add(Scarce("name", member));
        if (limits.Count > 0 && await Attempts.Take(db, limits, now, ct) is { } wait && wait > TimeSpan.Zero) return new CredentialCheck(null, wait).Refusal(http);
        if (consent) member.Consents.Add(new() { Name = "marketing", Version = MemberRules.CurrentConsentVersion, Given = change.MarketingConsent == true, At = now });
        if (name is not null)
        {
            (member.Name, member.SearchText) = (name, Member.SearchTextOf(member.Email, name));
            db.Send(new MemberRenamed(member.Id, MaskedName.Of(name), now));
        }
        member.Language = change.Language ?? member.Language;
        if (change.Addresses is { } addresses) member.Replace(addresses);
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(member.AsMe());
    }

    // Every consent is kept, and every name told to all modules.
    static AttemptLimit Scarce(string what, Member member) => new($"{what} {member.Id}", 10, TimeSpan.FromMinutes(10), TimeSpan.FromDays(1), TimeSpan.FromDays(1));
}
