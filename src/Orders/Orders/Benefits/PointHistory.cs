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

/// <summary>GET /api/orders/points: what the caller has, and how it came and went.</summary>
static class PointHistory
{
    public static void Map(RouteGroupBuilder own) => own.MapGet("/points", Handle)
        .WithName("ListPoints").WithSummary("The caller's points and how they came and went, newest first.").ProducesProblem(400);

    static async Task<Ok<PointAccount>> Handle(Caller caller, OrdersDb db, IOptions<PointsOptions> rules, CancellationToken ct, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit) =>
        TypedResults.Ok(await Of(caller.Member, db, rules.Value, after, limit, ct));

    /// <summary>A member's points.</summary>
    public static async Task<PointAccount> Of(Guid member, OrdersDb db, PointsOptions rules, string? after, int limit, CancellationToken ct)
    {
        var before = ArrivedBefore.Read(after);
        var balance = await db.PointBalances.Where(b => b.MemberId == member).Select(b => b.Balance).FirstOrDefaultAsync(ct);
        var rows = await (
            from entry in db.PointEntries
            where entry.MemberId == member && entry.Seq < before
            join order in db.Orders on entry.OrderSeq equals order.Seq into orders
            from order in orders.DefaultIfEmpty()
            orderby entry.Seq descending
            select new { entry, Id = (Guid?)order.Id, order.Number }).AsNoTracking().Take(limit + 1).ToListAsync(ct);
        var page = Page<PointEntryView>.From(rows, limit,
            row => new(row.entry.Change, row.entry.Kind, row.entry.Reason, row.Id, row.Number, row.entry.At), row => Cursor.Of(new ArrivedBefore(row.entry.Seq)));
        return new(balance, rules.Unit, rules.Minimum, rules.EarnPercent, page.Items, page.Next);
    }
}
