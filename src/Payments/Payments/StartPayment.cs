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

    static async Task<Results<Ok<PaymentStart>, ProblemHttpResult>> Handle(Guid orderId, Caller caller, PaymentsDb db, ProviderTraffic traffic, TimeProvider time, CancellationToken ct)
    {
        Payment? payment = null;
        ProviderCall? call = null;
        ProblemHttpResult? refusal = null;
        await db.Unit(async () =>
        {
            payment = await db.Hold(orderId, ct);
            refusal = Refusal(payment, caller, time.GetUtcNow());
            if (refusal is not null || payment!.PayPageUrl is not null) return;
            call = await db.OpenCall(orderId, CallKind.OpenPage, ct) ?? traffic.Begin(db, payment, CallKind.OpenPage, payment.Amount.Amount);
            await db.SaveChangesAsync(ct);
        }, ct);
        if (refusal is not null) return refusal;
        if (payment!.PayPageUrl is { } known) return TypedResults.Ok(new PaymentStart(known));

        await traffic.Answered(db, call!, ct);
        var url = await db.Payments.Where(p => p.OrderId == orderId).Select(p => p.PayPageUrl).FirstAsync(ct);
        return url is not null ? TypedResults.Ok(new PaymentStart(url)) : Problems.Of(503, "provider-unavailable", "The payment provider does not answer just now. Try again in a moment.");
    }

    static ProblemHttpResult? Refusal(Payment? payment, Caller caller, DateTimeOffset now) =>
        payment is not { IsRequested: true } || payment.MemberId != caller.Member ? Problems.NotFound("payment")
        : payment.Method != PaymentMethods.Card ? Problems.Conflict("no-page", "This payment needs no page.")
        : payment.Status != PaymentStatus.Open ? Problems.Conflict("payment-closed", "This payment is not open any more.", ("paymentStatus", payment.Status))
        : now > payment.ExpiresAt ? Problems.Conflict("payment-expired", "The time to pay is over.")
        : null;
}
