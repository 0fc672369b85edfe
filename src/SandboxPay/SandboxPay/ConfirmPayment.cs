using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Jangteo.SandboxPay;

/// <summary>The amount that the merchant expects to capture.</summary>
sealed record ConfirmRequest(Money Amount);

/// <summary>POST /sandbox-pay/api/payments/{paymentKey}/confirm: captures what the payer authorised, if the merchant names the same amount. Safe to repeat.</summary>
static class ConfirmPayment
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/payments/{paymentKey}/confirm", Handle).WithName("sandboxpay-confirm").WithSummary("Captures an authorised payment.");

    static async Task<Results<Ok<PaymentView>, ProblemHttpResult>> Handle([StringLength(100)] string paymentKey, ConfirmRequest request,
        SandboxPayDb db, WebhookSender webhooks, TimeProvider time, IOptions<SandboxPayOptions> options, HttpContext http)
    {
        Payment? payment = null;
        string? refusal = null;
        var capturedNow = false;
        await db.Unit(async () =>
        {
            if ((payment = await db.Hold(paymentKey, CancellationToken.None)) is null) return;
            if ((refusal = payment.RefuseConfirm(request.Amount)) is not null) return;
            if (!(capturedNow = payment.Confirm(time.GetUtcNow()))) return;
            webhooks.Enqueue(db, payment, "payment.captured");
            await db.SaveChangesAsync(CancellationToken.None);
        }, CancellationToken.None);

        if (payment is null) return Problems.NotFound("payment");
        if (refusal is not null) return Problems.Conflict(refusal, "The payment cannot be confirmed.", ("amount", payment.Amount));
        if (capturedNow && payment.Card == CardBehaviour.TimesOut) await ChargeStoredCard.LoseAnswer(http, options.Value, time);
        return TypedResults.Ok(PaymentView.Of(payment));
    }
}
