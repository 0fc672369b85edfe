using System.ComponentModel.DataAnnotations;
using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>GET /api/board/products/{productId}/reviews: newest first, with how many gave how many stars.</summary>
static class ListReviews
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/products/{productId:guid}/reviews", Handle)
        .WithName("board-reviews").WithSummary("Reviews of a product, newest first, with the counts by stars.");

    sealed record After(DateTimeOffset At, Guid Id);

    static async Task<Ok<ReviewList>> Handle(Guid productId, Reader reader, BoardDb db, CancellationToken ct, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var reviews = db.Posts.AsNoTracking().Where(p => p.Board == Boards.Review && p.ProductId == productId && !p.Hidden);
        if (Cursor.Read<After>(after) is var (at, id)) reviews = reviews.Where(p => p.At < at || (p.At == at && p.Id < id));
        var rows = await reviews.OrderByDescending(p => p.At).ThenByDescending(p => p.Id).Take(limit + 1).ToListAsync(ct);
        var comments = await Comment.Of(db, [.. rows.Take(limit).Select(r => r.Id)], reader, ct);
        var authors = await reader.Authors(db, rows.Select(r => r.MemberId).Concat(comments.Select(c => c.MemberId)), ct);
        var rating = await db.Ratings.AsNoTracking().FirstOrDefaultAsync(r => r.ProductId == productId, ct) ?? new();
        var page = Page<ReviewView>.From(rows, limit,
            r => new(r.Id, r.Title, r.Html, authors.Of(r.MemberId, r.ByStaff, r.GivenName), r.Stars ?? 0, r.VerifiedPurchase, r.At,
                [.. comments.Where(c => c.PostId == r.Id).Select(c => c.View(reader, authors))]),
            r => Cursor.Of(new After(r.At, r.Id)));
        return TypedResults.Ok(new ReviewList(page.Items, page.Next, rating.Total, rating.Tenths, rating.CountByStars));
    }
}
