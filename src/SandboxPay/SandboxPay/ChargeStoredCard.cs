using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Jangteo.SandboxPay;

/// <summary>A charge of the card kept for a customer.</summary>
sealed record ChargeRequest(
    [StringLength(100, MinimumLength = 1)] string Reference,
    [StringLength(100, MinimumLength = 1)] string Customer,
    Money Amount,
    [StringLength(200, MinimumLength = 1)] string Title);

/// <summary>POST /sandbox-pay/api/charges: charges at once and answers captured or declined. Safe to repeat with the same Idempotency-Key.</summary>
static class ChargeStoredCard
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/charges", Handle).WithName("sandboxpay-charge").WithSummary("Charges a customer's stored card at once.");

    static async Task<Results<Ok<PaymentView>, ProblemHttpResult>> Handle(ChargeRequest request,
        [FromHeader(Name = "Idempotency-Key"), StringLength(200, MinimumLength = 1)] string key,
        SandboxPayDb db, StoredCards cards, Mischief mischief, TimeProvider time, IOptions<SandboxPayOptions> options, HttpContext http)
    {
        if (OpenPayment.AmountProblem(request.Amount) is { } bad) return bad;
        // A caller who stops waiting does not stop the charge: that is what real providers do.
        var ct = CancellationToken.None;
        var card = await cards.Of(request.Customer);
        if (card == CardBehaviour.Success && mischief.Current is { } chosen && mischief.Next(chosen, request.Reference, "card").Of(chosen.Declines)) card = CardBehaviour.Declined;
        // Who asks again is answered at once.
        if (card != CardBehaviour.Success && await db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.IdempotencyKey == key, ct) is { } known)
            return known.Reference == request.Reference && known.Amount == request.Amount ? TypedResults.Ok(PaymentView.Of(known)) : OpenPayment.KeyReused();
        if (card == CardBehaviour.Delayed) await Task.Delay(TimeSpan.FromSeconds(options.Value.DelaySeconds), time, ct);
        var now = time.GetUtcNow();
        var payment = new Payment { Key = Payment.NewKey(), IdempotencyKey = key, Reference = request.Reference, Title = request.Title, Amount = request.Amount, CreatedAt = now };
        payment.Charge(card, now);
        if (await OpenPayment.AddOnce(db, payment, ct) is not { } kept) return OpenPayment.KeyReused();
        // The first answer is lost; whoever asks again gets it.
        if (card == CardBehaviour.TimesOut && kept == payment) await LoseAnswer(http, options.Value, time);
        return TypedResults.Ok(PaymentView.Of(kept));
    }

    /// <summary>Keeps the merchant waiting and then drops the connection, though the effect has happened.</summary>
    public static async Task LoseAnswer(HttpContext http, SandboxPayOptions options, TimeProvider time)
    {
        await Task.Delay(TimeSpan.FromSeconds(options.HangSeconds), time, http.RequestAborted);
        http.Abort();
        throw new OperationCanceledException("The answer is lost on purpose.");
    }
}
