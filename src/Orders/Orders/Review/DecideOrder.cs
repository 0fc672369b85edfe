using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders;

/// <summary>POST /api/orders/{id}/decisions: staff act on an order and say why; who, when and why are kept, apart from what the buyer sees.</summary>
static class DecideOrder
{
    public static void Map(RouteGroupBuilder orders) => orders.MapPost("/{id:guid}/decisions", Handle).AddEndpointFilter(new Idempotent<OrdersDb>())
        .WithName("DecideOrder").WithSummary("Cancels, settles or annotates an order; recorded with who, when and why.").ProducesProblem(404).ProducesProblem(409);

    static async Task<Results<Ok<OrderDecisionView>, ProblemHttpResult>> Handle(Guid id, OrderDecision request, Caller caller, OrdersDb db, TimeProvider time, CancellationToken ct)
    {
        if (await db.Order(id, ct) is not { } order) return Problems.NotFound("order");
        // Deciding the same once more, though under another key, is a repeat and not a second decision.
        if ((request.Action != OrderAction.Settle || order is { PointsMissing: 0, StockMissingSince: null }) && await db.Decisions.AsNoTracking().FirstOrDefaultAsync(d => d.OrderId == id && d.Action == request.Action && d.Reason == request.Reason && d.By == caller.Member, ct) is { } known)
            return TypedResults.Ok(known.View());
        // Who saw an order unpaid did not decide about a paid one, nor about points that went missing since.
        if (request.Action != OrderAction.Note && request.Revision is { } seen && seen != order.Version)
            return Problems.Conflict("stale-revision", "The order has changed meanwhile. Look at it again.", ("revision", order.Version));
        if (request.Action == OrderAction.Cancel)
        {
            if (order.Cancel(asStaff: true, CancelReasons.Staff, time.GetUtcNow()) is not { } messages)
                return Problems.Conflict("not-cancellable", "It is too late to cancel this order.", ("orderStatus", order.Status));
            db.SendAll(messages);
        }
        if (request.Action == OrderAction.Settle) order.Settle();
        var decision = new Decision { Id = Guid.CreateVersion7(), OrderId = id, Action = request.Action, Reason = request.Reason, By = caller.Member, At = time.GetUtcNow() };
        db.Add(decision);
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(decision.View());
    }
}
