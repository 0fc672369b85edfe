using CsCheck;
using Jangteo.Catalog.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Orders.Tests;

/// <summary>What coupon and points do to a total: pure arithmetic.</summary>
public class DealTests
{
    internal static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    internal static CouponTerms Amount(long off, long minSubtotal = 0, int? total = null, int perMember = 1, bool isPublic = true) =>
        new(new("할인", "Off"), Now.AddDays(-400), Now.AddDays(400), AmountOff: off, MinSubtotal: minSubtotal, TotalLimit: total, MemberLimit: perMember, IsPublic: isPublic);

    internal static CouponTerms Percent(int off, long? most = null) => Amount(1) with { AmountOff = null, PercentOff = off, MostOff = most };

    static Deal Try(CouponTerms? terms, long points, long subtotal, long fee = 3_000, long balance = 1_000_000, PointsOptions? rules = null) =>
        Deal.Of(new(terms is null ? null : Coupon.Make("CODE", terms, Now), null, balance), terms is null ? null : "CODE", points, subtotal, fee, rules ?? new(), Now);

    static readonly Gen<CouponTerms?> AnyCoupon = Gen.OneOf(
        Gen.Const((CouponTerms?)null),
        Gen.Long[1, BenefitLimits.Amount].Select(off => (CouponTerms?)Amount(off)),
        Gen.Select(Gen.Int[1, 100], Gen.Long[0, 50_000], (off, most) => (CouponTerms?)Percent(off, most == 0 ? null : most)));

    [Fact]
    public void Never_takes_more_than_the_goods_cost_the_member_has_or_must_remain_to_be_paid() =>
        Gen.Select(AnyCoupon, Gen.Long[0, 300_000], Gen.OneOf(Gen.Long[0, 500_000], Gen.Long[0, 5_000_000_000_000_000]), Gen.Long[0, 5_000], Gen.Long[0, 200_000], Gen.Int[1, 500], Gen.Long[1, 3_000])
            .Sample((terms, points, subtotal, fee, balance, unit, minimum) =>
            {
                var rules = new PointsOptions { Unit = unit, Minimum = minimum };
                var deal = Try(terms, points, subtotal, fee, balance, rules);

                Assert.InRange(deal.CouponOff, 0, subtotal);
                Assert.InRange(deal.CouponOff + deal.Points, 0, subtotal);
                Assert.InRange(deal.Points, 0, balance);
                if (deal.CouponOff + deal.Points > 0) Assert.True(subtotal + fee - deal.CouponOff - deal.Points >= rules.LeastToPay);
                Assert.True(deal.Points == 0 || deal.Points == points && points % unit == 0 && points >= minimum);
                Assert.True(deal.MostPoints == 0 || deal.MostPoints % unit == 0 && deal.MostPoints >= minimum);
                Assert.Equal(points == 0 || deal.PointsRefusal is not null, deal.Points == 0);
                // The most that it names can be had, and one unit more cannot.
                if (deal.MostPoints > 0) Assert.Null(Try(terms, deal.MostPoints, subtotal, fee, balance, rules).PointsRefusal);
                Assert.NotNull(Try(terms, Math.Max(deal.MostPoints, minimum - minimum % unit) + unit, subtotal, fee, balance, rules).PointsRefusal);
            }, iter: 20_000);

    [Fact]
    public void Percent_are_rounded_down_to_a_whole_unit_and_never_overflow() =>
        Gen.Select(Gen.Int[1, 100], Gen.Long[0, 9_000_000_000_000_000_000]).Sample((percent, subtotal) =>
            Assert.Equal((long)((Int128)subtotal * percent / 100), Coupon.Make("CODE", Percent(percent), Now).OffOf(subtotal)), iter: 20_000);

    [Fact]
    public void Earns_the_percent_of_what_was_paid_rounded_down() =>
        Gen.Select(Gen.Int[0, 100], Gen.Long[-5_000, 9_000_000_000_000_000_000]).Sample((percent, paid) =>
            Assert.Equal((long)((Int128)Math.Max(0, paid) * percent / 100), new PointsOptions { EarnPercent = percent }.EarnedFor(paid)), iter: 20_000);

