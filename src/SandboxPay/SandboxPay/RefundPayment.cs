using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.SandboxPay;

/// <summary>Money to send back, whole or part.</summary>
sealed record RefundRequest(Money Amount, [StringLength(200)] string Reason);

/// <summary>POST /sandbox-pay/api/payments/{paymentKey}/refunds: never more than was captured. Safe to repeat with the same Idempotency-Key.</summary>
static class RefundPayment
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/payments/{paymentKey}/refunds", Handle).WithName("sandboxpay-refund").WithSummary("Refunds a captured payment, whole or in part.");

    static async Task<Results<Ok<RefundView>, ProblemHttpResult>> Handle([StringLength(100)] string paymentKey, RefundRequest request,
        [FromHeader(Name = "Idempotency-Key"), StringLength(200, MinimumLength = 1)] string key,
        SandboxPayDb db, WebhookSender webhooks, TimeProvider time, CancellationToken ct)
    {
        if (OpenPayment.AmountProblem(request.Amount) is { } bad) return bad;
        Results<Ok<RefundView>, ProblemHttpResult> answer = Problems.NotFound("payment");
        await db.Unit(async () =>
        {
            if (await db.Hold(paymentKey, ct) is not { } payment) return;
            if (await db.Refunds.AsNoTracking().FirstOrDefaultAsync(r => r.IdempotencyKey == key, ct) is { } known)
                answer = known.PaymentKey == paymentKey && known.Amount == request.Amount ? Ok(known) : OpenPayment.KeyReused();
            else if (payment.RefuseRefund(request.Amount) is { } refusal)
                answer = Problems.Conflict(refusal, "The refund is refused.", ("left", payment.Amount.Amount - payment.Refunded));
            else
                answer = Ok(await Book(db, webhooks, payment, request, key, time.GetUtcNow(), ct));
        }, ct);
        return answer;
    }

    static async Task<Refund> Book(SandboxPayDb db, WebhookSender webhooks, Payment payment, RefundRequest request, string key, DateTimeOffset now, CancellationToken ct)
    {
        var refund = new Refund { Id = Guid.CreateVersion7(), PaymentKey = payment.Key, IdempotencyKey = key, Amount = request.Amount, Reason = request.Reason, At = now };
        payment.Refunded += refund.Amount.Amount;
        db.Add(refund);
        webhooks.Enqueue(db, payment, "payment.refunded");
        await db.SaveChangesAsync(ct);
        return refund;
    }

    static Ok<RefundView> Ok(Refund refund) => TypedResults.Ok(new RefundView(refund.Id, refund.PaymentKey, refund.Amount));
}
