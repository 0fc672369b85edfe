using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Jangteo.Orders;

/// <summary>POST /api/orders/{id}/prepare, ship and deliver: staff move a paid order on, one state after the other; safe to repeat.</summary>
static class FulfilOrder
{
    public static void Map(RouteGroupBuilder orders)
    {
        orders.MapPost("/{id:guid}/prepare", Prepare).WithName("PrepareOrder").WithSummary("Packing begins; the buyer can no longer cancel.").ProducesProblem(404).ProducesProblem(409);
        orders.MapPost("/{id:guid}/ship", Ship).WithName("ShipOrder").WithSummary("Handed to the courier; again with another number corrects it.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        orders.MapPost("/{id:guid}/deliver", Deliver).WithName("DeliverOrder").WithSummary("The courier says delivered.").ProducesProblem(404).ProducesProblem(409);
    }

    static async Task<Results<Ok<OrderView>, ProblemHttpResult>> Prepare(Guid id, OrdersDb db, TimeProvider time, CancellationToken ct) =>
        await db.Order(id, ct) is { } order ? await Commit(order, order.Prepare(time.GetUtcNow()), db, ct) : Problems.NotFound("order");

    static async Task<Results<Ok<OrderView>, ProblemHttpResult>> Ship(Guid id, Shipment shipment, OrdersDb db, TimeProvider time, CancellationToken ct) =>
        await db.Order(id, ct) is { } order ? await Commit(order, order.Ship(shipment, time.GetUtcNow()), db, ct) : Problems.NotFound("order");

    static async Task<Results<Ok<OrderView>, ProblemHttpResult>> Deliver(Guid id, OrdersDb db, IOptions<OrdersOptions> options, TimeProvider time, CancellationToken ct)
    {
        if (await db.Order(id, ct) is not { } order) return Problems.NotFound("order");
        var messages = order.Deliver(time.GetUtcNow());
        if (messages is { Length: > 0 }) db.Send(new AcceptanceDue(id), due: time.GetUtcNow().AddDays(options.Value.CompleteAfterDays));
        return await Commit(order, messages, db, ct);
    }

    /// <summary>Saves what was decided; null was a refusal.</summary>
    public static async Task<Results<Ok<OrderView>, ProblemHttpResult>> Commit(Order order, IMessage[]? decided, OrdersDb db, CancellationToken ct)
    {
        if (decided is null) return Problems.Conflict("wrong-status", $"The order is {order.Status}: this step does not come next.", ("orderStatus", order.Status));
        db.SendAll(decided);
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(order.View());
    }
}
