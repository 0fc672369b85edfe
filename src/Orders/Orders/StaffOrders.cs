using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders;

/// <summary>GET /api/orders/staff: all orders, newest or oldest first, by status or searched by number or recipient.</summary>
static class StaffOrders
{
    // Bound by hand, because a query parameter of an enum type would take numbers and other capitals, but not the names we answer with.
    static readonly Dictionary<string, OrderStatus?> Statuses = Enum.GetValues<OrderStatus>().ToDictionary(s => JsonNamingPolicy.CamelCase.ConvertName(s.ToString()), s => (OrderStatus?)s);

    public static void Map(RouteGroupBuilder orders) => orders.MapGet("/staff", Handle)
        .WithName("StaffListOrders").WithSummary("All orders, newest or oldest first, by status or searched by number or recipient.").ProducesProblem(400);

    static async Task<Results<Ok<Page<StaffOrderSummary>>, ProblemHttpResult>> Handle(OrdersDb db, CancellationToken ct, string? status = null,
        [StringLength(50), RegularExpression(OrderLimits.OneLineOrNothing)] string? search = null, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit, bool oldestFirst = false)
    {
        var wanted = Statuses.GetValueOrDefault(status ?? "");
        if (status is not null && wanted is null) return Problems.Invalid("status", $"One of {string.Join(", ", Statuses.Keys)}.");
        var last = Cursor.Read<ArrivedBefore>(after)?.Seq;
        var text = search?.Trim().ToLowerInvariant();
        var found = db.Orders.AsNoTracking();
        if (last is not null) found = oldestFirst ? found.Where(o => o.Seq > last) : found.Where(o => o.Seq < last);
        if (wanted is not null) found = found.Where(o => o.Status == wanted);
        if (!string.IsNullOrEmpty(text)) found = found.Where(o => o.SearchText.Contains(text));
        // The finished orders of erased members are kept for the law alone: nobody leafs through them.
        found = found.Where(o => o.KeptUntil == null || (o.Status != OrderStatus.Completed && o.Status != OrderStatus.Cancelled));
        var rows = await (oldestFirst ? found.OrderBy(o => o.Seq) : found.OrderByDescending(o => o.Seq)).Take(limit + 1).ToListAsync(ct);
        return TypedResults.Ok(Page<StaffOrderSummary>.From(rows, limit, Summary, ArrivedBefore.Cursor));
    }

    static StaffOrderSummary Summary(Order order) =>
        new(order.Id, order.Number, order.Status, order.MemberId, order.ShipTo.Name, order.Title, order.Lines.Count, order.Total, order.Refunded, order.PlacedAt);
}
