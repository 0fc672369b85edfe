using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>GET /api/board/reviewable: the caller's bought lines that have no review yet, latest first.</summary>
static class ListReviewable
{
    const int Max = 100;

    public static void Map(RouteGroupBuilder api) => api.MapGet("/reviewable", Handle).RequireAuthorization(Policies.Member)
        .WithName("board-reviewable").WithSummary("What the caller bought and has not reviewed yet, at most 100, latest first.");

    static async Task<Ok<IReadOnlyList<Reviewable>>> Handle(Caller caller, BoardDb db, CancellationToken ct, Guid? productId = null)
    {
        var lines = await db.Purchases.AsNoTracking().Where(p => p.MemberId == caller.Member && !p.Cancelled)
            .OrderByDescending(p => p.At).SelectMany(p => p.Lines, (p, l) => new { p.OrderId, p.At, Line = l })
            .Where(x => x.Line.ReviewId == null && (productId == null || x.Line.ProductId == productId))
            .OrderByDescending(x => x.At).ThenBy(x => x.Line.Sku).Take(Max)
            .Select(x => new Reviewable(x.OrderId, x.Line.ProductId, x.Line.Sku, x.Line.NameKo, x.Line.NameEn, x.At)).ToListAsync(ct);
        return TypedResults.Ok<IReadOnlyList<Reviewable>>(lines);
    }
}
