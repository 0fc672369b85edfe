using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Jangteo.Payments;

/// <summary>After the call: writes down what the provider answered, with everything that follows from it, as one.</summary>
sealed class Settlement(PaymentsDb db, ProviderTraffic traffic, TimeSpan retry, TimeSpan watch, DateTimeOffset now, ILogger log)
{
    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1), LongestDepositWatch = TimeSpan.FromMinutes(30);

    public async Task Apply(Payment payment, ProviderCall call, ProviderRequest request, ProviderAnswer answer, CancellationToken ct)
    {
        if (call.NextTryAt is null)
        {
            Late(payment, call, answer);
            return;
        }
        call.Attempts++;
        switch (answer)
        {
            case ProviderAnswer.Unknown unknown:
                AskAgain(call, unknown.Error, mayHaveReached: true);
                return;
            case ProviderAnswer.NotSent notSent:
                AskAgain(call, notSent.Error, request.ReachedBefore);
                return;
            case ProviderAnswer.Captured captured when captured.Amount.Currency != payment.Amount.Currency:
                log.LogError("The provider captured {Amount} for order {Order} of {Expected}", captured.Amount, payment.OrderId, payment.Amount);
                AskAgain(call, "Captured in another currency.", mayHaveReached: true);
                return;
            case ProviderAnswer.Waiting { Authorised: false } waits when call.Kind == CallKind.Watch && payment.Status is PaymentStatus.Open or PaymentStatus.Pending && payment.ProviderKey is not null && now < payment.ExpiresAt:
                Waiting(payment, call, request, waits);
                call.NextTryAt = now + Pause(watch, call.Attempts, PaymentMethods.IsDeposit(payment.Method) ? LongestDepositWatch : LongestPause);
                return;
            case var unfit when !unfit.Ends(call.Kind):
                AskAgain(call, $"Does not say what became of it: {unfit}", mayHaveReached: true);
                return;
        }
        call.Close(answer.ToString()!, now);
        if (answer is ProviderAnswer.Voided && payment.Status == PaymentStatus.Open) payment.ForgetPage();
        else if (answer is ProviderAnswer.PageOpened page) PageOpened(payment, page);
        else if (answer is ProviderAnswer.AccountIssued account) AccountIssued(payment, account);
        else if (answer is ProviderAnswer.Waiting waiting) Waiting(payment, call, request, waiting);
        else if (answer is ProviderAnswer.Captured captured) Captured(payment, captured);
        else if (answer is ProviderAnswer.Declined declined) Declined(payment, call, request, declined);
        else if (answer is ProviderAnswer.Refunded refunded) await Refunded(payment, call, refunded, ct);
        else if (answer is ProviderAnswer.Refused refused) await Refused(payment, call, request, refused.Reason, ct);
    }

    // Asked twice, answered twice: the first answer has been written down. But a call may have been given up as never sent while
    // another attempt was under way, and money that came all the same is never dropped.
    void Late(Payment payment, ProviderCall call, ProviderAnswer answer)
    {
        if (answer is not ProviderAnswer.Captured captured || payment.Captured > 0 || captured.Amount.Currency != payment.Amount.Currency) return;
        log.LogWarning("{Kind} of order {Order} was closed ({Answer}), and captured after that", call.Kind, call.OrderId, call.Answer);
        call.Close(answer.ToString(), now);
        Captured(payment, captured);
    }

    void AskAgain(ProviderCall call, string error, bool mayHaveReached)
    {
        call.MayHaveReached = mayHaveReached;
        call.Answer = error;
        call.NextTryAt = now + Pause(retry, call.Attempts, LongestPause);
        log.LogWarning("{Kind} of order {Order} is not answered (attempt {Attempt}): {Error}", call.Kind, call.OrderId, call.Attempts, error);
    }

    static TimeSpan Pause(TimeSpan first, int attempts, TimeSpan longest) => TimeSpan.FromSeconds(Math.Min(first.TotalSeconds * (1 << Math.Min(attempts - 1, 10)), longest.TotalSeconds));

    void PageOpened(Payment payment, ProviderAnswer.PageOpened page)
    {
        (payment.ProviderKey, payment.PayPageUrl) = (page.ProviderKey, page.Url);
        Opened(payment);
    }

    void AccountIssued(Payment payment, ProviderAnswer.AccountIssued account)
    {
        (payment.ProviderKey, payment.AccountBank, payment.AccountNumber, payment.AccountHolder) = (account.ProviderKey, account.Bank, account.AccountNumber, account.Holder);
        Opened(payment);
    }

    void Opened(Payment payment)
    {
        // The order went off while it was being opened.
        if (payment.IsCancelled) traffic.Begin(db, payment, CallKind.Void, payment.Amount.Amount);
        else traffic.Watch(db, payment);
    }

    void Waiting(Payment payment, ProviderCall call, ProviderRequest request, ProviderAnswer.Waiting waiting)
    {
        if (waiting.Declines > payment.Declines) Decline(payment, waiting.LastDecline ?? "card-declined", waiting.Declines, final: false);
        // The payer has paid and may never come back to our page: so we confirm, unless that page is over by now.
        if (call.Kind is CallKind.Find or CallKind.Watch && waiting.Authorised && payment.Status == PaymentStatus.Open && payment.ProviderKey == request.ProviderKey)
        {
            payment.Status = PaymentStatus.Pending;
            traffic.Begin(db, payment, CallKind.Confirm, payment.Amount.Amount);
        }
    }

    /// <summary>The money is ours; once.</summary>
    public void Captured(Payment payment, ProviderAnswer.Captured captured)
    {
        if (payment.Captured > 0) return;
        payment.Capture(captured.Amount, captured.ProviderKey);
        db.Add(new LedgerEntry { Id = Guid.CreateVersion7(now), OrderId = payment.OrderId, Kind = LedgerEntry.Capture, Amount = captured.Amount, Reference = captured.ProviderKey, At = now });
        if (captured.Amount == payment.Amount)
        {
            db.Send(new PaymentCaptured(payment.OrderId, captured.Amount));
        }
        else
        {
            // Never accept another amount than the order's: all of it goes back.
            log.LogError("The provider captured {Amount} for order {Order} of {Expected}", captured.Amount, payment.OrderId, payment.Amount);
            payment.CancelReason ??= "amount-mismatch";
            Decline(payment, "amount-mismatch", payment.Declines, final: true);
        }
        if (payment.IsCancelled) Refunding.RefundRest(db, traffic, payment, payment.CancelReason!, now);
    }

    /// <summary>A deposit paid the order.</summary>
    public void Deposited(Payment payment, Deposit deposit, Guid? by)
    {
        deposit.Match(payment, by, now);
        Captured(payment, new ProviderAnswer.Captured(deposit.Key, deposit.Amount));
    }

    void Declined(Payment payment, ProviderCall call, ProviderRequest request, ProviderAnswer.Declined declined)
    {
        // Asked about a page that another answer has ended: that one was told.
        if (declined.EndsPage && payment.ProviderKey != request.ProviderKey) return;
        if (payment.Status != PaymentStatus.Pending && !(declined.EndsPage && payment.Status == PaymentStatus.Open)) return;
        var final = call.Kind == CallKind.Charge;
        NotCaptured(payment, final);
        if (declined.EndsPage && !payment.IsCancelled) payment.ForgetPage();
        Decline(payment, declined.Reason, payment.Declines + 1, final);
    }

    void Decline(Payment payment, string reason, int declines, bool final)
    {
        (payment.LastDecline, payment.Declines) = (reason, declines);
        db.Send(new PaymentDeclined(payment.OrderId, reason, final));
    }

    async Task Refunded(Payment payment, ProviderCall call, ProviderAnswer.Refunded refunded, CancellationToken ct)
    {
        var refund = (await db.Refunds.FindAsync([call.RefundId], ct))!;
        if (refund.Status != RefundStatus.Asked) return;
        refund.Status = RefundStatus.Done;
        if (call.ExtraKey is not null) Refunding.Book(db, payment, refund, LedgerEntry.ExtraRefund, refunded.Amount, now);
        else Refunding.Settle(db, payment, refund, LedgerEntry.RefundKind, refunded.Amount, now);
    }

    async Task Refused(Payment payment, ProviderCall call, ProviderRequest request, string reason, CancellationToken ct)
    {
        log.LogWarning("The provider refused {Kind} of order {Order}: {Reason}", call.Kind, payment.OrderId, reason);
        if (call.Kind == CallKind.Charge) Declined(payment, call, request, new(reason));
        else if (call.Kind == CallKind.Confirm && payment.Status == PaymentStatus.Pending) await ConfirmRefused(payment, reason, ct);
        else if (call.Kind == CallKind.Refund) await RefundRefused(payment, call, reason, ct);
        else if (call.Kind == CallKind.OpenPage && payment is { Method: PaymentMethods.VirtualAccount, Status: PaymentStatus.Open }) NoAccount(payment, reason);
        // Too late to close the page: find out what was captured, so that it goes back.
        else if (call.Kind == CallKind.Void) traffic.Begin(db, payment, CallKind.Find, payment.Amount.Amount);
    }

    // Nobody can press a button to open another, as for a page.
    void NoAccount(Payment payment, string reason)
    {
        payment.NotCaptured(final: true);
        Decline(payment, reason, payment.Declines + 1, final: true);
    }

    async Task ConfirmRefused(Payment payment, string reason, CancellationToken ct)
    {
        NotCaptured(payment, final: false);
        if (payment.IsCancelled) return;
        // The payer may have authorised meanwhile: a notice of it was not listened to while we confirmed, and it is the only one.
        if (reason == "not-authorised") await traffic.WatchAnyway(db, payment, ct);
        // Otherwise the page is of no use any more, and the payer starts on a new one.
        else payment.ForgetPage();
    }

    /// <summary>Nothing was captured; what the payer authorised for an order that is off is let go.</summary>
    public void NotCaptured(Payment payment, bool final)
    {
        payment.NotCaptured(final);
        if (payment is { IsCancelled: true, PayPageUrl: not null }) traffic.Begin(db, payment, CallKind.Void, payment.Amount.Amount);
    }

    async Task RefundRefused(Payment payment, ProviderCall call, string reason, CancellationToken ct)
    {
        var refund = (await db.Refunds.FindAsync([call.RefundId], ct))!;
        if (refund.Status != RefundStatus.Asked) return;
        (refund.Status, refund.Refusal) = (RefundStatus.Refused, reason);
        if (call.ExtraKey is not null) return;
        payment.RefundsAsked -= refund.Amount;
        // A refused rest is left for people to look at; of a cancelled order any other part goes back with the rest.
        if (!payment.IsCancelled || Refunding.IsRest(refund)) return;
        await Refunding.ReplaceRefused(db, payment, ct);
        Refunding.RefundRest(db, traffic, payment, payment.CancelReason!, now);
    }
}

