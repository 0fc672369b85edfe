using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.SandboxPay;

/// <summary>POST /sandbox-pay/api/payments/{paymentKey}/void: ends a payment that is not captured. Safe to repeat.</summary>
static class VoidPayment
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/payments/{paymentKey}/void", Handle).WithName("sandboxpay-void").WithSummary("Ends a payment that is not captured.");

    static async Task<Results<Ok<PaymentView>, ProblemHttpResult>> Handle([StringLength(100)] string paymentKey, SandboxPayDb db, WebhookSender webhooks, CancellationToken ct)
    {
        Payment? payment = null;
        await db.Unit(async () =>
        {
            if ((payment = await db.Hold(paymentKey, ct)) is null || payment.RefuseVoid() is not null || !payment.Void()) return;
            webhooks.Enqueue(db, payment, "payment.voided");
            await db.SaveChangesAsync(ct);
        }, ct);
        if (payment is null) return Problems.NotFound("payment");
        if (payment.RefuseVoid() is { } refusal) return Problems.Conflict(refusal, "The payment cannot be voided.");
        return TypedResults.Ok(PaymentView.Of(payment));
    }
}