    [Theory]
    [InlineData(3_000, 0, 24_000, 3_000)]       // an amount
    [InlineData(30_000, 0, 24_000, 24_000)]     // more than the goods: the delivery is still paid
    [InlineData(60_000, 0, 50_000, 49_900)]     // delivered free: the least remains to be paid
    public void An_amount_comes_off_the_goods_alone(long off, long points, long subtotal, long expected) =>
        Assert.Equal(expected, Try(Amount(off), points, subtotal, fee: subtotal >= 50_000 ? 0 : 3_000).CouponOff);

    [Theory]
    [InlineData(10, null, 24_999, 2_499)]
    [InlineData(50, 5_000L, 24_000, 5_000)]
    [InlineData(100, null, 24_000, 24_000)]
    public void Percent_come_off_up_to_a_limit(int off, long? most, long subtotal, long expected) => Assert.Equal(expected, Try(Percent(off, most), 0, subtotal).CouponOff);

    [Fact]
    public void Points_come_after_the_coupon_and_fill_what_it_left()
    {
        Assert.Equal((20_000, 4_000), (Try(Amount(20_000), 4_000, 24_000).CouponOff, Try(Amount(20_000), 4_000, 24_000).Points));
        Assert.Equal((4_000, PointsRefusals.TooMany), (Try(Amount(20_000), 4_010, 24_000).MostPoints, Try(Amount(20_000), 4_010, 24_000).PointsRefusal));
    }

    [Fact]
    public void Says_why_a_coupon_or_points_do_nothing()
    {
        static string? Coupon(Coupon? coupon, HeldCoupon? held = null, long subtotal = 24_000, long fee = 3_000, PointsOptions? rules = null) => Deal.Of(new(coupon, held, 0), "CODE", 0, subtotal, fee, rules ?? new(), Now).CouponRefusal;
        static Coupon Make(CouponTerms terms) => Orders.Coupon.Make("CODE", terms, Now);
        var stopped = Make(Amount(1_000));
        stopped.Stop(Now);

        Assert.Equal(CouponRefusals.Unknown, Coupon(null));
        Assert.Equal(CouponRefusals.Unknown, Coupon(Make(Amount(1_000, isPublic: false))));
        Assert.Null(Coupon(Make(Amount(1_000, isPublic: false)), HeldCoupon.Of(Make(Amount(1_000)), Guid.NewGuid(), Now)));
        Assert.Equal(CouponRefusals.Stopped, Coupon(stopped));
        Assert.Equal(CouponRefusals.TooEarly, Coupon(Make(Amount(1_000) with { ValidFrom = Now.AddSeconds(1) })));
        Assert.Null(Coupon(Make(Amount(1_000) with { ValidFrom = Now })));
        Assert.Equal(CouponRefusals.Expired, Coupon(Make(Amount(1_000) with { ValidUntil = Now })));
        Assert.Equal(CouponRefusals.BelowMinimum, Coupon(Make(Amount(1_000, minSubtotal: 24_001))));
        Assert.Null(Coupon(Make(Amount(1_000, minSubtotal: 24_000))));
        Assert.Equal(CouponRefusals.NothingOff, Coupon(Make(Percent(1)), subtotal: 99));
        Assert.Equal(CouponRefusals.NothingOff, Coupon(Make(Amount(1_000)), subtotal: 100, fee: 0));
        Assert.Equal(CouponRefusals.Used, Coupon(Make(Amount(1_000)), new() { Code = "CODE", Limit = 0 }));
        Assert.Equal(PointsRefusals.NotInUnits, Try(null, 990, 24_000).PointsRefusal);
        Assert.Equal(PointsRefusals.NotInUnits, Try(null, 1_005, 24_000).PointsRefusal);
        Assert.Equal(PointsRefusals.Short, Try(null, 1_010, 24_000, balance: 1_009).PointsRefusal);
        Assert.Equal(PointsRefusals.TooMany, Try(null, 24_010, 24_000).PointsRefusal);
    }
}
