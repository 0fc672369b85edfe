using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>DELETE …/comments/{commentId}: one's own, or staff.</summary>
static class DeleteComment
{
    public static void Map(RouteGroupBuilder posts) => posts.MapDelete("/{id:guid}/comments/{commentId:guid}", Handle).RequireAuthorization(Policies.Member)
        .WithName("board-delete-comment").WithSummary("Removes one's own comment. Staff hide a member's comment first; with hidden=true they remove one that they saw hidden.");

    static async Task<Results<Ok<PostView>, ProblemHttpResult>> Handle(string board, Guid id, Guid commentId, Reader reader, BoardDb db, CancellationToken ct, bool hidden = false)
    {
        if (await ReadPost.Find(db.Posts, board, id, reader, ct) is not { } post) return Problems.NotFound("post");
        var comment = await db.Comments.FirstOrDefaultAsync(c => c.Id == commentId && c.PostId == id, ct);
        if (comment is null || (comment.Hidden && !reader.IsStaff && !comment.IsOf(reader))) return Problems.NotFound("comment");
        if (!reader.IsStaff && !comment.IsOf(reader)) return Problems.Of(403, "forbidden", "Only the writer and staff delete a comment.");

        // The writer still sees what staff hid, and staff what it was about. Two who hide it at once must not remove it.
        if (comment.IsOf(reader) || comment.ByStaff || (comment.Hidden && hidden)) db.Remove(comment);
        else if (comment.Hidden) return TypedResults.Ok(await ReadPost.View(db, post, reader, ct));
        else comment.Hidden = true;
        await Comment.Recount(db, post, comment, ct);
        db.Send(post.Changed);
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(await ReadPost.View(db, post, reader, ct));
    }
}
