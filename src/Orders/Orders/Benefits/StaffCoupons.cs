using System.ComponentModel.DataAnnotations;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders;

/// <summary>/api/orders/staff/coupons: staff make coupons, issue them to members and stop them.</summary>
static class StaffCoupons
{
    static readonly TimeSpan LongestValidity = TimeSpan.FromDays(3660);

    public static void Map(RouteGroupBuilder staff)
    {
        staff.MapGet("/staff/coupons", List).WithName("StaffListCoupons").WithSummary("All coupons, newest first.").ProducesProblem(400);
        staff.MapPut("/staff/coupons/{code}", Make).WithName("MakeCoupon").WithSummary("Makes a coupon; safe to repeat, but its terms never change.").ProducesProblem(400).ProducesProblem(409);
        staff.MapPost("/staff/coupons/{code}/stop", Stop).WithName("StopCoupon").WithSummary("Nobody can use the coupon any more. Safe to repeat.").ProducesProblem(404);
        staff.MapPost("/staff/coupons/{code}/issues", Issue).WithName("IssueCoupon").WithSummary("Puts the coupon into members' boxes. Safe to repeat.").ProducesProblem(400).ProducesProblem(404);
        staff.MapGet("/staff/coupon-boxes/{memberId:guid}", (Guid memberId, OrdersDb db, TimeProvider time, CancellationToken ct, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit) =>
                CouponBox.Of(memberId, db, time, after, limit, ct))
            .WithName("StaffListCouponBox").WithSummary("A member's coupon box.").ProducesProblem(400);
    }

    static async Task<Ok<Page<CouponView>>> List(OrdersDb db, CancellationToken ct, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var before = ArrivedBefore.Read(after);
        var rows = await db.Coupons.AsNoTracking().Where(c => c.Seq < before).OrderByDescending(c => c.Seq).Take(limit + 1)
            .Select(c => new { coupon = c, held = db.CouponBox.Count(h => h.Code == c.Code) }).ToListAsync(ct);
        return TypedResults.Ok(Page<CouponView>.From(rows, limit, row => View(row.coupon, row.held), row => Cursor.Of(new ArrivedBefore(row.coupon.Seq))));
    }

    static async Task<Results<Ok<CouponView>, ProblemHttpResult>> Make([RegularExpression(BenefitLimits.Code)] string code, CouponTerms terms, OrdersDb db, TimeProvider time, CancellationToken ct)
    {
        var coupon = Coupon.Make(code, terms, time.GetUtcNow());
        if (Wrong(coupon.Terms) is { } wrong) return wrong;
        if (await db.Coupons.AsNoTracking().FirstOrDefaultAsync(c => c.Code == code, ct) is { } known)
            return known.Terms == coupon.Terms ? TypedResults.Ok(View(known, await Held(code, db, ct))) : Problems.Conflict("coupon-exists", "Another coupon has this code. Terms never change: stop that one and take a new code.");
        db.Add(coupon);
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(View(coupon, 0));
    }

    /// <summary>What the rules for single fields cannot see.</summary>
    static ProblemHttpResult? Wrong(CouponTerms terms)
    {
        foreach (var (field, text) in new[] { ("name.ko", terms.Name.Ko), ("name.en", terms.Name.En) })
            if (string.IsNullOrWhiteSpace(text) || text.Length > BenefitLimits.TextLength || text.Any(char.IsControl)) return Problems.Invalid(field, $"1 to {BenefitLimits.TextLength} characters on one line.");
        if (terms.AmountOff is null == terms.PercentOff is null) return Problems.Invalid("amountOff", "Either an amount or percent.");
        if (terms.ValidUntil <= terms.ValidFrom) return Problems.Invalid("validUntil", "After the beginning.");
        return terms.ValidUntil - terms.ValidFrom > LongestValidity ? Problems.Invalid("validUntil", "At most ten years after the beginning.") : null;
    }

    static async Task<Results<Ok<CouponView>, ProblemHttpResult>> Stop([RegularExpression(BenefitLimits.Code)] string code, OrdersDb db, TimeProvider time, CancellationToken ct)
    {
        if (await db.Coupons.FirstOrDefaultAsync(c => c.Code == code, ct) is not { } coupon) return Problems.NotFound("coupon");
        coupon.Stop(time.GetUtcNow());
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(View(coupon, await Held(code, db, ct)));
    }

    static async Task<Results<Ok<CouponIssued>, ProblemHttpResult>> Issue([RegularExpression(BenefitLimits.Code)] string code, CouponIssue issue, OrdersDb db, TimeProvider time, CancellationToken ct)
    {
        if (await db.Coupons.AsNoTracking().FirstOrDefaultAsync(c => c.Code == code, ct) is not { } coupon) return Problems.NotFound("coupon");
        var members = issue.MemberIds.Distinct().ToList();
        var have = await db.CouponBox.Where(h => h.Code == code && members.Contains(h.MemberId)).Select(h => h.MemberId).ToListAsync(ct);
        db.AddRange(members.Except(have).Select(member => HeldCoupon.Of(coupon, member, time.GetUtcNow())));
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(new CouponIssued(members.Count - have.Count, have.Count));
    }

    static Task<int> Held(string code, OrdersDb db, CancellationToken ct) => db.CouponBox.CountAsync(h => h.Code == code, ct);

    static CouponView View(Coupon coupon, int held) => new(coupon.Code, coupon.Terms, coupon.Used, held, coupon.StoppedAt, coupon.CreatedAt);
}
