using Jangteo.Orders.Contracts;

namespace Jangteo.Storefront;

/// <summary>A step on the line from order to acceptance.</summary>
/// <param name="Style">"done", "now" or empty.</param>
public sealed record Step(string Name, string Style, DateTimeOffset? At);

/// <summary>What a shopper is told about where an order stands, and may do there.</summary>
static class Status
{
    static readonly (OrderStatus Status, string Event)[] s_steps =
    [
        (OrderStatus.AwaitingPayment, "placed"), (OrderStatus.Confirmed, "paid"), (OrderStatus.Preparing, "preparing"),
        (OrderStatus.Shipped, "shipped"), (OrderStatus.Delivered, "delivered"), (OrderStatus.Completed, "completed"),
    ];

    public static string Name(OrderStatus status, Texts texts) => status switch
    {
        OrderStatus.Placed => texts.StatusPlaced,
        OrderStatus.AwaitingPayment => texts.StatusAwaitingPayment,
        OrderStatus.Confirmed => texts.StatusConfirmed,
        OrderStatus.Preparing => texts.StatusPreparing,
        OrderStatus.Shipped => texts.StatusShipped,
        OrderStatus.Delivered => texts.StatusDelivered,
        OrderStatus.Completed => texts.StatusCompleted,
        _ => texts.StatusCancelled,
    };

    /// <summary>Something in an order's history. A name that is newer than this page is shown as it is.</summary>
    public static string Event(string what, Texts texts) => what switch
    {
        "placed" => texts.EventPlaced,
        "stock-reserved" => texts.EventStockReserved,
        "payment-declined" => texts.EventPaymentDeclined,
        "refunded" => texts.EventRefunded,
        "paid" => texts.StatusConfirmed,
        "preparing" => texts.StatusPreparing,
        "shipped" => texts.StatusShipped,
        "shipment-corrected" => texts.EventShipmentCorrected,
        "delivered" => texts.StatusDelivered,
        "completed" => texts.StatusCompleted,
        "cancelled" => texts.StatusCancelled,
        _ => what,
    };

    public static string WhyCancelled(string? reason, Texts texts) => reason switch
    {
        "buyer" => texts.CancelledBuyer,
        "staff" => texts.CancelledStaff,
        "out-of-stock" => texts.CancelledOutOfStock,
        "payment-declined" => texts.CancelledDeclined,
        "expired" => texts.CancelledExpired,
        _ => texts.OrderStoppedText,
    };

    public static bool MayPay(OrderStatus status) => status == OrderStatus.AwaitingPayment;
    public static bool MayComplete(OrderStatus status) => status == OrderStatus.Delivered;
    public static bool MayReview(OrderStatus status) => status is not (OrderStatus.Placed or OrderStatus.AwaitingPayment or OrderStatus.Cancelled);

    /// <summary>The whole line with what is done and when; empty for an order that is off.</summary>
    public static IReadOnlyList<Step> Timeline(OrderView order, Texts texts)
    {
        if (order.Status == OrderStatus.Cancelled) return [];
        var now = Math.Max(0, Array.FindIndex(s_steps, step => step.Status == order.Status));
        return [.. s_steps.Select((step, i) => new Step(
            // What was waited for at first is over once it is paid: that it was ordered stays.
            i == 0 && now > 0 ? texts.StatusPlaced : Name(step.Status, texts),
            i < now ? "done" : i == now ? "now" : "",
            i > now ? null : order.History.LastOrDefault(entry => entry.What == step.Event)?.At))];
    }
}
