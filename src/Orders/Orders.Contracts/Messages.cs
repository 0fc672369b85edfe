using System.ComponentModel.DataAnnotations;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;

namespace Jangteo.Orders.Contracts;

/// <summary>How many of a SKU.</summary>
public sealed record SkuQuantity([StringLength(32, MinimumLength = 1), RegularExpression(OrderLimits.Sku)] string Sku, [Range(1, OrderLimits.Quantity)] int Quantity);

/// <summary>To Inventory: reserve all lines or none.</summary>
/// <param name="ExpiresAt">The reservation's time limit.</param>
public sealed record ReserveStock(Guid OrderId, IReadOnlyList<SkuQuantity> Lines, DateTimeOffset ExpiresAt) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>To Inventory: the reservation becomes a sale.</summary>
public sealed record SellStock(Guid OrderId) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>To Inventory: give back what is reserved or sold for the order, once; remember it if the reservation is yet to come.</summary>
public sealed record ReleaseStock(Guid OrderId) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>To Payments: this order is to be paid.</summary>
/// <param name="Method">One of <see cref="PaymentMethods"/>.</param>
/// <param name="Title">What the payer sees, for example "Fuji Apples 3 kg and 2 more".</param>
/// <param name="ExpiresAt">No payment is started after this.</param>
public sealed record RequestPayment(Guid OrderId, Guid MemberId, Money Amount, string Method, string Title, DateTimeOffset ExpiresAt) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>To Payments: the order is off. Void what is open, refund in full what was captured, now or when it turns out to be.</summary>
public sealed record CancelPayment(Guid OrderId, string Reason) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>The law no longer asks to keep the order of an erased member: it is gone, and so is to be whatever is personal about it elsewhere.</summary>
public sealed record OrderErased(Guid OrderId) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>Its stock is reserved, and the buyer makes the payment at their bank, within days: what was ordered is no longer to be ordered.</summary>
public sealed record OrderAwaitsDeposit(Guid OrderId, Guid MemberId, IReadOnlyList<SkuQuantity> Lines, DateTimeOffset At) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>A line that was bought, at the charged price.</summary>
public sealed record BoughtLine(Guid ProductId, string Sku, LocalText Name, LocalText Label, int Quantity, Money UnitPrice);

/// <summary>Paid and on its way to be prepared.</summary>
public sealed record OrderConfirmed(Guid OrderId, string Number, Guid MemberId, IReadOnlyList<BoughtLine> Lines, Money Total, DateTimeOffset At) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>The order is off, before or after payment.</summary>
/// <param name="WasConfirmed">It had been confirmed, so what followed from that is to be undone.</param>
public sealed record OrderCancelled(Guid OrderId, string Number, Guid MemberId, string Reason, bool WasConfirmed, DateTimeOffset At) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>The order moved on: preparing, shipped, delivered or completed.</summary>
public sealed record OrderProgressed(Guid OrderId, string Number, Guid MemberId, OrderStatus Status, string? Courier, string? TrackingNumber, DateTimeOffset At) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}
