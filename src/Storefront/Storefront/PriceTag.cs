using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Storefront;

/// <summary>A price as shown: with what it was before a discount.</summary>
public sealed record PriceTag(Money Price, Money? Usual)
{
    /// <summary>The discount in whole percent, rounded down so that it never promises too much.</summary>
    public int Off => Usual is { } usual && usual.Amount > Price.Amount ? (int)((usual.Amount - Price.Amount) * 100 / usual.Amount) : 0;
}

/// <summary>What has to be paid. Delivery is unknown while Orders does not answer.</summary>
public sealed record Sums(Money? Products, Money? Delivery, Money Total, Money? UntilFree, bool Paid = false, bool Cancelled = false)
{
    public Money? CouponOff { get; init; }
    public Money? PointsOff { get; init; }

    /// <summary>Points that the order would earn.</summary>
    public Money? Earns { get; init; }

    public static Sums Of(Quote quote) => new(quote.Subtotal, quote.DeliveryFee, quote.Total, quote.DeliveryFee.IsZero ? null : quote.FreeDeliveryFrom - quote.Subtotal)
    {
        CouponOff = quote.CouponOff, PointsOff = quote.PointsOff, Earns = quote.Total with { Amount = quote.Earns },
    };

    public static Sums Of(OrderView order) => new(order.Subtotal, order.DeliveryFee, order.Total, null, order.Status is not (OrderStatus.Placed or OrderStatus.AwaitingPayment or OrderStatus.Cancelled) || !order.Refunded.IsZero, order.Status == OrderStatus.Cancelled)
    {
        CouponOff = order.Discounts?.CouponOff, PointsOff = order.Discounts?.Points,
    };
}
