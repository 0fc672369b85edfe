using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>
/// POST /api/payments/differences/{id}/decisions: staff let a difference be repaired or leave it. A repair never changes the
/// ledger but adds to it, and every entry that it adds is named after the difference, so it is added once.
/// </summary>
static class RepairDifference
{
    public static void Map(RouteGroupBuilder payments) => payments.MapPost("/differences/{id:guid}/decisions", Handle)
        .RequireAuthorization(Policies.Staff).AddEndpointFilter(new Idempotent<PaymentsDb>()).ProducesProblem(404).ProducesProblem(409)
        .WithName("payments-repair").WithSummary("Repairs a difference as proposed, or leaves it; recorded with who, when and why.");

    static async Task<Results<Ok<PaymentDecisionView>, ProblemHttpResult>> Handle(Guid id, DifferenceDecision decision, Caller caller,
        PaymentsDb db, ProviderTraffic traffic, TimeProvider time, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(decision.Reason)) return Problems.Invalid("reason", "Say why.");
        Results<Ok<PaymentDecisionView>, ProblemHttpResult> answer = Problems.NotFound("difference");
        await db.Unit(async () =>
        {
            if (await db.Differences.FirstOrDefaultAsync(d => d.Id == id, ct) is not { } difference) return;
            if (difference.Status != DifferenceStatus.Open)
            {
                var last = await db.Decisions.AsNoTracking().Where(d => d.SubjectId == id).OrderByDescending(d => d.At).FirstOrDefaultAsync(ct);
                answer = last is not null && last.Action == ExplainPayment.Written(decision.Action) ? TypedResults.Ok(ExplainPayment.Of(last)) : Problems.Conflict("already-settled", "This has been settled meanwhile.");
                return;
            }
            var now = time.GetUtcNow();
            if (decision.Action == DifferenceAction.Repair && await new Repair(db, traffic, difference, now).Do(ct) is { } refusal)
            {
                answer = refusal;
                return;
            }
            difference.Status = decision.Action == DifferenceAction.Repair ? DifferenceStatus.Repaired : DifferenceStatus.Left;
            answer = TypedResults.Ok(ExplainPayment.Of(DecideReview.Record(db, caller, difference.OrderId, id, difference.View().Kind, ExplainPayment.Written(decision.Action), decision.Reason, now)));
            await db.SaveChangesAsync(ct);
        }, ct);
        return answer;
    }
}

/// <summary>The repair of each kind of difference.</summary>
sealed class Repair(PaymentsDb db, ProviderTraffic traffic, Difference difference, DateTimeOffset now)
{
    Money Theirs => new(difference.Theirs ?? 0, difference.Currency);

    public async Task<ProblemHttpResult?> Do(CancellationToken ct)
    {
        if (!difference.CanRepair) return Problems.Invalid("action", "Nothing can be proposed here: leave it, or correct it at the provider.");
        var payment = await db.Hold(difference.OrderId, ct);
        if (difference.Kind == DifferenceKind.UnknownOrder) return SendBack(payment ?? Stray());
        if (payment is null) return Problems.NotFound("payment");
        if (payment.Amount.Currency != difference.Currency && payment.IsRequested) return Problems.Conflict("currency-mismatch", "The provider's currency is not the order's.");
        return difference.Kind switch
        {
            DifferenceKind.DoubleCharge => SendBack(payment),
            DifferenceKind.CaptureMissing => await BookCapture(payment, ct),
            DifferenceKind.CaptureExtra or DifferenceKind.AmountDiffers => await CorrectCapture(payment, ct),
            DifferenceKind.RefundMissing => await BookRefund(payment, ct),
            DifferenceKind.RefundExtra => await SendAgain(payment, ct),
            _ => await Restate(payment, ct),
        };
    }

    /// <summary>Stands for money that came for no order of ours.</summary>
    Payment Stray()
    {
        var stray = Payment.Off(new(difference.OrderId, Comparison.UnknownOrder), difference.Provider, now);
        (stray.ProviderKey, stray.Amount) = (difference.ProviderKey, Theirs with { Amount = 0 });
        db.Add(stray);
        return stray;
    }

    /// <summary>Money came that no order needs: booked, and sent back.</summary>
    ProblemHttpResult? SendBack(Payment payment)
    {
        Book(LedgerEntry.ExtraCapture, Theirs.Amount, difference.ProviderKey);
        Refunding.Ask(db, traffic, payment, $"extra:{difference.Id}", Theirs.Amount, ExplainPayment.Written(difference.Kind), now, extraKey: difference.ProviderKey);
        return null;
    }

    /// <summary>As if the provider had answered now: the order goes on, or when it is off the money goes back.</summary>
    async Task<ProblemHttpResult?> BookCapture(Payment payment, CancellationToken ct)
    {
        var booked = await db.Ledger.Where(e => e.OrderId == payment.OrderId && e.Kind == LedgerEntry.Capture).Select(e => e.Reference).FirstOrDefaultAsync(ct);
        // The answer that was missing has come meanwhile.
        if (booked == difference.ProviderKey) return null;
        if (booked is not null) return Problems.Conflict("already-settled", "Another capture of this order was booked meanwhile: compare again, and this one is shown as a second charge.");
        if (payment.Captured == 0) traffic.Settlement(db).Captured(payment, new(difference.ProviderKey, Theirs));
        else Book(LedgerEntry.Capture, Theirs.Amount, difference.ProviderKey);
        return null;
    }

