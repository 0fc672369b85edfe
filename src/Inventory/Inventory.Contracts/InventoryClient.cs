using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;

namespace Jangteo.Inventory.Contracts;

/// <summary>A SKU's stock. Available + Reserved + Sold is all that was ever stocked.</summary>
public sealed record StockLevel(string Sku, int Available, int Reserved, int Sold);

/// <summary>A correction of the stock by staff.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Change">Pieces that came in (positive) or went out (negative); not zero.</param>
/// <param name="Reason">Why, for the books.</param>
public sealed record StockAdjustment(
    [property: StringLength(32, MinimumLength = 1)] string Sku,
    int Change,
    [property: StringLength(200, MinimumLength = 1)] string Reason);

/// <summary>A stock movement as staff see it.</summary>
public sealed record StockMovement(Guid Id, string Sku, int Change, string Reason, string By, DateTimeOffset At);

/// <summary>A line of a reservation.</summary>
public sealed record ReservedLine(string Sku, int Quantity);

/// <summary>What an order holds of the stock.</summary>
/// <param name="State">"reserved", "sold", "released", "rejected" or "expired".</param>
/// <param name="ExpiresAt">The time limit of what is reserved.</param>
public sealed record ReservationView(Guid OrderId, string State, IReadOnlyList<ReservedLine> Lines, DateTimeOffset ExpiresAt);

/// <summary>Asks the Inventory.</summary>
public sealed class InventoryClient(HttpClient http)
{
    /// <summary>GET /api/inventory/stock?skus=: levels of up to 100 comma-separated SKUs. Everybody sees Available; Reserved and Sold are 0 for all but staff and services.</summary>
    public Task<Answer<IReadOnlyList<StockLevel>>> Stock(IEnumerable<string> skus, CancellationToken ct = default) =>
        http.Ask<IReadOnlyList<StockLevel>>(HttpMethod.Get, Calls.Query("/api/inventory/stock", ("skus", string.Join(',', skus))), null, ct);

    /// <summary>GET /api/inventory/low-stock: SKUs with at most so many pieces available, scarcest first; staff.</summary>
    public Task<Answer<Page<StockLevel>>> LowStock(int? atMost = null, string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<StockLevel>>(HttpMethod.Get, Calls.Query("/api/inventory/low-stock", ("atMost", atMost), ("after", after), ("limit", limit)), null, ct);

    /// <summary>POST /api/inventory/adjustments: books a correction; staff. Safe to repeat with the same key.</summary>
    public Task<Answer<StockLevel>> Adjust(StockAdjustment adjustment, string idempotencyKey, CancellationToken ct = default) =>
        http.Ask<StockLevel>(HttpMethod.Post, "/api/inventory/adjustments", adjustment, ct, idempotencyKey);

    /// <summary>GET /api/inventory/adjustments?sku=: the corrections, newest first; staff.</summary>
    public Task<Answer<Page<StockMovement>>> Adjustments(string? sku, string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<StockMovement>>(HttpMethod.Get, Calls.Query("/api/inventory/adjustments", ("sku", sku), ("after", after), ("limit", limit)), null, ct);

    /// <summary>GET /api/inventory/reservations/{orderId}: what an order holds of the stock; staff.</summary>
    public Task<Answer<ReservationView>> Reservation(Guid orderId, CancellationToken ct = default) =>
        http.Ask<ReservationView>(HttpMethod.Get, $"/api/inventory/reservations/{orderId}", null, ct);
}
