using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders;

/// <summary>GET /api/orders/{id}/path: an order with its history and the decisions of staff.</summary>
static class ExplainOrder
{
    const int MaxShown = 200;

    public static void Map(RouteGroupBuilder orders) => orders.MapGet("/{id:guid}/path", Handle)
        .WithName("ExplainOrder").WithSummary("An order with its history and what staff decided about it.").ProducesProblem(404);

    static async Task<Results<Ok<OrderPath>, ProblemHttpResult>> Handle(Guid id, OrdersDb db, CancellationToken ct)
    {
        if (await db.Orders.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, ct) is not { } order) return Problems.NotFound("order");
        var decisions = await db.Decisions.AsNoTracking().Where(d => d.OrderId == id).OrderBy(d => d.At).Take(MaxShown).ToListAsync(ct);
        return TypedResults.Ok(new OrderPath(order.View(), [.. decisions.Select(d => d.View())]));
    }
}
