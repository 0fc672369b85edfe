using System.ComponentModel.DataAnnotations;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Jangteo.Payments;

/// <summary>
/// GET /api/payments/reviews: what does not settle itself. A call is closed only by an answer that ends it, so whatever is
/// stuck is either a call open for too long or a refund that was refused.
/// </summary>
static class ReviewPayments
{
    public const string Unanswered = "unanswered", RefundRefused = "refund-refused";

    public static void Map(RouteGroupBuilder payments) => payments.MapGet("/reviews", Handle)
        .RequireAuthorization(Policies.Staff).WithName("payments-reviews").WithSummary("Calls without an answer for too long and refunds that were refused, longest waiting first.").ProducesProblem(400);

    sealed record After(DateTimeOffset Since, Guid Id);

    static async Task<Ok<Page<PaymentReview>>> Handle(PaymentsDb db, IOptions<PaymentsOptions> options, TimeProvider time, CancellationToken ct,
        string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var overdue = time.GetUtcNow().AddSeconds(-options.Value.ReviewAfterSeconds);
        // One that watches an open page waits for the payer; when that goes wrong, closing the page does.
        var calls = db.Calls.AsNoTracking().Where(c => c.NextTryAt != null && c.CreatedAt <= overdue && c.Kind != CallKind.Watch);
        var refunds = db.Refunds.AsNoTracking().Where(r => r.Status == RefundStatus.Refused);
        if (Cursor.Read<After>(after) is var (since, id))
        {
            calls = calls.Where(c => c.CreatedAt > since || c.CreatedAt == since && c.Id.CompareTo(id) > 0);
            refunds = refunds.Where(r => r.At > since || r.At == since && r.Id.CompareTo(id) > 0);
        }
        var open = await calls.OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).Take(limit + 1).ToListAsync(ct);
        var refused = await refunds.OrderBy(r => r.At).ThenBy(r => r.Id).Take(limit + 1).ToListAsync(ct);
        var refundIds = refused.Select(r => r.Id).ToList();
        var extras = await db.Calls.AsNoTracking().Where(c => refundIds.Contains(c.Id) && c.ExtraKey != null).Select(c => c.Id).ToListAsync(ct);
        var orders = open.Select(c => c.OrderId).Concat(refused.Select(r => r.OrderId)).Distinct().ToList();
        var currencies = await db.Payments.Where(p => orders.Contains(p.OrderId)).ToDictionaryAsync(p => p.OrderId, p => p.Amount.Currency, ct);
        List<PaymentReview> rows = [.. open.Select(c => Of(c, currencies[c.OrderId])).Concat(refused.Select(r => Of(r, extras.Contains(r.Id), currencies[r.OrderId]))).OrderBy(r => r.Since).ThenBy(r => r.Id)];
        return TypedResults.Ok(Page<PaymentReview>.From(rows, limit, r => r, r => Cursor.Of(new After(r.Since, r.Id))));
    }

    static PaymentReview Of(ProviderCall call, string currency) => new(call.Id, call.OrderId, Unanswered, ExplainPayment.Written(call.Kind), new(call.Amount, currency),
        call.Answer ?? "", call.Attempts, call.CreatedAt, call.NextTryAt, ActionsOf(call));

    static PaymentReview Of(Refund refund, bool isExtra, string currency) => new(refund.Id, refund.OrderId, RefundRefused, ExplainPayment.Written(CallKind.Refund), new(refund.Amount, currency),
        refund.Refusal ?? "", 1, refund.At, null, ActionsOfRefused(isExtra));

    /// <summary>What staff may decide about a call that is still open.</summary>
    public static PaymentAction[] ActionsOf(ProviderCall call) => call.Kind switch
    {
        CallKind.Charge or CallKind.Confirm or CallKind.Refund => [PaymentAction.AskAgain, PaymentAction.Happened, PaymentAction.DidNotHappen],
        CallKind.Find => [PaymentAction.AskAgain, PaymentAction.Happened, PaymentAction.Settle],
        _ => [PaymentAction.AskAgain, PaymentAction.Settle],
    };

    /// <summary>What staff may decide about a refund that was refused.</summary>
    public static PaymentAction[] ActionsOfRefused(bool isExtra) => isExtra
        ? [PaymentAction.AskAgain, PaymentAction.Settle]
        : [PaymentAction.AskAgain, PaymentAction.DoneOutside, PaymentAction.Settle];
}
