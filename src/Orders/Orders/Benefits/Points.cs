using System.ComponentModel.DataAnnotations;
using Jangteo.Orders.Contracts;

namespace Jangteo.Orders;

/// <summary>How points (적립금) work, section <c>Orders:Points</c>. A point is a minor unit of the mall's currency.</summary>
sealed class PointsOptions
{
    /// <summary>Percent of what was paid for goods that a completed order earns; 0 for none.</summary>
    [Range(0, 100)]
    public int EarnPercent { get; set; } = 1;

    /// <summary>Points are spent in multiples of this.</summary>
    [Range(1, 1_000_000)]
    public int Unit { get; set; } = 10;

    /// <summary>The fewest that can be spent on an order.</summary>
    [Range(1, BenefitLimits.Amount)]
    public long Minimum { get; set; } = 1_000;

    /// <summary>What always remains to be paid, because no provider takes a payment of nothing.</summary>
    [Range(1, BenefitLimits.Amount)]
    public long LeastToPay { get; set; } = 100;

    /// <summary>What an order earns for what was paid for its goods; rounded down.</summary>
    public long EarnedFor(long paid) => paid <= 0 ? 0 : paid / 100 * EarnPercent + paid % 100 * EarnPercent / 100;
}

/// <summary>What a completed order earned.</summary>
/// <param name="PaidFor">What had been paid for its goods and not been refunded when it was completed.</param>
/// <param name="TakenBack">Points that later refunds took back.</param>
/// <param name="LetGo">Points that staff did not insist on when they could not be taken back.</param>
sealed record Earning(long Points, long PaidFor, long TakenBack = 0, long LetGo = 0)
{
    /// <summary>What all refunds of later together are to take back: the share of what they sent back, rounded down; with the price of all goods, all of it.</summary>
    /// <param name="refunded">All that was refunded of the order.</param>
    /// <param name="goods">What was charged for its goods.</param>
    public long DueBack(long refunded, long goods) => (long)((Int128)Points * Math.Clamp(refunded - (goods - PaidFor), 0, PaidFor) / PaidFor);
}

/// <summary>A change of a member's points. Rows are only ever added; the database keeps the sum, and keeps it from falling below zero.</summary>
sealed class PointEntry
{
    public const string Earned = "earned", Spent = "spent", Restored = "restored", TakenBack = "taken-back", Adjusted = "adjusted";

    public long Seq { get; private init; }
    public Guid MemberId { get; init; }
    public long Change { get; init; }

    /// <summary>One of each at most for an order; of those taken back, one for each refund.</summary>
    public required string Kind { get; init; }
    public long? OrderSeq { get; private init; }

    /// <summary>What had been refunded of the order when points were taken back for it; otherwise 0.</summary>
    public long Refunded { get; init; }

    /// <summary>Why, and which member of staff, for an adjustment; otherwise empty.</summary>
    public string Reason { get; init; } = "";
    public string By { get; init; } = "";
    public DateTimeOffset At { get; init; }
}

/// <summary>What a member has. Written by the database alone, from the entries.</summary>
sealed class PointBalance
{
    public Guid MemberId { get; private init; }
    public long Balance { get; private init; }
}
