using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Jangteo.Orders;

/// <summary>POST /api/orders/{id}/complete: the buyer accepts what was delivered (구매확정).</summary>
static class CompleteOrder
{
    public static void Map(RouteGroupBuilder orders) => orders.MapPost("/{id:guid}/complete", Handle)
        .WithName("CompleteOrder").WithSummary("The buyer accepts what was delivered. Safe to repeat.").ProducesProblem(404).ProducesProblem(409);

    static async Task<Results<Ok<OrderView>, ProblemHttpResult>> Handle(Guid id, Caller caller, OrdersDb db, IOptions<PointsOptions> points, TimeProvider time, CancellationToken ct)
    {
        if (await db.Order(id, ct) is not { } order || order.MemberId != caller.Member) return Problems.NotFound("order");
        return await FulfilOrder.Commit(order, order.Complete(points.Value, time.GetUtcNow()), db, ct);
    }
}
