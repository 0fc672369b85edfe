using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;

namespace Jangteo.Payments;

/// <summary>Hears from Orders which orders are to be paid and which are off.</summary>
sealed class OrderPayments(PaymentsDb db, PaymentsQueries queries, ProviderTraffic traffic, Offer offer, TimeProvider time) : IHandle<RequestPayment>, IHandle<CancelPayment>
{
    public async Task Handle(RequestPayment message, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (await queries.Hold(db, [message.OrderId], ct) is [var known])
        {
            if (!known.IsRequested) known.Complete(message);
            return;
        }
        var provider = offer.Of(message.Method);
        var payment = Payment.Of(message, (provider ?? offer.Chosen).Name, now);
        db.Add(payment);
        if (provider is BankTransferProvider bank) bank.Instruct(payment);
        if (provider is null) GiveUp(payment, "method-not-offered");
        // An account of its own is the page of such a payment; there is nothing to start.
        if (provider is not null && message.Method == PaymentMethods.VirtualAccount) traffic.Begin(db, payment, CallKind.OpenPage, payment.Amount.Amount);
        if (message.Method != PaymentMethods.Instant || payment.Status != PaymentStatus.Pending) return;
        if (now <= message.ExpiresAt) traffic.Begin(db, payment, CallKind.Charge, payment.Amount.Amount);
        else GiveUp(payment, "expired");
    }

    void GiveUp(Payment payment, string reason)
    {
        payment.NotCaptured(final: true);
        db.Send(new PaymentDeclined(payment.OrderId, reason, Final: true));
    }

    public async Task Handle(CancelPayment message, CancellationToken ct)
    {
        if (await queries.Hold(db, [message.OrderId], ct) is not [var payment])
        {
            db.Add(Payment.Off(message, offer.Chosen.Name, time.GetUtcNow()));
            return;
        }
        if (payment.IsCancelled) return;
        if (payment.Cancel(message.Reason)) traffic.Begin(db, payment, CallKind.Void, payment.Amount.Amount);
        if (payment.Captured > 0) await Refunding.ReplaceRefused(db, payment, ct);
        // What is captured later, because a call is under way, is refunded when its answer comes.
        Refunding.RefundRest(db, traffic, payment, message.Reason, time.GetUtcNow());
    }
}
