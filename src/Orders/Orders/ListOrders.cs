using System.ComponentModel.DataAnnotations;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders;

/// <summary>GET /api/orders and /api/orders/{id}: one's own orders; staff may look at any.</summary>
static class ListOrders
{
    public static void Map(RouteGroupBuilder orders)
    {
        orders.MapGet("/", List).WithName("ListOrders").WithSummary("The caller's own orders, newest first.").ProducesProblem(400);
        orders.MapGet("/{id:guid}", Get).WithName("GetOrder").WithSummary("An order with its history: one's own; staff see all.").ProducesProblem(404);
    }

    static async Task<Ok<Page<OrderSummary>>> List(Caller caller, OrdersDb db, CancellationToken ct, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var before = ArrivedBefore.Read(after);
        var rows = await db.Orders.AsNoTracking().Where(o => o.MemberId == caller.Member && o.Seq < before)
            .OrderByDescending(o => o.Seq).Take(limit + 1).ToListAsync(ct);
        return TypedResults.Ok(Page<OrderSummary>.From(rows, limit, Summary, ArrivedBefore.Cursor));
    }

    static async Task<Results<Ok<OrderView>, ProblemHttpResult>> Get(Guid id, Caller caller, OrdersDb db, CancellationToken ct) =>
        await db.Orders.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, ct) is { } order && (order.MemberId == caller.Member || caller.IsStaff)
            ? TypedResults.Ok(order.View())
            : Problems.NotFound("order");

    static OrderSummary Summary(Order order) => new(order.Id, order.Number, order.Status, order.Title, order.Lines[0].Picture, order.Lines.Count, order.Total, order.PlacedAt);
}

/// <summary>Where a page of a list of orders ended.</summary>
sealed record ArrivedBefore(long Seq)
{
    public static long Read(string? after) => Platform.Cursor.Read<ArrivedBefore>(after)?.Seq ?? long.MaxValue;

    public static string Cursor(Order last) => Platform.Cursor.Of(new ArrivedBefore(last.Seq));
}
