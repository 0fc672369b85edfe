using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>
/// POST /api/payments/reviews/{id}/decisions: staff decide about what does not settle itself. What they saw at the provider
/// counts as its answer, so it is settled by the same steps; who decided what, when and why is kept.
/// </summary>
static class DecideReview
{
    public static void Map(RouteGroupBuilder payments) => payments.MapPost("/reviews/{id:guid}/decisions", Handle)
        .RequireAuthorization(Policies.Staff).AddEndpointFilter(new Idempotent<PaymentsDb>()).ProducesProblem(404).ProducesProblem(409)
        .WithName("payments-decide").WithSummary("Decides about a call without an answer or a refused refund; recorded with who, when and why.");

    static async Task<Results<Ok<PaymentDecisionView>, ProblemHttpResult>> Handle(Guid id, PaymentDecision decision, Caller caller,
        PaymentsDb db, ProviderTraffic traffic, TimeProvider time, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(decision.Reason)) return Problems.Invalid("reason", "Say why.");
        Results<Ok<PaymentDecisionView>, ProblemHttpResult> answer = Problems.NotFound("review");
        await db.Unit(async () =>
        {
            if (await db.Calls.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, ct) is not { } found) return;
            var payment = (await db.Hold(found.OrderId, ct))!;
            // Read under the hold: the answer may have come meanwhile.
            var call = await db.Calls.FirstAsync(c => c.Id == id, ct);
            var refund = call.RefundId is { } refundId ? await db.Refunds.FirstAsync(r => r.Id == refundId, ct) : null;
            if (await db.Decisions.AsNoTracking().Where(d => d.SubjectId == id).OrderByDescending(d => d.At).FirstOrDefaultAsync(ct) is { } last
                && last.Action == Written(decision.Action) && !IsUnsettled(call, refund))
            {
                answer = TypedResults.Ok(ExplainPayment.Of(last));
                return;
            }
            var now = time.GetUtcNow();
            var refusal = call.NextTryAt is not null
                ? await DecideCall(traffic.Settlement(db), payment, call, decision, now, ct)
                : DecideRefund(db, traffic, payment, call, refund, decision, now);
            if (refusal is not null)
            {
                answer = refusal;
                return;
            }
            answer = TypedResults.Ok(ExplainPayment.Of(Record(db, caller, call.OrderId, id, ExplainPayment.Written(call.Kind), Written(decision.Action), decision.Reason, now)));
            await db.SaveChangesAsync(ct);
        }, ct);
        return answer;
    }

    static bool IsUnsettled(ProviderCall call, Refund? refund) => call.NextTryAt is not null || refund is { Status: RefundStatus.Refused };

    static string Written(PaymentAction action) => ExplainPayment.Written(action);

    /// <summary>Keeps who decided what, when and why.</summary>
    public static Decision Record(PaymentsDb db, Caller caller, Guid orderId, Guid subjectId, string about, string action, string reason, DateTimeOffset now)
    {
        var decision = new Decision { Id = Guid.CreateVersion7(), OrderId = orderId, SubjectId = subjectId, About = about, Action = action, Reason = reason.Trim(), By = caller.Member, At = now };
        db.Add(decision);
        return decision;
    }

    static async Task<ProblemHttpResult?> DecideCall(Settlement settlement, Payment payment, ProviderCall call, PaymentDecision decision, DateTimeOffset now, CancellationToken ct)
    {
        if (!ReviewPayments.ActionsOf(call).Contains(decision.Action)) return NotOffered(ReviewPayments.ActionsOf(call));
        if (decision.Action == PaymentAction.AskAgain)
        {
            // Whoever makes calls finds it within half a second.
            call.NextTryAt = now;
            return null;
        }
        if (decision.Action == PaymentAction.Settle)
        {
            call.Close($"Settled by staff: {decision.Reason}", now);
            return null;
        }
        var key = decision.ProviderKey ?? payment.ProviderKey;
        if (decision.Action == PaymentAction.Happened && call.Kind != CallKind.Refund && key is null) return Problems.Invalid("providerKey", "Name the provider's payment.");
        await settlement.Apply(payment, call, ProviderRequest.Of(payment, call, reachedBefore: true), AnswerOf(decision.Action, call, payment, key), ct);
        return null;
    }

    static ProviderAnswer AnswerOf(PaymentAction action, ProviderCall call, Payment payment, string? key) => (call.Kind, action) switch
    {
        (CallKind.Refund, PaymentAction.Happened) => new ProviderAnswer.Refunded(payment.Amount with { Amount = call.Amount }),
        (_, PaymentAction.Happened) => new ProviderAnswer.Captured(key!, payment.Amount),
        (CallKind.Charge, _) => new ProviderAnswer.Declined("not-charged"),
        (CallKind.Confirm, _) => new ProviderAnswer.Refused("not-charged"),
        _ => new ProviderAnswer.Refused("not-refunded"),
    };

    static ProblemHttpResult? DecideRefund(PaymentsDb db, ProviderTraffic traffic, Payment payment, ProviderCall call, Refund? refund, PaymentDecision decision, DateTimeOffset now)
    {
        if (refund is not { Status: RefundStatus.Refused }) return Problems.Conflict("already-settled", "This has been settled meanwhile.");
        var offered = ReviewPayments.ActionsOfRefused(isExtra: call.ExtraKey is not null);
        if (!offered.Contains(decision.Action)) return NotOffered(offered);
        if (decision.Action == PaymentAction.Settle)
        {
            refund.Status = RefundStatus.Dropped;
            return null;
        }
        if (call.ExtraKey is null && refund.Amount > payment.Refundable)
            return Problems.Conflict("refund-exceeds-captured", "That is more than is left of what was captured.", ("left", payment.Amount with { Amount = payment.Refundable }));
        if (decision.Action == PaymentAction.AskAgain)
        {
            Refunding.AskAgain(db, traffic, payment, refund, call.ExtraKey, now);
            return null;
        }
        refund.Status = RefundStatus.Outside;
        payment.RefundsAsked += refund.Amount;
        Refunding.Settle(db, payment, refund, LedgerEntry.RefundOutside, payment.Amount with { Amount = refund.Amount }, now);
        return null;
    }

    static ProblemHttpResult NotOffered(PaymentAction[] offered) => Problems.Invalid("action", $"Here one of {string.Join(", ", offered.Select(Written))}.");
}
