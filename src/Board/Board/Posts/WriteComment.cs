using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Jangteo.Board;

/// <summary>POST /api/board/{board}/posts/{id}/comments: what staff write here is the shop's reply.</summary>
static class WriteComment
{
    public static void Map(RouteGroupBuilder posts) => posts.MapPost("/{id:guid}/comments", Handle).RequireAuthorization(Policies.Member).AddEndpointFilter(new Idempotent<BoardDb>())
        .WithName("board-comment").WithSummary("Comments on a post; a comment by staff is the shop's reply.")
        .WithDescription($"Answers with the post and, of its comments, the new one alone. A post takes {Post.MaxComments} comments, hidden ones included, of {Post.MaxCommentsLength} characters of HTML together; then 409 too-many-comments.");

    static async Task<Results<Ok<PostView>, ProblemHttpResult>> Handle(
        string board, Guid id, CommentEdit request, Reader reader, BoardDb db, IOptionsSnapshot<BoardOptions> options, TimeProvider time, CancellationToken ct)
    {
        if (await ReadPost.Find(db.Posts, board, id, reader, ct) is not { } post) return Problems.NotFound("post");
        if (PostRules.RefuseText("body", request.Body, Comment.MaxBodyLength, out var invalid)) return invalid;

        var now = time.GetUtcNow();
        var rate = await WriteRate.Of(db, reader.Caller.Member, ct);
        if (!rate.TakeComment(reader.IsStaff ? int.MaxValue : options.Value.CommentsPerHour, now)) return Problems.Of(429, "too-many-comments", "You have written much in this hour: go on later.");

        var body = request.Body.Trim();
        var comment = new Comment { Id = Guid.CreateVersion7(now), PostId = post.Id, MemberId = reader.Caller.Member, ByStaff = reader.IsStaff, Body = body, Html = Markup.ToHtml(body), At = now };
        if (await Comment.AreTooMany(db, comment, ct)) return Problems.Conflict("too-many-comments", "This post takes no more comments.", ("field", "body"));
        db.Add(comment);
        await Comment.Recount(db, post, comment, ct);
        db.Send(post.Changed);
        await db.SaveChangesAsync(ct);
        // This answer is stored with its key: with all comments in each, those of one post would fill the disk.
        return TypedResults.Ok(await ReadPost.View(db, post, [comment], reader, ct));
    }
}
