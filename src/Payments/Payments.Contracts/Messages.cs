using Jangteo.Platform;

namespace Jangteo.Payments.Contracts;

/// <summary>The order's amount was captured.</summary>
public sealed record PaymentCaptured(Guid OrderId, Money Amount) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>The provider declined.</summary>
/// <param name="Reason">The provider's stable reason, for example "insufficient-funds".</param>
/// <param name="Final">The order cannot be paid any more; otherwise the payer may try again until it expires.</param>
public sealed record PaymentDeclined(Guid OrderId, string Reason, bool Final) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>Money went back.</summary>
/// <param name="Amount">Of this refund.</param>
/// <param name="RefundedTotal">Of all refunds so far: an older message that arrives late has the smaller total.</param>
public sealed record PaymentRefunded(Guid OrderId, Guid RefundId, Money Amount, Money RefundedTotal, string Reason) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}
