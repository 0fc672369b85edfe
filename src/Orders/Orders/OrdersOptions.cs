using System.ComponentModel.DataAnnotations;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Orders;

/// <summary>How orders run, section <c>Orders</c>.</summary>
sealed class OrdersOptions
{
    /// <summary>How long an order waits to be paid.</summary>
    [Range(1, 1440)]
    public int CheckoutMinutes { get; set; } = 15;

    /// <summary>How long an order waits for a deposit that the buyer makes at their bank. Its stock is reserved as long.</summary>
    [Range(1, 720)]
    public int DepositHours { get; set; } = 72;

    /// <summary>How long an order waits to be paid in this way.</summary>
    public TimeSpan TimeToPay(string paymentMethod) => PaymentMethods.IsDeposit(paymentMethod) ? TimeSpan.FromHours(DepositHours) : TimeSpan.FromMinutes(CheckoutMinutes);

    /// <summary>When a delivered order completes by itself, if the buyer does not accept it earlier.</summary>
    [Range(1, 90)]
    public int CompleteAfterDays { get; set; } = 7;

    /// <summary>Orders that may wait for stock or an instant payment at once; beyond that, new ones are refused for a moment.</summary>
    [Range(1, 1_000_000)]
    public int MostWaiting { get; set; } = 1_000;

    /// <summary>Seconds after its time to pay at which an order that is neither paid nor off is shown to staff.</summary>
    [Range(0, 86_400)]
    public int ReviewAfterSeconds { get; set; } = 600;
}

/// <summary>What delivery costs, section <c>Orders:Delivery</c>; minor units of the mall's currency.</summary>
sealed class DeliveryOptions
{
    [Range(0, 1_000_000_000)]
    public long Fee { get; set; } = 3_000;

    /// <summary>The subtotal from which delivery is free.</summary>
    [Range(0, 1_000_000_000_000)]
    public long FreeFrom { get; set; } = 50_000;

    public Money FeeFor(Money subtotal) => subtotal with { Amount = subtotal.IsZero || subtotal.Amount >= FreeFrom ? 0 : Fee };
}
