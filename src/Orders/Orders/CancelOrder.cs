using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Orders;

/// <summary>POST /api/orders/{id}/cancel: the buyer until packing begins, staff until it is shipped.</summary>
static class CancelOrder
{
    public static void Map(RouteGroupBuilder orders) => orders.MapPost("/{id:guid}/cancel", Handle)
        .WithName("CancelOrder").WithSummary("Cancels an order; what was paid is refunded. Safe to repeat.").ProducesProblem(404).ProducesProblem(409);

    static async Task<Results<Ok<OrderView>, ProblemHttpResult>> Handle(Guid id, Caller caller, OrdersDb db, TimeProvider time, CancellationToken ct)
    {
        if (await db.Order(id, ct) is not { } order || order.MemberId != caller.Member && !caller.IsStaff) return Problems.NotFound("order");
        var reason = order.MemberId == caller.Member ? CancelReasons.Buyer : CancelReasons.Staff;
        if (order.Cancel(caller.IsStaff, reason, time.GetUtcNow()) is not { } messages)
            return Problems.Conflict("not-cancellable", "It is too late to cancel this order.", ("orderStatus", order.Status));
        db.SendAll(messages);
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(order.View());
    }
}
