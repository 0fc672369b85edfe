using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>POST /api/payments/{orderId}/confirm: the return page says that the payer has paid. It races the provider's notice: one of them confirms, the other finds it done.</summary>
static class ConfirmPayment
{
    public static void Map(RouteGroupBuilder payments) => payments.MapPost("/{orderId:guid}/confirm", Handle)
        .RequireAuthorization(Policies.Member).WithName("payments-confirm").WithSummary("Captures what the payer authorised; 202 while the provider's answer is not known.");

    static async Task<Results<Ok<PaymentView>, Accepted<PaymentView>, ProblemHttpResult>> Handle(Guid orderId, PaymentConfirmation confirmation, Caller caller,
        PaymentsDb db, ProviderTraffic traffic, CancellationToken ct)
    {
        ProviderCall? call = null;
        ProblemHttpResult? refusal = null;
        await db.Unit(async () =>
        {
            var payment = await db.Hold(orderId, ct);
            refusal = Refusal(payment, confirmation, caller);
            if (refusal is not null) return;
            if (payment!.Status == PaymentStatus.Pending) call = await db.OpenCall(orderId, CallKind.Confirm, ct);
            if (payment.Status != PaymentStatus.Open) return;
            payment.Status = PaymentStatus.Pending;
            call = traffic.Begin(db, payment, CallKind.Confirm, payment.Amount.Amount);
            await db.SaveChangesAsync(ct);
        }, ct);
        if (refusal is not null) return refusal;
        if (call is not null) await traffic.Answered(db, call, ct);
        return await Outcome(db, orderId, ct);
    }

    static ProblemHttpResult? Refusal(Payment? payment, PaymentConfirmation confirmation, Caller caller) =>
        payment is not { IsRequested: true } || payment.MemberId != caller.Member ? Problems.NotFound("payment")
        : confirmation.Amount != payment.Amount ? Problems.Conflict("amount-mismatch", "The amount is not the order's.", ("amount", payment.Amount))
        : confirmation.PaymentKey != payment.ProviderKey ? Problems.Invalid("paymentKey", "It is not this payment's.")
        : null;

    static async Task<Results<Ok<PaymentView>, Accepted<PaymentView>, ProblemHttpResult>> Outcome(PaymentsDb db, Guid orderId, CancellationToken ct)
    {
        var payment = await db.Payments.AsNoTracking().FirstAsync(p => p.OrderId == orderId, ct);
        var view = await GetPayment.View(db, payment, withLedger: false, ct);
        return payment.Status switch
        {
            PaymentStatus.Captured or PaymentStatus.Refunded => TypedResults.Ok(view),
            PaymentStatus.Pending => TypedResults.Accepted((string?)null, view),
            PaymentStatus.Voided => Problems.Conflict("payment-closed", "The order was cancelled; nothing was charged."),
            _ when payment.LastDecline is { } reason => Problems.Conflict("payment-declined", "The payment was declined.", ("reason", reason)),
            _ => Problems.Conflict("not-authorised", "The payer has not paid yet."),
        };
    }
}
