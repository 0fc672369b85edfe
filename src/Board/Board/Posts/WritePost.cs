using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Jangteo.Board;

/// <summary>POST /api/board/{board}/posts: members write questions, reviews of what they bought, and free posts; staff write notices.</summary>
static class WritePost
{
    public static void Map(RouteGroupBuilder posts) => posts.MapPost("/", Handle).RequireAuthorization(Policies.Member).AddEndpointFilter(new Idempotent<BoardDb>())
        .WithName("board-write").WithSummary("Writes a post. Notices by staff; reviews by those who bought, once per bought line.");

    static async Task<Results<Created<PostView>, ProblemHttpResult>> Handle(
        string board, PostEdit request, Reader reader, BoardDb db, IOptionsSnapshot<BoardOptions> options, TimeProvider time, CancellationToken ct)
    {
        if (!BoardModule.IsBoard(board)) return Problems.NotFound("board");
        if (board == Boards.Notice && !reader.IsStaff) return Problems.Of(403, "forbidden", "Only staff write notices.");
        if (PostRules.Refuse(board, request, out var invalid)) return invalid;

        var now = time.GetUtcNow();
        if (await WriteRate.TakePost(db, reader, options.Value, now, ct) is { } tooMany) return tooMany;

        var post = Compose(board, request, reader, now);
        if (board == Boards.Questions && !await db.Products.AnyAsync(p => p.Id == request.ProductId, ct)) return Problems.Invalid("productId", "There is no such product.");
        if (board == Boards.Review && await Purchases.Claim(db, post, ct) is { } refused) return refused;

        db.Add(post);
        db.Send(post.Changed);
        if (board == Boards.Review) db.Send(new ReviewPosted(post.Id, post.ProductId!.Value, reader.Caller.Member, post.Stars!.Value));
        await Rating.Count(db, post.ProductId, before: null, after: post.CountedStars, ct);
        await db.SaveChangesAsync(ct);
        return TypedResults.Created($"/api/board/{board}/posts/{post.Id}", await ReadPost.View(db, post, reader, ct));
    }

    static Post Compose(string board, PostEdit request, Reader reader, DateTimeOffset now)
    {
        var post = new Post
        {
            Id = Guid.CreateVersion7(now), Board = board, MemberId = reader.Caller.Member, ByStaff = reader.IsStaff && board is not Boards.Review, At = now,
            Secret = request.Secret, ProductId = request.ProductId, Sku = request.Sku, OrderId = request.OrderId, Stars = request.Stars,
        };
        post.Write(request.Title, request.Body);
        return post;
    }
}
