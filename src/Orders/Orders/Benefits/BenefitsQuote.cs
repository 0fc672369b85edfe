using Jangteo.Orders.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders;

/// <summary>A quote with the coupon and the points that a member tries, and with what else they have.</summary>
static class BenefitsQuote
{
    const int MostCoupons = 50;

    public static async Task<Quote> Of(Quote plain, QuoteRequest request, Guid member, OrdersDb db, PointsOptions rules, DateTimeOffset now, CancellationToken ct)
    {
        var purse = await Purse.Of(member, request.CouponCode, db, ct);
        var deal = Deal.Of(purse, request.CouponCode, request.Points, plain.Subtotal.Amount, plain.DeliveryFee.Amount, rules, now);
        var off = deal.CouponOff + deal.Points;
        return plain with
        {
            Total = plain.Total with { Amount = plain.Total.Amount - off },
            Earns = rules.EarnedFor(plain.Subtotal.Amount - off),
            CouponOff = plain.Total with { Amount = deal.CouponOff },
            CouponRefusal = deal.CouponRefusal,
            PointsOff = plain.Total with { Amount = deal.Points },
            PointsRefusal = deal.PointsRefusal,
            Benefits = request.Benefits ? new(purse.Balance, deal.MostPoints, rules.Unit, rules.Minimum, await Offers(plain, member, db, rules, now, ct)) : null,
        };
    }

    /// <summary>What of the member's box is not over: the best first, then what this order does not reach.</summary>
    static async Task<List<CouponOffer>> Offers(Quote plain, Guid member, OrdersDb db, PointsOptions rules, DateTimeOffset now, CancellationToken ct)
    {
        var rows = await Purse.Box(member, db).Where(h => h.Used < h.Limit)
            .Join(db.Coupons.Where(c => c.StoppedAt == null && c.ValidUntil > now), h => h.Code, c => c.Code, (held, coupon) => new { held, coupon })
            .OrderBy(row => row.coupon.ValidUntil).Take(MostCoupons).ToListAsync(ct);
        return [.. rows.Select(row => (row.coupon, Deal: Deal.Of(new(row.coupon, row.held, 0), row.coupon.Code, 0, plain.Subtotal.Amount, plain.DeliveryFee.Amount, rules, now)))
            .Select(row => new CouponOffer(row.coupon.Code, row.coupon.Name, plain.Total with { Amount = row.Deal.CouponOff }, row.Deal.CouponRefusal))
            .OrderByDescending(offer => offer.Off.Amount)];
    }
}
