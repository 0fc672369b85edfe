using Jangteo.Catalog.Contracts;
using Jangteo.Orders.Contracts;

namespace Jangteo.Orders;

/// <summary>A coupon. Its terms never change, so what was promised is kept; staff can only stop it.</summary>
sealed class Coupon
{
    public long Seq { get; private set; }
    public required string Code { get; init; }
    public required LocalText Name { get; init; }
    public long? AmountOff { get; private init; }
    public int? PercentOff { get; private init; }
    public long? MostOff { get; private init; }
    public long MinSubtotal { get; private init; }
    public DateTimeOffset ValidFrom { get; private init; }
    public DateTimeOffset ValidUntil { get; private init; }
    public int? TotalLimit { get; private init; }
    public int MemberLimit { get; private init; }
    public bool IsPublic { get; private init; }

    /// <summary>Kept by the database from the uses, and held by it below the limit; the code only reads it.</summary>
    public int Used { get; private init; }
    public DateTimeOffset? StoppedAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private init; }

    public static Coupon Make(string code, CouponTerms terms, DateTimeOffset now) => new()
    {
        Code = code,
        Name = terms.Name,
        AmountOff = terms.AmountOff,
        PercentOff = terms.PercentOff,
        MostOff = terms.MostOff,
        MinSubtotal = terms.MinSubtotal,
        ValidFrom = Whole(terms.ValidFrom),
        ValidUntil = Whole(terms.ValidUntil),
        TotalLimit = terms.TotalLimit,
        MemberLimit = terms.MemberLimit,
        IsPublic = terms.IsPublic,
        CreatedAt = now,
    };

    // The databases keep microseconds; a repeat of the request must find what it asked for.
    static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    public CouponTerms Terms => new(Name, ValidFrom, ValidUntil, AmountOff, PercentOff, MostOff, MinSubtotal, TotalLimit, MemberLimit, IsPublic);

    public void Stop(DateTimeOffset now) => StoppedAt ??= now;

    /// <summary>Why nobody, or not the holder, can use it now; null when it can be used.</summary>
    public string? Refusal(HeldCoupon? held, DateTimeOffset now) =>
        held is null && !IsPublic ? CouponRefusals.Unknown :
        StoppedAt is not null ? CouponRefusals.Stopped :
        now < ValidFrom ? CouponRefusals.TooEarly :
        now >= ValidUntil ? CouponRefusals.Expired :
        held is { UsesLeft: <= 0 } ? CouponRefusals.Used :
        Used >= TotalLimit ? CouponRefusals.UsedUp : null;

    /// <summary>What comes off goods of this price; percent are rounded down, so the discount is never more than promised.</summary>
    public long OffOf(long subtotal)
    {
        // In two parts, because the product of the largest order and a hundred percent need not fit.
        var off = AmountOff ?? subtotal / 100 * PercentOff!.Value + subtotal % 100 * PercentOff.Value / 100;
        return Math.Min(Math.Min(off, MostOff ?? long.MaxValue), subtotal);
    }
}

/// <summary>A coupon in a member's box: registered by its code, or issued by staff.</summary>
sealed class HeldCoupon
{
    public Guid MemberId { get; init; }
    public required string Code { get; init; }

    /// <summary>How often the member may use it.</summary>
    public int Limit { get; init; }

    /// <summary>Kept by the database from the uses, and held by it below the limit; the code only reads it.</summary>
    public int Used { get; private init; }
    public DateTimeOffset At { get; init; }

    public int UsesLeft => Limit - Used;

    public static HeldCoupon Of(Coupon coupon, Guid member, DateTimeOffset now) => new() { MemberId = member, Code = coupon.Code, Limit = coupon.MemberLimit, At = now };

    public HeldCouponView View(Coupon coupon, DateTimeOffset now) => new(Code, coupon.Terms, UsesLeft, coupon.Refusal(this, now), At);
}

/// <summary>A use of a coupon, or its return: one of each at most for an order. Rows are only ever added; the database counts them.</summary>
sealed class CouponUse
{
    public const string UsedKind = "used", RestoredKind = "restored";

    public long Seq { get; private init; }
    public required string Code { get; init; }
    public Guid MemberId { get; init; }
    public long? OrderSeq { get; private init; }
    public required string Kind { get; init; }

    /// <summary>1 for a use, -1 for its return.</summary>
    public int Change { get; init; }
    public DateTimeOffset At { get; init; }
}
