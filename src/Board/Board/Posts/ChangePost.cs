using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Jangteo.Board;

/// <summary>
/// PATCH /api/board/{board}/posts/{id}: the writer changes the words, staff what is shown. Staff do not put words, or
/// stars, into another's mouth.
/// </summary>
static class ChangePost
{
    public static void Map(RouteGroupBuilder posts) => posts.MapPatch("/{id:guid}", Handle).RequireAuthorization(Policies.Member)
        .WithName("board-change").WithSummary("Changes one's own post; staff hide, show, pin or make secret any post.");

    static async Task<Results<Ok<PostView>, ProblemHttpResult>> Handle(string board, Guid id, PostChange change, Reader reader, BoardDb db, IOptionsSnapshot<BoardOptions> options, TimeProvider time, CancellationToken ct)
    {
        if (await ReadPost.Find(db.Posts, board, id, reader, ct) is not { } post) return Problems.NotFound("post");
        if (PostRules.Refuse(board, change, out var invalid)) return invalid;
        if (!MayChange(post, change, reader.Caller)) return Problems.Of(403, "forbidden", "Only the writer changes the words, only staff hide and pin.");

        var now = time.GetUtcNow();
        if (await WriteRate.TakePost(db, reader, options.Value, now, ct) is { } tooMany) return tooMany;

        var before = post.CountedStars;
        Apply(post, change, now);
        await Rating.Count(db, post.ProductId, before, post.CountedStars, ct);
        db.Send(post.Changed);
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(await ReadPost.View(db, post, reader, ct));
    }

    static bool MayChange(Post post, PostChange change, Caller caller)
    {
        var words = change.Title is not null || change.Body is not null || change.Stars is not null;
        var display = change.Hidden is not null || change.Pinned is not null || change.ReportsSettled is not null;
        return (!words || post.MayBeRewrittenBy(caller)) && (!display || caller.IsStaff) && (caller.IsStaff || post.IsOf(caller));
    }

    static void Apply(Post post, PostChange change, DateTimeOffset now)
    {
        if (change.Title is not null || change.Body is not null) post.Write(change.Title ?? post.Title, change.Body ?? post.Body);
        if (change.Title is not null || change.Body is not null || change.Stars is not null) post.ChangedAt = now;
        post.Stars = change.Stars ?? post.Stars;
        post.Secret = change.Secret ?? post.Secret;
        post.Hidden = change.Hidden ?? post.Hidden;
        post.Pinned = change.Pinned ?? post.Pinned;
        if (change.ReportsSettled is true) post.ReportCount = 0;
    }
}
