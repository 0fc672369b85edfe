using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.SandboxPay;

/// <summary>A payment as the merchant sees it.</summary>
/// <param name="Refunded">Minor units of the payment's currency.</param>
/// <param name="Declines">How often a card was declined so far.</param>
sealed record PaymentView(string PaymentKey, string Reference, PaymentState Status, Money Amount, long Refunded, int Declines, string? LastDecline)
{
    public static PaymentView Of(Payment p) => new(p.Key, p.Reference, p.State, p.Amount, p.Refunded, p.Declines, p.LastDecline);
}

/// <summary>A refund as the merchant sees it.</summary>
sealed record RefundView(Guid RefundId, string PaymentKey, Money Amount);

/// <summary>What became of a payment, a call or a refund: for merchants who did not get the answer.</summary>
static class FindPayment
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/payments/{paymentKey}", ByKey).WithName("sandboxpay-find").WithSummary("A payment.");
        api.MapGet("/calls/{idempotencyKey}", ByIdempotencyKey).WithName("sandboxpay-find-call").WithSummary("The payment that a call with this Idempotency-Key made.");
        api.MapGet("/refunds/{idempotencyKey}", RefundByIdempotencyKey).WithName("sandboxpay-find-refund").WithSummary("The refund that a call with this Idempotency-Key made.");
    }

    static async Task<Results<Ok<PaymentView>, ProblemHttpResult>> ByKey([StringLength(100)] string paymentKey, SandboxPayDb db, CancellationToken ct) =>
        await db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.Key == paymentKey, ct) is { } found
            ? TypedResults.Ok(PaymentView.Of(found))
            : Problems.NotFound("payment");

    static async Task<Results<Ok<PaymentView>, ProblemHttpResult>> ByIdempotencyKey([StringLength(200)] string idempotencyKey, SandboxPayDb db, CancellationToken ct) =>
        await db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.IdempotencyKey == idempotencyKey, ct) is { } found
            ? TypedResults.Ok(PaymentView.Of(found))
            : Problems.NotFound("payment");

    static async Task<Results<Ok<RefundView>, ProblemHttpResult>> RefundByIdempotencyKey([StringLength(200)] string idempotencyKey, SandboxPayDb db, CancellationToken ct) =>
        await db.Refunds.AsNoTracking().FirstOrDefaultAsync(r => r.IdempotencyKey == idempotencyKey, ct) is { } found
            ? TypedResults.Ok(new RefundView(found.Id, found.PaymentKey, found.Amount))
            : Problems.NotFound("refund");
}
