using Jangteo.Inventory.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Inventory;

/// <summary>POST /api/inventory/adjustments: staff correct the stock and say why.</summary>
static class AdjustStock
{
    const int MaxChange = 1_000_000;

    public static void Map(RouteGroupBuilder inventory) => inventory.MapPost("/adjustments", Handle)
        .RequireAuthorization(Policies.Staff).AddEndpointFilter(new Idempotent<InventoryDb>())
        .ProducesProblem(404).ProducesProblem(409)
        .WithName("AdjustStock").WithSummary("Books pieces that came in or went out; staff. Never below zero.");

    static async Task<Results<Ok<StockLevel>, ProblemHttpResult>> Handle(
        StockAdjustment adjustment, Caller caller, InventoryDb db, InventoryQueries queries, TimeProvider time, CancellationToken ct)
    {
        if (adjustment.Change is 0 or > MaxChange or < -MaxChange) return Problems.Invalid("change", $"From -{MaxChange} to {MaxChange}, not 0.");
        // PostgreSQL holds no NUL.
        if (adjustment.Sku.Contains('\0')) return Problems.Invalid("sku", "No SKU has such a letter.");
        if (string.IsNullOrWhiteSpace(adjustment.Reason) || adjustment.Reason.Contains('\0')) return Problems.Invalid("reason", "Say why, for the books.");
        Results<Ok<StockLevel>, ProblemHttpResult> answer = Problems.NotFound("SKU");
        await db.Unit(async () =>
        {
            if (await queries.Stock(db, adjustment.Sku, ct) is not { } stock) return;
            answer = Decide(stock, adjustment, caller, db, time);
            await db.SaveChangesAsync(ct);
        }, ct);
        return answer;
    }

    static Results<Ok<StockLevel>, ProblemHttpResult> Decide(Stock stock, StockAdjustment adjustment, Caller caller, InventoryDb db, TimeProvider time)
    {
        if (stock.Available + adjustment.Change < 0)
            return Problems.Conflict("insufficient-stock", "There are fewer pieces available than that.", ("available", stock.Available));
        if (stock.Stocked + adjustment.Change > Stock.MaxPieces) return Problems.Invalid("change", $"A SKU's stock is at most {Stock.MaxPieces}.");
        stock.Adjust(adjustment.Change);
        db.Add(new Movement
        {
            Id = Guid.CreateVersion7(), Sku = stock.Sku, Change = adjustment.Change, Reason = adjustment.Reason.Trim(), By = caller.Name, At = time.GetUtcNow(),
        });
        db.Send(stock.Changed());
        return TypedResults.Ok(new StockLevel(stock.Sku, stock.Available, stock.Reserved, stock.Sold));
    }
}