    async Task<ProblemHttpResult?> CorrectCapture(Payment payment, CancellationToken ct)
    {
        var (ours, theirs) = (difference.Ours ?? 0, difference.Theirs ?? 0);
        if (await IsBeyondTheOrder(ct)) return Problems.Conflict("extra-charge", "This is a charge beyond the order's: correct it at the provider, or leave it.");
        if (theirs < payment.RefundsAsked) return Problems.Conflict("refund-exceeds-captured", "More has been refunded than the provider captured: look at the refunds first.");
        Book(theirs > ours ? LedgerEntry.CaptureAdded : LedgerEntry.CaptureReversed, Math.Abs(theirs - ours), $"{difference.Id}");
        payment.Captured = theirs;
        return Stands(payment);
    }

    Task<bool> IsBeyondTheOrder(CancellationToken ct) => db.Ledger.AnyAsync(e => e.OrderId == difference.OrderId && e.Kind == LedgerEntry.ExtraCapture && e.Reference == difference.ProviderKey, ct);

    /// <summary>The payment's status follows from its amounts.</summary>
    static ProblemHttpResult? Stands(Payment payment)
    {
        if (payment.Captured == 0) payment.NotCaptured(final: true);
        else payment.Status = Comparison.StatusOf(payment.Captured, payment.Refunded);
        return null;
    }

    /// <summary>
    /// The provider sent money back that we do not know of: booked, and told when it is the order's own. Of a second charge it is
    /// booked as it would have been had we asked for it, so that the next comparison knows whose it was.
    /// </summary>
    async Task<ProblemHttpResult?> BookRefund(Payment payment, CancellationToken ct)
    {
        var amount = Theirs.Amount - (difference.Ours ?? 0);
        var kinds = await db.Ledger.Where(e => e.OrderId == payment.OrderId && e.Reference == difference.ProviderKey).Select(e => e.Kind).ToListAsync(ct);
        var isOwn = kinds.Contains(LedgerEntry.Capture);
        if (!isOwn && !kinds.Contains(LedgerEntry.ExtraCapture)) return Problems.Conflict("capture-not-booked", "This was a refund of a capture that is not booked: repair that first.");
        if (isOwn && amount > payment.Refundable) return Problems.Conflict("refund-exceeds-captured", "That is more than is left of what was captured.", ("left", payment.Amount with { Amount = payment.Refundable }));
        var extraKey = isOwn ? null : difference.ProviderKey;
        await ReplaceCovered(payment, extraKey, amount, ct);
        var refund = new Refund { Id = difference.Id, OrderId = payment.OrderId, Key = $"found:{difference.Id}", Amount = amount, Reason = "found at the provider", Status = RefundStatus.Done, At = now };
        db.Add(refund);
        if (extraKey is not null)
        {
            db.Add(new ProviderCall { Id = refund.Id, OrderId = payment.OrderId, Kind = CallKind.Refund, Amount = amount, RefundId = refund.Id, ExtraKey = extraKey, CreatedAt = now, Answer = refund.Reason, AnsweredAt = now });
            Refunding.Book(db, payment, refund, LedgerEntry.ExtraRefund, Theirs with { Amount = amount }, now);
            return null;
        }
        payment.RefundsAsked += amount;
        Refunding.Settle(db, payment, refund, LedgerEntry.RefundKind, Theirs with { Amount = amount }, now);
        return null;
    }

    /// <summary>What the provider refused because the money had gone back is done with it: the one of this amount, or else the oldest that it covers.</summary>
    async Task ReplaceCovered(Payment payment, string? extraKey, long amount, CancellationToken ct)
    {
        var left = amount;
        var refused = await Refunding.Refused(db, payment, extraKey, ct);
        foreach (var covered in refused.OrderByDescending(r => r.Amount == amount).TakeWhile(r => (left -= r.Amount) >= 0)) covered.Status = RefundStatus.Replaced;
    }

    /// <summary>We say that money went back and it did not: taken back in our books, and sent again.</summary>
    async Task<ProblemHttpResult?> SendAgain(Payment payment, CancellationToken ct)
    {
        var amount = (difference.Ours ?? 0) - (difference.Theirs ?? 0);
        if (await IsBeyondTheOrder(ct)) return Problems.Conflict("extra-refund", "This was a refund of a charge beyond the order's: send it again at the provider, and the books are equal.");
        if (amount > payment.Refunded) return Problems.Conflict("refund-exceeds-captured", "The payment's refunds are less than that.");
        Book(LedgerEntry.RefundReversed, amount, $"{difference.Id}");
        payment.Refunded -= amount;
        payment.RefundsAsked -= amount;
        payment.Status = PaymentStatus.Captured;
        Refunding.Ask(db, traffic, payment, $"again:{difference.Id}", amount, "never arrived", now);
        return null;
    }

    /// <summary>The row follows from the ledger, which is right.</summary>
    async Task<ProblemHttpResult?> Restate(Payment payment, CancellationToken ct)
    {
        var ledger = await db.Ledger.AsNoTracking().Where(e => e.OrderId == payment.OrderId).ToListAsync(ct);
        var extras = db.Calls.Where(c => c.OrderId == payment.OrderId && c.ExtraKey != null).Select(c => c.Id);
        var asked = await db.Refunds.Where(r => r.OrderId == payment.OrderId && r.Status == RefundStatus.Asked && !extras.Contains(r.Id)).SumAsync(r => r.Amount, ct);
        (payment.Captured, payment.Refunded) = (Comparison.CapturedOf(ledger), Comparison.RefundedOf(ledger));
        payment.RefundsAsked = payment.Refunded + asked;
        payment.ProviderKey = ledger.Find(e => e.Kind == LedgerEntry.Capture)?.Reference ?? payment.ProviderKey;
        return Stands(payment);
    }

    void Book(string kind, long amount, string reference) =>
        db.Add(new LedgerEntry { Id = Guid.CreateVersion7(now), OrderId = difference.OrderId, Kind = kind, Amount = new(amount, difference.Currency), Reference = reference, At = now });
}
