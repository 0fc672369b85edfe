using System.ComponentModel.DataAnnotations;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders;

/// <summary>GET and POST /api/orders/coupons: the caller's coupon box, and a code to put into it.</summary>
static class CouponBox
{
    public static void Map(RouteGroupBuilder own)
    {
        own.MapGet("/coupons", (Caller caller, OrdersDb db, TimeProvider time, CancellationToken ct, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit) =>
                Of(caller.Member, db, time, after, limit, ct))
            .WithName("ListCoupons").WithSummary("The caller's coupon box, what came last first.").ProducesProblem(400);
        own.MapPost("/coupons", Register).WithName("RegisterCoupon").WithSummary("Puts a public coupon into the caller's box. Safe to repeat.").ProducesProblem(400).ProducesProblem(409);
    }

    /// <summary>A member's coupons.</summary>
    public static async Task<Ok<Page<HeldCouponView>>> Of(Guid member, OrdersDb db, TimeProvider time, string? after, int limit, CancellationToken ct)
    {
        var before = HeldBefore.Read(after);
        var rows = await Purse.Box(member, db).Where(h => h.At < before.At || h.At == before.At && string.Compare(h.Code, before.Code) > 0)
            .Join(db.Coupons, h => h.Code, c => c.Code, (held, coupon) => new { held, coupon })
            .OrderByDescending(row => row.held.At).ThenBy(row => row.held.Code).Take(limit + 1).ToListAsync(ct);
        var now = time.GetUtcNow();
        return TypedResults.Ok(Page<HeldCouponView>.From(rows, limit, row => row.held.View(row.coupon, now), row => Cursor.Of(new HeldBefore(row.held.At, row.held.Code))));
    }

    static async Task<Results<Ok<HeldCouponView>, ProblemHttpResult>> Register(CouponCode asked, Caller caller, OrdersDb db, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var coupon = await db.Coupons.AsNoTracking().FirstOrDefaultAsync(c => c.Code == asked.Code, ct);
        var held = await Purse.Box(caller.Member, db).FirstOrDefaultAsync(h => h.Code == asked.Code, ct);
        var refusal = coupon is null ? CouponRefusals.Unknown : held is not null ? null : coupon.Refusal(held, now);
        // A coupon whose time has not come may lie in the box until then.
        if (refusal is not (null or CouponRefusals.TooEarly)) return Problems.Conflict("coupon-unusable", "There is no such coupon to be had.", ("reason", refusal));
        if (held is null)
        {
            db.Add(held = HeldCoupon.Of(coupon!, caller.Member, now));
            await db.SaveChangesAsync(ct);
        }
        return TypedResults.Ok(held.View(coupon!, now));
    }
}

/// <summary>Where a page of a coupon box ended.</summary>
sealed record HeldBefore(DateTimeOffset At, string Code)
{
    public static HeldBefore Read(string? after) => Cursor.Read<HeldBefore>(after) ?? new(DateTimeOffset.MaxValue, "");
}
