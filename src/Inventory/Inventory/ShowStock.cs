using Jangteo.Inventory.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Inventory;

/// <summary>GET /api/inventory/stock?skus=: how many there are of up to 100 SKUs.</summary>
static class ShowStock
{
    const int MaxSkus = 100;

    public static void Map(RouteGroupBuilder inventory) => inventory.MapGet("/stock", Handle)
        .ProducesProblem(400)
        .WithName("ShowStock").WithSummary("Levels of 1 to 100 comma-separated SKUs; unknown ones are left out. Only staff and services see what is reserved and sold.");

    static async Task<Results<Ok<List<StockLevel>>, ProblemHttpResult>> Handle(string skus, Caller caller, InventoryDb db, CancellationToken ct)
    {
        var asked = skus.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToArray();
        if (asked.Length is 0 or > MaxSkus) return Problems.Invalid("skus", $"Name 1 to {MaxSkus} SKUs, separated by commas.");
        // PostgreSQL holds no NUL, and refuses to look for one.
        if (skus.Contains('\0')) return Problems.Invalid("skus", "No SKU has such a letter.");
        var seesAll = caller.IsStaff || caller.Service is not null;
        return TypedResults.Ok(await db.Stocks.Where(s => asked.Contains(s.Sku)).OrderBy(s => s.Sku)
            .Select(s => new StockLevel(s.Sku, s.Available, seesAll ? s.Reserved : 0, seesAll ? s.Sold : 0)).ToListAsync(ct));
    }
}
