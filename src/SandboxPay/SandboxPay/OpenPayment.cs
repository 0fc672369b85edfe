using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Jangteo.SandboxPay;

/// <summary>A payment to open.</summary>
/// <param name="Reference">The merchant's name of it, for example an order number.</param>
sealed record OpenPaymentRequest(
    [StringLength(100, MinimumLength = 1)] string Reference,
    Money Amount,
    [StringLength(200, MinimumLength = 1)] string Title,
    [StringLength(100)] string Merchant,
    [Url, StringLength(2000)] string ReturnUrl,
    [Url, StringLength(2000)] string CancelUrl,
    [Url, StringLength(2000)] string? WebhookUrl = null);

/// <summary>Where the payer pays.</summary>
sealed record PaymentOpened(string PaymentKey, string PayPageUrl);

/// <summary>POST /sandbox-pay/api/payments: opens a payment with its pay page. Safe to repeat with the same Idempotency-Key.</summary>
static class OpenPayment
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/payments", Handle).WithName("sandboxpay-open").WithSummary("Opens a payment with its pay page.");

    static async Task<Results<Created<PaymentOpened>, ProblemHttpResult>> Handle(OpenPaymentRequest request,
        [FromHeader(Name = "Idempotency-Key"), StringLength(200, MinimumLength = 1)] string key,
        SandboxPayDb db, TimeProvider time, IOptions<SandboxPayOptions> options, IConfiguration configuration, CancellationToken ct)
    {
        if (AmountProblem(request.Amount) is { } bad) return bad;
        var payment = new Payment
        {
            Key = Payment.NewKey(), IdempotencyKey = key, Reference = request.Reference, Title = request.Title, Merchant = request.Merchant, Amount = request.Amount,
            ReturnUrl = request.ReturnUrl, CancelUrl = request.CancelUrl, WebhookUrl = request.WebhookUrl, CreatedAt = time.GetUtcNow(),
        };
        if (await AddOnce(db, payment, ct) is not { } kept) return KeyReused();
        var origin = (options.Value.Origin ?? configuration["Mall:Origin"]!).TrimEnd('/');
        return TypedResults.Created($"/sandbox-pay/api/payments/{kept.Key}", new PaymentOpened(kept.Key, $"{origin}/sandbox-pay/pay/{kept.Key}"));
    }

    public static ProblemHttpResult? AmountProblem(Money amount) =>
        amount.Amount is < 1 or > 1_000_000_000_000 ? Problems.Invalid("amount", "Between 1 and 1,000,000,000,000 minor units.") : null;

    public static ProblemHttpResult KeyReused() => Problems.Of(422, "idempotency-key-reused", "This Idempotency-Key was used with another body.");

    /// <summary>Keeps the first payment of an idempotency key; null when that was another one.</summary>
    public static async Task<Payment?> AddOnce(SandboxPayDb db, Payment payment, CancellationToken ct)
    {
        db.Add(payment);
        try
        {
            await db.SaveChangesAsync(ct);
            return payment;
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            if (await db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.IdempotencyKey == payment.IdempotencyKey, ct) is not { } first) throw;
            return first.Reference == payment.Reference && first.Amount == payment.Amount ? first : null;
        }
    }
}
