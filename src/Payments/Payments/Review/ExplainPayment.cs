using System.Text.Json;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>GET /api/payments/{orderId}/path: every call to the provider with its answer, every refund, movement and decision.</summary>
static class ExplainPayment
{
    // An order has a handful of each; more than this nobody reads.
    const int MaxShown = 200;

    public static void Map(RouteGroupBuilder payments) => payments.MapGet("/{orderId:guid}/path", Handle)
        .RequireAuthorization(Policies.Staff).WithName("payments-path").WithSummary("Everything that happened to a payment.").ProducesProblem(404);

    static async Task<Results<Ok<PaymentPath>, ProblemHttpResult>> Handle(Guid orderId, PaymentsDb db, CancellationToken ct)
    {
        if (await db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.OrderId == orderId, ct) is not { } payment) return Problems.NotFound("payment");
        var currency = payment.Amount.Currency;
        var calls = await db.Calls.AsNoTracking().Where(c => c.OrderId == orderId).OrderBy(c => c.CreatedAt).Take(MaxShown).ToListAsync(ct);
        var refunds = await db.Refunds.AsNoTracking().Where(r => r.OrderId == orderId).OrderBy(r => r.At).Take(MaxShown).ToListAsync(ct);
        var decisions = await db.Decisions.AsNoTracking().Where(d => d.OrderId == orderId).OrderBy(d => d.At).Take(MaxShown).ToListAsync(ct);
        return TypedResults.Ok(new PaymentPath(await GetPayment.View(db, payment, withLedger: true, ct), payment.CreatedAt,
            [.. calls.Select(c => new ProviderCallView(c.Id, Written(c.Kind), new(c.Amount, currency), c.Attempts, c.CreatedAt, c.Answer, c.AnsweredAt, c.NextTryAt))],
            [.. refunds.Select(r => new RefundView(r.Id, new(r.Amount, currency), r.Reason, Written(r.Status), r.Refusal, r.At))],
            [.. decisions.Select(Of)]));
    }

    public static string Written<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static PaymentDecisionView Of(Decision d) => new(d.Id, d.About, d.Action, d.Reason, d.By, d.At);
}
