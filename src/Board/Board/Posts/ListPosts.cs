using System.ComponentModel.DataAnnotations;
using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>GET /api/board/{board}/posts: pinned first, then newest.</summary>
static class ListPosts
{
    const int MaxSearchLength = 100;
    const int MaxSearchWords = 5;

    public static void Map(RouteGroupBuilder posts) => posts.MapGet("/", Handle)
        .WithName("board-posts").WithSummary("Posts of a board, pinned first, then newest; searched in title and body.");

    sealed record After(bool Pinned, DateTimeOffset At, Guid Id);

    sealed record Row(Guid Id, Guid? MemberId, string? GivenName, bool ByStaff, string Title, DateTimeOffset At, int CommentCount, bool Secret, bool Answered, bool Pinned, bool Hidden, Guid? ProductId, int? Stars, int ReportCount);

    static async Task<Results<Ok<Page<PostSummary>>, ProblemHttpResult>> Handle(string board, Reader reader, BoardDb db, CancellationToken ct,
        [StringLength(MaxSearchLength)] string? search = null, Guid? productId = null, bool reported = false, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        if (!BoardModule.IsBoard(board)) return Problems.NotFound("board");
        if (reported && !reader.IsStaff) return Problems.Of(403, "forbidden", "Only staff see what was reported.");
        if (search is not null && PostRules.HasControls(search, manyLines: false)) return Problems.Invalid("search", "Control characters are not allowed.");

        var posts = Visible(db, board, reader);
        if (productId is not null) posts = posts.Where(p => p.ProductId == productId);
        if (reported) posts = posts.Where(p => p.ReportCount > 0);
        posts = Matching(posts, search, reader);
        if (Cursor.Read<After>(after) is var (pinned, at, id))
            posts = posts.Where(p => (pinned && !p.Pinned) || (p.Pinned == pinned && (p.At < at || (p.At == at && p.Id < id))));

        var rows = await posts.OrderByDescending(p => p.Pinned).ThenByDescending(p => p.At).ThenByDescending(p => p.Id).Take(limit + 1)
            .Select(p => new Row(p.Id, p.MemberId, p.GivenName, p.ByStaff, p.Title, p.At, p.CommentCount, p.Secret, p.Answered, p.Pinned, p.Hidden, p.ProductId, p.Stars, p.ReportCount))
            .ToListAsync(ct);
        var authors = await reader.Authors(db, rows.Select(r => r.MemberId), ct);
        var products = await Product.Of(db, rows.Select(r => r.ProductId), ct);
        return TypedResults.Ok(Page<PostSummary>.From(rows, limit,
            r => View(r, board, reader, authors, products.GetValueOrDefault(r.ProductId ?? Guid.Empty)), r => Cursor.Of(new After(r.Pinned, r.At, r.Id))));
    }

    static IQueryable<Post> Visible(BoardDb db, string board, Reader reader)
    {
        var posts = db.Posts.AsNoTracking().Where(p => p.Board == board);
        return reader.IsStaff ? posts : posts.Where(p => !p.Hidden || p.MemberId == reader.MemberId && p.MemberId != null);
    }

    static IQueryable<Post> Matching(IQueryable<Post> posts, string? search, Reader reader)
    {
        var words = (search ?? "").ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0) return posts;
        foreach (var word in words.Take(MaxSearchWords)) posts = posts.Where(p => p.SearchText.Contains(word));
        // Finding a secret post by its words would tell what it says.
        return reader.IsStaff ? posts : posts.Where(p => !p.Secret || p.MemberId == reader.MemberId && p.MemberId != null);
    }

    static PostSummary View(Row row, string board, Reader reader, Authors authors, Product? product)
    {
        var readable = !row.Secret || reader.IsStaff || (row.MemberId is not null && row.MemberId == reader.MemberId);
        return new(row.Id, board, readable ? row.Title : "", authors.Of(row.MemberId, row.ByStaff, row.GivenName), row.At, row.CommentCount, row.Secret, readable,
            row.Answered, row.Pinned, row.Hidden, row.ProductId, row.Stars, reader.IsStaff ? row.ReportCount : 0, product?.NameKo, product?.NameEn, product?.Slug);
    }
}
