using System.ComponentModel.DataAnnotations;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;

namespace Jangteo.Orders.Contracts;

/// <summary>What coupons and points may hold. Points are minor units of the mall's currency: one point is one won.</summary>
public static class BenefitLimits
{
    /// <summary>A coupon's code: capitals, digits and hyphens, 4 to 20 of them.</summary>
    public const string Code = "[A-Z0-9][A-Z0-9-]{3,19}";

    /// <summary>The most that a coupon takes off, and the most points that move at once.</summary>
    public const long Amount = 1_000_000_000;

    /// <summary>The most times that a coupon can be used, by all or by one member.</summary>
    public const int Uses = 1_000_000;

    /// <summary>The most members that a coupon is issued to in one call.</summary>
    public const int Members = 100;

    /// <summary>The longest name of a coupon, and the longest reason for moving points.</summary>
    public const int TextLength = 100;
}

/// <summary>Why a coupon cannot be used.</summary>
public static class CouponRefusals
{
    /// <summary>There is none with this code, or it is not for this member.</summary>
    public const string Unknown = "unknown";

    /// <summary>Staff stopped it.</summary>
    public const string Stopped = "stopped";

    /// <summary>Its time has not come.</summary>
    public const string TooEarly = "too-early";

    /// <summary>Its time is over.</summary>
    public const string Expired = "expired";

    /// <summary>All of them are used.</summary>
    public const string UsedUp = "used-up";

    /// <summary>The member has used it as often as they may.</summary>
    public const string Used = "used";

    /// <summary>The goods cost less than it asks for.</summary>
    public const string BelowMinimum = "below-minimum";

    /// <summary>Nothing would come off.</summary>
    public const string NothingOff = "nothing-off";
}

/// <summary>Why points cannot be spent.</summary>
public static class PointsRefusals
{
    /// <summary>Fewer than may be spent at once, or not a multiple of the unit.</summary>
    public const string NotInUnits = "not-in-units";

    /// <summary>The member has fewer.</summary>
    public const string Short = "short";

    /// <summary>More than this order lets be spent.</summary>
    public const string TooMany = "too-many";
}

/// <summary>What a coupon gives and asks for. Amounts are minor units of the mall's currency.</summary>
/// <param name="Name">What shoppers call it.</param>
/// <param name="AmountOff">What comes off the goods; null for a coupon of percent.</param>
/// <param name="PercentOff">Percent of the goods that come off, rounded down; null for a coupon of an amount.</param>
/// <param name="MostOff">The most that a coupon of percent takes off; null for no such limit.</param>
/// <param name="MinSubtotal">What the goods must cost at least, before any discount.</param>
/// <param name="ValidFrom">The first moment.</param>
/// <param name="ValidUntil">The first moment at which it is over.</param>
/// <param name="TotalLimit">How often it can be used by all members together; null for no such limit.</param>
/// <param name="MemberLimit">How often one member can use it.</param>
/// <param name="IsPublic">Anybody who knows the code may have it; otherwise only members whom staff issue it to.</param>
public sealed record CouponTerms(
    LocalText Name,
    DateTimeOffset ValidFrom,
    DateTimeOffset ValidUntil,
    [Range(1, BenefitLimits.Amount)] long? AmountOff = null,
    [Range(1, 100)] int? PercentOff = null,
    [Range(1, BenefitLimits.Amount)] long? MostOff = null,
    [Range(0, BenefitLimits.Amount)] long MinSubtotal = 0,
    [Range(1, BenefitLimits.Uses)] int? TotalLimit = null,
    [Range(1, BenefitLimits.Uses)] int MemberLimit = 1,
    bool IsPublic = true);

/// <summary>A coupon in a member's box.</summary>
/// <param name="UsesLeft">How often the member may still use it.</param>
/// <param name="Refusal">One of <see cref="CouponRefusals"/>: why it cannot be used at all now; null when it can.</param>
public sealed record HeldCouponView(string Code, CouponTerms Terms, int UsesLeft, string? Refusal, DateTimeOffset At);

/// <summary>A coupon as staff see it.</summary>
/// <param name="Used">How often it is used now; a use that was given back is not counted.</param>
/// <param name="Held">How many members have it.</param>
public sealed record CouponView(string Code, CouponTerms Terms, int Used, int Held, DateTimeOffset? StoppedAt, DateTimeOffset CreatedAt);

/// <summary>A code to put into the caller's coupon box.</summary>
public sealed record CouponCode([StringLength(20, MinimumLength = 4), RegularExpression(BenefitLimits.Code)] string Code);

/// <summary>Members to give a coupon to.</summary>
public sealed record CouponIssue([MinLength(1), MaxLength(BenefitLimits.Members)] IReadOnlyList<Guid> MemberIds);

/// <summary>How many of the members had the coupon already, and how many have got it now.</summary>
public sealed record CouponIssued(int Issued, int HadIt);

/// <summary>A change of a member's points.</summary>
/// <param name="Change">Points that came (positive) or went.</param>
/// <param name="Kind">"earned", "spent", "restored", "taken-back" or "adjusted".</param>
/// <param name="Reason">Why staff adjusted them; otherwise empty.</param>
/// <param name="OrderId">The order that they were earned, spent, restored or taken back with.</param>
public sealed record PointEntryView(long Change, string Kind, string Reason, Guid? OrderId, string? OrderNumber, DateTimeOffset At);

/// <summary>A member's points, newest changes first.</summary>
/// <param name="Unit">Points are spent in multiples of this.</param>
/// <param name="Minimum">The fewest that can be spent on an order.</param>
/// <param name="EarnPercent">Percent of what was paid for goods that a completed order earns.</param>
public sealed record PointAccount(long Balance, int Unit, long Minimum, int EarnPercent, IReadOnlyList<PointEntryView> Items, string? Next);

/// <summary>Points that staff give or take, and why.</summary>
public sealed record PointAdjustment(
    [Range(-BenefitLimits.Amount, BenefitLimits.Amount)] long Change,
    [StringLength(BenefitLimits.TextLength, MinimumLength = 1), RegularExpression(OrderLimits.OneLine)] string Reason);

/// <summary>A coupon of the caller's, and what it would do for the quoted lines.</summary>
/// <param name="Refusal">One of <see cref="CouponRefusals"/>; null when it can be used.</param>
public sealed record CouponOffer(string Code, LocalText Name, Money Off, string? Refusal);

/// <summary>What the caller has that could make the quoted lines cheaper.</summary>
/// <param name="MostPoints">The most points that can be spent on them, with the quoted coupon; 0 when too few.</param>
/// <param name="Unit">Points are spent in multiples of this.</param>
/// <param name="Minimum">The fewest that can be spent.</param>
public sealed record QuotedBenefits(long PointsBalance, long MostPoints, int Unit, long Minimum, IReadOnlyList<CouponOffer> Coupons);

/// <summary>What came off an order.</summary>
/// <param name="GivenBack">The order is off or was refunded in full: the coupon can be used again and the points are back.</param>
public sealed record DiscountsView(string? CouponCode, LocalText? CouponName, Money CouponOff, Money Points, bool GivenBack);
