using System.ComponentModel.DataAnnotations;
using Jangteo.Inventory.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Inventory;

/// <summary>GET /api/inventory/adjustments?sku=&amp;after=&amp;limit=: the books, newest first; staff.</summary>
static class ListAdjustments
{
    public static void Map(RouteGroupBuilder inventory) => inventory.MapGet("/adjustments", Handle)
        .RequireAuthorization(Policies.Staff).ProducesProblem(400)
        .WithName("ListAdjustments").WithSummary("What came in and went out other than by orders, newest first; staff.");

    static async Task<Results<Ok<Page<StockMovement>>, ProblemHttpResult>> Handle(InventoryDb db, CancellationToken ct,
        [StringLength(Movement.MaxSkuLength)] string? sku = null, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        // PostgreSQL holds no NUL, and refuses to look for one.
        if (sku?.Contains('\0') is true) return Problems.Invalid("sku", "No SKU has such a letter.");
        var before = Cursor.Read<Position>(after)?.Seq ?? long.MaxValue;
        var rows = await db.Movements.AsNoTracking()
            .Where(m => m.Seq < before && (sku == null || m.Sku == sku))
            .OrderByDescending(m => m.Seq).Take(limit + 1).ToListAsync(ct);
        return TypedResults.Ok(Page<StockMovement>.From(rows, limit,
            m => new StockMovement(m.Id, m.Sku, m.Change, m.Reason, m.By, m.At), m => Cursor.Of(new Position(m.Seq))));
    }

    sealed record Position(long Seq);
}