/// <summary>Asking for refunds: never more, all together, than was captured.</summary>
static class Refunding
{
    /// <summary>Why a refund is refused that staff are to send, because the provider cannot. Until they say that they have, it is as good as asked for.</summary>
    public const string ByHand = "send-by-hand";

    const string RestPrefix = "rest:";

    public static bool IsRest(Refund refund) => refund.Key.StartsWith(RestPrefix, StringComparison.Ordinal);

    /// <summary>The refunds that the provider refused of the order's own payment or, with its key, of another charge; oldest first.</summary>
    public static async Task<List<Refund>> Refused(PaymentsDb db, Payment payment, string? extraKey, CancellationToken ct)
    {
        var open = await db.Refunds.Where(r => r.OrderId == payment.OrderId && (r.Status == RefundStatus.Asked || r.Status == RefundStatus.Refused))
            .Where(r => db.Calls.Any(c => c.Id == r.Id && c.ExtraKey == extraKey)).OrderBy(r => r.At).ThenBy(r => r.Id).ToListAsync(ct);
        // Looked at here, because what was refused a moment ago is not saved yet.
        return open.FindAll(r => r.Status == RefundStatus.Refused);
    }

    /// <summary>What was refused of the order's own payment goes back with the rest and not beside it.</summary>
    public static async Task ReplaceRefused(PaymentsDb db, Payment payment, CancellationToken ct)
    {
        foreach (var refused in await Refused(db, payment, extraKey: null, ct)) refused.Status = RefundStatus.Replaced;
    }

