using System.ComponentModel.DataAnnotations;
using Jangteo.Inventory.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Inventory;

/// <summary>GET /api/inventory/low-stock: what has to be ordered again, scarcest first.</summary>
static class ListLowStock
{
    const int DefaultAtMost = 5;

    public static void Map(RouteGroupBuilder inventory) => inventory.MapGet("/low-stock", Handle)
        .RequireAuthorization(Policies.Staff).ProducesProblem(400)
        .WithName("ListLowStock").WithSummary("SKUs with few pieces available, scarcest first; staff.");

    sealed record After(int Available, string Sku);

    static async Task<Ok<Page<StockLevel>>> Handle(InventoryDb db, CancellationToken ct,
        [Range(0, 1_000_000)] int atMost = DefaultAtMost, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var stocks = db.Stocks.AsNoTracking().Where(s => s.Available <= atMost);
        if (Cursor.Read<After>(after) is var (available, sku))
            stocks = stocks.Where(s => s.Available > available || (s.Available == available && string.Compare(s.Sku, sku) > 0));
        var rows = await stocks.OrderBy(s => s.Available).ThenBy(s => s.Sku).Take(limit + 1).ToListAsync(ct);
        return TypedResults.Ok(Page<StockLevel>.From(rows, limit, s => new(s.Sku, s.Available, s.Reserved, s.Sold), s => Cursor.Of(new After(s.Available, s.Sku))));
    }
}
