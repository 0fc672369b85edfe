using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Board;

/// <summary>DELETE /api/board/{board}/posts/{id}: one's own, or staff. Its comments and reports go with it.</summary>
static class DeletePost
{
    public static void Map(RouteGroupBuilder posts) => posts.MapDelete("/{id:guid}", Handle).RequireAuthorization(Policies.Member)
        .WithName("board-delete").WithSummary("Deletes one's own post, or any by staff, with its comments.");

    static async Task<Results<NoContent, ProblemHttpResult>> Handle(string board, Guid id, Reader reader, BoardDb db, CancellationToken ct)
    {
        if (await ReadPost.Find(db.Posts, board, id, reader, ct) is not { } post) return Problems.NotFound("post");
        if (!reader.IsStaff && !post.IsOf(reader.Caller)) return Problems.Of(403, "forbidden", "Only the writer and staff delete a post.");

        db.Remove(post);
        db.Send(post.Changed);
        await Purchases.GiveBack(db, post, ct);
        await Rating.Count(db, post.ProductId, before: post.CountedStars, after: null, ct);
        await db.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }
}
