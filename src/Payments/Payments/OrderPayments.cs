using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>Hears from Orders which orders are to be paid, which are off and of which nothing personal may be kept any more.</summary>
sealed class OrderPayments(PaymentsDb db, PaymentsQueries queries, ProviderTraffic traffic, Offer offer, TimeProvider time)
    : IHandle<RequestPayment>, IHandle<CancelPayment>, IHandle<OrderErased>, IHandle<DepositKept>
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

    /// <summary>The ledger stays: it names no person.</summary>
    public async Task Handle(OrderErased message, CancellationToken ct)
    {
        if (await queries.Hold(db, [message.OrderId], ct) is not [var payment]) return;
        payment.Forget();
        await db.Deposits.Where(d => d.OrderId == message.OrderId).ExecuteDeleteAsync(ct);
        // What people wrote may name somebody; who decided what and when stays.
        await db.Refunds.Where(r => r.OrderId == message.OrderId).ExecuteUpdateAsync(r => r.SetProperty(x => x.Reason, ""), ct);
        await db.Decisions.Where(d => d.OrderId == message.OrderId).ExecuteUpdateAsync(d => d.SetProperty(x => x.Reason, ""), ct);
        await db.Calls.Where(c => c.OrderId == message.OrderId && c.NextTryAt == null).ExecuteUpdateAsync(c => c.SetProperty(x => x.Answer, (string?)null), ct);
    }

    public Task Handle(DepositKept message, CancellationToken ct) => db.Deposits.Where(d => d.Id == message.DepositId && d.OrderId == null).ExecuteDeleteAsync(ct);
}
