using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders;

/// <summary>What a member brings to an order that asks for a discount: the coupon, whether it is in their box, and their points.</summary>
sealed record Purse(Coupon? Coupon, HeldCoupon? Held, long Balance)
{
    public static readonly Purse Empty = new(null, null, 0);

    public static async Task<Purse> Of(Guid member, string? code, OrdersDb db, CancellationToken ct)
    {
        var balance = await db.PointBalances.Where(b => b.MemberId == member).Select(b => b.Balance).FirstOrDefaultAsync(ct);
        if (code is null) return Empty with { Balance = balance };
        var coupon = await db.Coupons.AsNoTracking().FirstOrDefaultAsync(c => c.Code == code, ct);
        return new(coupon, coupon is null ? null : await Box(member, db).FirstOrDefaultAsync(h => h.Code == code, ct), balance);
    }

    /// <summary>The member's coupon box.</summary>
    public static IQueryable<HeldCoupon> Box(Guid member, OrdersDb db) => db.CouponBox.AsNoTracking().Where(h => h.MemberId == member);
}
