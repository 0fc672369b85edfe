using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>GET /api/board/{board}/posts/{id}: one post with its comments. Another's secret or hidden post does not exist.</summary>
static class ReadPost
{
    public static void Map(RouteGroupBuilder posts) => posts.MapGet("/{id:guid}", Handle)
        .WithName("board-post").WithSummary("One post with its comments; 404 for a secret or hidden one of another.");

    static async Task<Results<Ok<PostView>, ProblemHttpResult>> Handle(string board, Guid id, Reader reader, BoardDb db, CancellationToken ct) =>
        await Find(db.Posts.AsNoTracking(), board, id, reader, ct) is { } post
            ? TypedResults.Ok(await View(db, post, reader, ct))
            : Problems.NotFound("post");

    /// <summary>The post, if the reader may read it.</summary>
    public static async Task<Post?> Find(IQueryable<Post> posts, string board, Guid id, Reader reader, CancellationToken ct) =>
        await posts.FirstOrDefaultAsync(p => p.Id == id && p.Board == board, ct) is { } post && post.MayBeReadBy(reader.Caller) ? post : null;

    public static async Task<PostView> View(BoardDb db, Post post, Reader reader, CancellationToken ct) => await View(db, post, await Comment.Of(db, post, reader, ct), reader, ct);

    public static async Task<PostView> View(BoardDb db, Post post, IReadOnlyCollection<Comment> comments, Reader reader, CancellationToken ct)
    {
        var authors = await reader.Authors(db, [post.MemberId, .. comments.Select(c => c.MemberId)], ct);
        var product = (await Product.Of(db, [post.ProductId], ct)).GetValueOrDefault(post.ProductId ?? Guid.Empty);
        return new(post.Id, post.Board, post.Title, post.Html, post.IsOf(reader.Caller) || reader.IsStaff ? post.Body : "",
            authors.Of(post.MemberId, post.ByStaff, post.GivenName), post.IsOf(reader.Caller), post.At, post.ChangedAt, post.Secret, post.Pinned, post.Hidden,
            post.ProductId, post.Sku, post.Stars, post.VerifiedPurchase, reader.IsStaff ? post.ReportCount : 0, [.. comments.Select(c => c.View(reader, authors))],
            product?.NameKo, product?.NameEn, product?.Slug, post.ByStaff,
            reader.IsStaff ? await Report.Of(db, post.Id, ct) : null);
    }
}
