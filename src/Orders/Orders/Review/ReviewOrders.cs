using System.ComponentModel.DataAnnotations;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Jangteo.Orders;

/// <summary>
/// GET /api/orders/reviews: orders that should have ended by themselves and did not. A paid order waits for people anyway, and
/// one that is off owes only money, which Payments watches: so what can hang here is an order whose time to pay is over, one
/// that was sent though Inventory had lost its stock, and one whose refund found the points spent that it had earned.
/// </summary>
static class ReviewOrders
{
    static readonly OrderAction[] Overdue = [OrderAction.Cancel, OrderAction.Settle, OrderAction.Note];
    static readonly OrderAction[] Done = [OrderAction.Settle, OrderAction.Note];

    public static void Map(RouteGroupBuilder orders) => orders.MapGet("/reviews", Handle)
        .WithName("ReviewOrders").WithSummary("Orders that should have ended by themselves and did not, oldest first.").ProducesProblem(400);

    sealed record After(long Seq);

    static async Task<Ok<Page<OrderReview>>> Handle(OrdersDb db, IOptions<OrdersOptions> options, TimeProvider time, CancellationToken ct,
        string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var from = Cursor.Read<After>(after)?.Seq ?? 0;
        var overdue = time.GetUtcNow().AddSeconds(-options.Value.ReviewAfterSeconds);
        var rows = await db.Orders.AsNoTracking()
            .Where(o => o.Seq > from)
            .Where(o => (o.Status == OrderStatus.Placed || o.Status == OrderStatus.AwaitingPayment) && o.ExpiresAt <= overdue && !db.Decisions.Any(d => d.OrderId == o.Id && d.Action == OrderAction.Settle)
                // Goods that are missing are missed whoever bought them; points only while the buyer is there.
                || o.StockMissingSince != null || o.PointsMissing > 0 && o.KeptUntil == null)
            .OrderBy(o => o.Seq).Take(limit + 1).ToListAsync(ct);
        return TypedResults.Ok(Page<OrderReview>.From(rows, limit, View, o => Cursor.Of(new After(o.Seq))));
    }

    static OrderReview View(Order o) => o switch
    {
        { StockMissingSince: { } since } => new(o.Id, o.Number, o.Status, o.Total, "stock-missing", since, Done, o.MemberId, Revision: o.Version),
        { PointsMissing: > 0 } => new(o.Id, o.Number, o.Status, o.Total, "points-missing", o.History.LastOrDefault(e => e.What == "refunded")?.At ?? o.PlacedAt, Done, o.MemberId, o.PointsMissing, o.Version),
        _ => new(o.Id, o.Number, o.Status, o.Total, "overdue", o.ExpiresAt, Overdue, o.MemberId, Revision: o.Version),
    };
}
