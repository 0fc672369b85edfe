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

/// <summary>GET and POST /api/orders/staff/points/{memberId}: a member's points; staff give or take them and say why.</summary>
static class StaffPoints
{
    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/staff/points/{memberId:guid}", Get).WithName("StaffListPoints").WithSummary("A member's points and how they came and went.").ProducesProblem(400);
        staff.MapPost("/staff/points/{memberId:guid}", Adjust).AddEndpointFilter(new Idempotent<OrdersDb>())
            .WithName("AdjustPoints").WithSummary("Gives points to a member, or takes them, with a reason. Never below zero.").ProducesProblem(400).ProducesProblem(409).ProducesProblem(422);
    }

    static async Task<Ok<PointAccount>> Get(Guid memberId, OrdersDb db, IOptions<PointsOptions> rules, CancellationToken ct, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit) =>
        TypedResults.Ok(await PointHistory.Of(memberId, db, rules.Value, after, limit, ct));

    static async Task<Results<Ok<PointAccount>, ProblemHttpResult>> Adjust(Guid memberId, PointAdjustment adjustment, Caller caller, OrdersDb db, IOptions<PointsOptions> rules, TimeProvider time, CancellationToken ct)
    {
        if (adjustment.Change == 0) return Problems.Invalid("change", "Not 0.");
        var balance = await db.PointBalances.Where(b => b.MemberId == memberId).Select(b => b.Balance).FirstOrDefaultAsync(ct);
        if (balance + adjustment.Change < 0) return Problems.Conflict("points-short", "The member has fewer points than that.", ("balance", balance));
        db.Add(new PointEntry { MemberId = memberId, Kind = PointEntry.Adjusted, Change = adjustment.Change, Reason = adjustment.Reason.Trim(), By = caller.Name, At = time.GetUtcNow() });
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(await PointHistory.Of(memberId, db, rules.Value, null, Cursor.DefaultLimit, ct));
    }
}
