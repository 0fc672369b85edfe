using Jangteo.Inventory.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Inventory;

/// <summary>GET /api/inventory/reservations/{orderId}: what an order holds of the stock.</summary>
static class ShowReservation
{
    public static void Map(RouteGroupBuilder inventory) => inventory.MapGet("/reservations/{orderId:guid}", Handle)
        .RequireAuthorization(Policies.Staff).ProducesProblem(404)
        .WithName("ShowReservation").WithSummary("What an order holds of the stock; staff.");

    static async Task<Results<Ok<ReservationView>, ProblemHttpResult>> Handle(Guid orderId, InventoryDb db, CancellationToken ct) =>
        await db.Reservations.AsNoTracking().FirstOrDefaultAsync(r => r.OrderId == orderId, ct) is { } found
            ? TypedResults.Ok(new ReservationView(orderId, found.State.ToString().ToLowerInvariant(), [.. found.Lines.Select(l => new ReservedLine(l.Sku, l.Quantity))], found.ExpiresAt))
            : Problems.NotFound("reservation");
}
