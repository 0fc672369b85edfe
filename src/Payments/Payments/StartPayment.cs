using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>POST /api/payments/{orderId}/start: where to send the payer. Safe to repeat: while the payment is open it is the same page.</summary>
static class StartPayment
{
    public static void Map(RouteGroupBuilder payments) => payments.MapPost("/{orderId:guid}/start", Handle)
        .RequireAuthorization(Policies.Member).WithName("payments-start").WithSummary("Opens the provider's page for an order that awaits payment.");

    static async Task<Results<Ok<PaymentStart>, ProblemHttpResult>> Handle(Guid orderId, Caller caller, PaymentsDb db, ProviderTraffic traffic, IPaymentProvider provider, TimeProvider time, CancellationToken ct)
    {
        var next = await Next(orderId, caller, db, traffic, provider.MustBeAsked, time.GetUtcNow(), ct);
        if (next.Call is { Kind: CallKind.Find } look)
        {
            await traffic.Answered(db, look, ct);
            next = await Next(orderId, caller, db, traffic, mayBeOver: false, time.GetUtcNow(), ct);
        }
        if (next.Refusal is { } refusal) return refusal;
        if (next.Page is { } known) return TypedResults.Ok(new PaymentStart(known));

        await traffic.Answered(db, next.Call!, ct);
        var url = await db.Payments.Where(p => p.OrderId == orderId).Select(p => p.PayPageUrl).FirstAsync(ct);
        return url is not null ? TypedResults.Ok(new PaymentStart(url)) : Problems.Of(503, "provider-unavailable", "The payment provider does not answer just now. Try again in a moment.");
    }

    /// <summary>The known page, or the call that opens one or, where no notice tells, looks whether the known one is over.</summary>
    static async Task<(string? Page, ProviderCall? Call, ProblemHttpResult? Refusal)> Next(Guid orderId, Caller caller, PaymentsDb db, ProviderTraffic traffic, bool mayBeOver, DateTimeOffset now, CancellationToken ct)
    {
        (string?, ProviderCall?, ProblemHttpResult?) next = default;
        await db.Unit(async () =>
        {
            var payment = await db.Hold(orderId, ct);
            next = (payment?.PayPageUrl, null, Refusal(payment, caller, now));
            if (next.Item3 is not null || payment!.PayPageUrl is not null && !mayBeOver) return;
            var kind = payment.PayPageUrl is null ? CallKind.OpenPage : CallKind.Find;
            next = (null, await db.OpenCall(orderId, kind, ct) ?? traffic.Begin(db, payment, kind, payment.Amount.Amount), null);
            await db.SaveChangesAsync(ct);
        }, ct);
        return next;
    }

    static ProblemHttpResult? Refusal(Payment? payment, Caller caller, DateTimeOffset now) =>
        payment is not { IsRequested: true } || payment.MemberId != caller.Member ? Problems.NotFound("payment")
        : payment.Method != PaymentMethods.Card ? Problems.Conflict("no-page", "This payment needs no page.")
        : payment.Status != PaymentStatus.Open ? Problems.Conflict("payment-closed", "This payment is not open any more.", ("paymentStatus", payment.Status))
        : now > payment.ExpiresAt ? Problems.Conflict("payment-expired", "The time to pay is over.")
        : null;
}
