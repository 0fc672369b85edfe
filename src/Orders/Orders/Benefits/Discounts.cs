using Jangteo.Catalog.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Jangteo.Orders;

/// <summary>What came off an order; kept with it, whatever becomes of the coupon.</summary>
sealed record Discounts(string? CouponCode, LocalText? CouponName, long CouponOff, long Points, DateTimeOffset? GivenBackAt = null)
{
    public long Sum() => CouponOff + Points;

    /// <summary>
    /// What comes off an order that is being placed, or why it cannot be placed so. An order that asks for nothing costs nothing.
    /// A limit that another order reaches meanwhile is held by the database: the platform runs the loser again, who is then refused here.
    /// </summary>
    public static async Task<(Discounts?, ProblemHttpResult?)> Of(PlaceOrderRequest request, Guid buyer, PriceList prices, Money fee, PointsOptions rules, OrdersDb db, DateTimeOffset now, CancellationToken ct)
    {
        if (request.CouponCode is null && request.Points == 0) return default;
        var purse = await Purse.Of(buyer, request.CouponCode, db, ct);
        var deal = Deal.Of(purse, request.CouponCode, request.Points, prices.Subtotal(fee.Currency).Amount, fee.Amount, rules, now);
        if (deal.Refused(purse, rules) is { } refusal) return (null, refusal);
        // A public coupon that is used at once goes into the box like any other, for there its uses are counted.
        if (purse is { Coupon: { } coupon, Held: null }) db.Add(HeldCoupon.Of(coupon, buyer, now));
        return (new(purse.Coupon?.Code, purse.Coupon?.Name, deal.CouponOff, deal.Points), null);
    }
}

/// <summary>
/// What a coupon and points do to an order, in whole minor units. One coupon, then points, both on the goods and never on
/// the delivery; what is left to pay is never less than <see cref="PointsOptions.LeastToPay"/>.
/// </summary>
/// <param name="MostPoints">The most points that could be spent after the coupon.</param>
sealed record Deal(long CouponOff, string? CouponRefusal, long Points, string? PointsRefusal, long MostPoints)
{
    public static Deal Of(Purse purse, string? code, long points, long subtotal, long fee, PointsOptions rules, DateTimeOffset now)
    {
        var room = Math.Max(0, Math.Min(subtotal, subtotal + fee - rules.LeastToPay));
        var couponRefusal = code is null ? null : RefusalOf(purse, room, subtotal, now);
        var couponOff = code is null || couponRefusal is not null ? 0 : Math.Min(purse.Coupon!.OffOf(subtotal), room);
        var most = MostOf(Math.Min(purse.Balance, room - couponOff), rules);
        var pointsRefusal = points == 0 ? null : RefusalOf(points, most, purse.Balance, rules);
        return new(couponOff, couponRefusal, pointsRefusal is null ? points : 0, pointsRefusal, most);
    }

    static string? RefusalOf(Purse purse, long room, long subtotal, DateTimeOffset now) =>
        purse.Coupon is not { } coupon ? CouponRefusals.Unknown :
        coupon.Refusal(purse.Held, now) is { } refusal ? refusal :
        subtotal < coupon.MinSubtotal ? CouponRefusals.BelowMinimum :
        Math.Min(coupon.OffOf(subtotal), room) <= 0 ? CouponRefusals.NothingOff : null;

    static string? RefusalOf(long points, long most, long balance, PointsOptions rules) =>
        points < rules.Minimum || points % rules.Unit != 0 ? PointsRefusals.NotInUnits :
        points > balance ? PointsRefusals.Short :
        points > most ? PointsRefusals.TooMany : null;

    static long MostOf(long points, PointsOptions rules)
    {
        var most = points - points % rules.Unit;
        return most < rules.Minimum ? 0 : most;
    }

    /// <summary>The answer to an order that asks for what cannot be had; null when all of it can.</summary>
    public ProblemHttpResult? Refused(Purse purse, PointsOptions rules) =>
        CouponRefusal is { } reason ? Problems.Conflict("coupon-unusable", "This coupon cannot be used for this order.", ("reason", reason)) :
        PointsRefusal switch
        {
            null => null,
            PointsRefusals.NotInUnits => Problems.Invalid("points", $"At least {rules.Minimum}, in multiples of {rules.Unit}."),
            PointsRefusals.Short => Problems.Conflict("points-short", "There are not so many points.", ("balance", purse.Balance)),
            _ => Problems.Conflict("points-too-many", "This order does not let so many points be spent.", ("most", MostPoints)),
        };
}
