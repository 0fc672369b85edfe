using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>
/// POST /api/payments/{orderId}/refunds: staff send money back, whole or part. The Idempotency-Key is the refund's identity,
/// because the provider is called in between and the answer cannot be kept in one commit with the effect.
/// </summary>
static class RefundPayment
{
    const int MaxKeyLength = 200;

    public static void Map(RouteGroupBuilder payments) => payments.MapPost("/{orderId:guid}/refunds", Handle)
        .RequireAuthorization(Policies.Staff).WithName("payments-refund").WithSummary("Refunds, never more than was captured; 202 while the provider's answer is not known.");

    static async Task<Results<Ok<PaymentView>, Accepted<PaymentView>, ProblemHttpResult>> Handle(Guid orderId, RefundRequest request,
        [FromHeader(Name = "Idempotency-Key")] string? key,
        PaymentsDb db, ProviderTraffic traffic, TimeProvider time, CancellationToken ct)
    {
        if (key is not { Length: > 0 and <= MaxKeyLength }) return Problems.Invalid("Idempotency-Key", $"The header is required: 1 to {MaxKeyLength} characters.");
        if (request.Amount.Amount < 1) return Problems.Invalid("amount", "At least 1.");
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Contains('\0')) return Problems.Invalid("reason", "Say why.");
        ProviderCall? call = null;
        ProblemHttpResult? refusal = null;
        await db.Unit(async () =>
        {
            var payment = await db.Hold(orderId, ct);
            var known = await db.Refunds.AsNoTracking().FirstOrDefaultAsync(r => r.OrderId == orderId && r.Key == key, ct);
            // What waits to be sent by hand is as good as asked for.
            var byHand = await db.Refunds.Where(r => r.OrderId == orderId && r.Status == RefundStatus.Refused && r.Refusal == Refunding.ByHand).SumAsync(r => r.Amount, ct);
            if ((refusal = Refusal(payment, known, request, byHand)) is not null) return;
            // The call has the refund's id, so a repeat waits for the same answer.
            call = known is not null ? await db.Calls.FirstAsync(c => c.Id == known.Id, ct)
                : Refunding.Ask(db, traffic, payment!, key, request.Amount.Amount, request.Reason, time.GetUtcNow());
            await db.SaveChangesAsync(ct);
        }, ct);
        if (refusal is not null) return refusal;
        await traffic.Answered(db, call!, ct);
        return await Outcome(db, orderId, call!.Id, ct);
    }

    static ProblemHttpResult? Refusal(Payment? payment, Refund? known, RefundRequest request, long byHand) =>
        payment is not { IsRequested: true } ? Problems.NotFound("payment")
        : known is not null ? known.Amount == request.Amount.Amount && known.Reason == request.Reason && request.Amount.Currency == payment.Amount.Currency ? null
            : Problems.Of(422, "idempotency-key-reused", "This Idempotency-Key was used with another body.")
        : payment.Captured == 0 ? Problems.Conflict("not-captured", "Nothing was captured that could be refunded.")
        : request.Amount.Currency != payment.Amount.Currency ? Problems.Invalid("amount", $"The payment is in {payment.Amount.Currency}.")
        : request.Amount.Amount > payment.Refundable - byHand ? Problems.Conflict("refund-exceeds-captured", "That is more than is left of what was captured.", ("left", payment.Amount with { Amount = payment.Refundable - byHand }))
        : null;

    static async Task<Results<Ok<PaymentView>, Accepted<PaymentView>, ProblemHttpResult>> Outcome(PaymentsDb db, Guid orderId, Guid refundId, CancellationToken ct)
    {
        var refund = await db.Refunds.AsNoTracking().FirstAsync(r => r.Id == refundId, ct);
        var isByHand = refund is { Status: RefundStatus.Refused, Refusal: Refunding.ByHand };
        if (!isByHand && refund.Status is RefundStatus.Refused or RefundStatus.Replaced or RefundStatus.Dropped) return Problems.Conflict("refund-refused", "The provider refused the refund.", ("reason", refund.Refusal));
        var payment = await db.Payments.AsNoTracking().FirstAsync(p => p.OrderId == orderId, ct);
        var view = await GetPayment.View(db, payment, withLedger: true, ct);
        return refund.Status is RefundStatus.Done or RefundStatus.Outside ? TypedResults.Ok(view) : TypedResults.Accepted((string?)null, view);
    }
}