    /// <summary>Sends back whatever is left of a captured payment.</summary>
    public static void RefundRest(PaymentsDb db, ProviderTraffic traffic, Payment payment, string reason, DateTimeOffset now)
    {
        if (payment.Refundable > 0) Ask(db, traffic, payment, $"{RestPrefix}{Guid.CreateVersion7()}", payment.Refundable, reason, now);
    }

    public static ProviderCall Ask(PaymentsDb db, ProviderTraffic traffic, Payment payment, string key, long amount, string reason, DateTimeOffset now, string? extraKey = null)
    {
        var refund = new Refund { Id = Guid.CreateVersion7(), OrderId = payment.OrderId, Key = key, Amount = amount, Reason = reason, At = now };
        if (extraKey is null) payment.RefundsAsked += amount;
        db.Add(refund);
        return traffic.Begin(db, payment, CallKind.Refund, amount, refund.Id, extraKey);
    }

    /// <summary>Asks once more for a refund that was refused.</summary>
    public static void AskAgain(PaymentsDb db, ProviderTraffic traffic, Payment payment, Refund refused, string? extraKey, DateTimeOffset now)
    {
        refused.Status = RefundStatus.Replaced;
        Ask(db, traffic, payment, $"{(IsRest(refused) ? RestPrefix : "")}again:{refused.Id}", refused.Amount, refused.Reason, now, extraKey);
    }

    /// <summary>Money of the order went back: books it and tells.</summary>
    public static void Settle(PaymentsDb db, Payment payment, Refund refund, string kind, Money amount, DateTimeOffset now)
    {
        payment.RefundSettled(refund.Amount);
        Book(db, payment, refund, kind, amount, now);
        var currency = payment.Amount.Currency;
        db.Send(new PaymentRefunded(payment.OrderId, refund.Id, new(refund.Amount, currency), new(payment.Refunded, currency), refund.Reason));
    }

    public static void Book(PaymentsDb db, Payment payment, Refund refund, string kind, Money amount, DateTimeOffset now) =>
        db.Add(new LedgerEntry { Id = Guid.CreateVersion7(now), OrderId = payment.OrderId, Kind = kind, Amount = amount, Reference = refund.Id.ToString(), At = now });
}
