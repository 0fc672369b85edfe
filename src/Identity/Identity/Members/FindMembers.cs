using System.ComponentModel.DataAnnotations;
using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Members;

/// <summary>GET /api/identity/members: members by name, address or id, newest first; staff.</summary>
static class FindMembers
{
    public static void Map(RouteGroupBuilder identity) => identity.MapGet("/members", Handle).RequireAuthorization(Policies.Staff)
        .WithName("FindMembers").WithSummary("Members by name, address or id, newest first; staff").ProducesProblem(400);

    static async Task<Ok<Page<MemberSummary>>> Handle(IdentityDb db, CancellationToken ct,
        [MaxLength(100)] string? search = null, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var members = db.Members.AsNoTracking();
        // A service that keeps a member's things knows them by id alone, and staff come from there.
        if (Guid.TryParse(search, out var known)) members = members.Where(m => m.Id == known);
        else if (search is not null && Member.KeyOf(search) is { Length: > 0 } text) members = members.Where(m => m.SearchText.Contains(text));
        if (Cursor.Read<Position>(after) is var (since, id)) members = members.Where(m => m.MemberSince < since || (m.MemberSince == since && m.Id.CompareTo(id) < 0));
        var rows = await members.OrderByDescending(m => m.MemberSince).ThenByDescending(m => m.Id).Take(limit + 1)
            .Select(m => new Row(m.Id, m.Email, m.Name, m.EmailVerifiedAt != null, m.IsStaff, m.WithdrawnAt != null, m.MemberSince)).ToListAsync(ct);
        return TypedResults.Ok(Page<MemberSummary>.From(rows, limit, r => new MemberSummary(r.Id, r.Email, r.Name, r.Verified, r.IsStaff, r.Withdrawn ? "withdrawn" : "active", r.Since), r => Cursor.Of(new Position(r.Since, r.Id))));
    }

    sealed record Row(Guid Id, string Email, string Name, bool Verified, bool IsStaff, bool Withdrawn, DateTimeOffset Since);
    sealed record Position(DateTimeOffset Since, Guid Id);
}
