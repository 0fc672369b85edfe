using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>A member's complaint about a post.</summary>
sealed class Report
{
    public const int MaxReasonLength = 500;
    const int MaxShown = 50;

    public Guid PostId { get; set; }
    public Guid MemberId { get; set; }
    public required string Reason { get; set; }
    public DateTimeOffset At { get; set; }

    public static async Task<IReadOnlyList<ReportView>> Of(BoardDb db, Guid post, CancellationToken ct) =>
        await db.Reports.AsNoTracking().Where(r => r.PostId == post).OrderByDescending(r => r.At).Take(MaxShown).Select(r => new ReportView(r.Reason, r.At)).ToListAsync(ct);
}

/// <summary>POST …/reports: tells staff; a member's second report of a post changes nothing.</summary>
static class ReportPost
{
    public static void Map(RouteGroupBuilder posts) => posts.MapPost("/{id:guid}/reports", Handle).RequireAuthorization(Policies.Member)
        .WithName("board-report").WithSummary("Reports a post to staff, once per member.");

    static async Task<Results<NoContent, ProblemHttpResult>> Handle(string board, Guid id, PostReport request, Reader reader, BoardDb db, TimeProvider time, CancellationToken ct)
    {
        if (await ReadPost.Find(db.Posts, board, id, reader, ct) is not { } post) return Problems.NotFound("post");
        if (PostRules.RefuseText("reason", request.Reason, Report.MaxReasonLength, out var invalid)) return invalid;
        if (await db.Reports.AnyAsync(r => r.PostId == id && r.MemberId == reader.Caller.Member, ct)) return TypedResults.NoContent();

        db.Add(new Report { PostId = id, MemberId = reader.Caller.Member, Reason = request.Reason.Trim(), At = time.GetUtcNow() });
        post.ReportCount++;
        await db.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }
}
