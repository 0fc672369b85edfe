using Jangteo.Payments.Contracts;

namespace Jangteo.Payments;

/// <summary>Our books as far as a comparison needs them: read after the provider's, so that what is under way is never a difference.</summary>
/// <param name="Ledger">Every entry of the orders that moved in the period or that the provider reported.</param>
/// <param name="ExtraKeys">The provider's payment that an extra refund is of, by the refund's id.</param>
/// <param name="UnderWay">Orders whose provider owes an answer: they are looked at the next time.</param>
sealed record OurBooks(IReadOnlyList<LedgerEntry> Ledger, IReadOnlyDictionary<Guid, Payment> Payments, IReadOnlyDictionary<string, string> ExtraKeys, IReadOnlySet<Guid> UnderWay);

/// <summary>Compares our books with the provider's report, purely.</summary>
sealed class Comparison(OurBooks ours, IReadOnlyList<ProviderTransaction> theirs, DateTimeOffset from, DateTimeOffset until)
{
    readonly ILookup<Guid, LedgerEntry> _ledger = ours.Ledger.ToLookup(e => e.OrderId);
    readonly Dictionary<string, LedgerEntry> _captures = ours.Ledger.Where(e => e.Kind is LedgerEntry.Capture or LedgerEntry.ExtraCapture).DistinctBy(e => e.Reference).ToDictionary(e => e.Reference);
    readonly HashSet<string> _reported = [.. theirs.Where(t => t.Kind == LedgerEntry.Capture).Select(t => t.ProviderKey)];

    public List<Found> Differences() =>
        [.. theirs.Where(t => t.Kind == LedgerEntry.Capture && IsIn(t.At)).Select(CaptureOfTheirs).OfType<Found>().Concat(CapturesOfOurs()).Concat(Refunds()).Concat(States()).Where(f => !ours.UnderWay.Contains(f.OrderId))];

    bool IsIn(DateTimeOffset at) => at >= from && at < until;

    Found? CaptureOfTheirs(ProviderTransaction t)
    {
        Found As(DifferenceKind kind, Guid order, long? booked = null, string detail = "") => new(kind, order, t.ProviderKey, booked, t.Amount.Amount, t.Amount.Currency, t.At, detail);
        var order = OrderOf(t);
        if (_captures.TryGetValue(t.ProviderKey, out var entry))
        {
            // One of another's order that we took for an extra one is under the order that the provider names.
            if (entry.OrderId != order) return As(DifferenceKind.WrongOrder, entry.OrderId, entry.Amount.Amount, t.Reference);
            var booked = entry.Kind == LedgerEntry.Capture ? CapturedOf(order) : entry.Amount.Amount;
            return booked == t.Amount.Amount && entry.Amount.Currency == t.Amount.Currency ? null : As(DifferenceKind.AmountDiffers, order, booked);
        }
        return !ours.Payments.TryGetValue(order, out var payment) || !payment.IsRequested && payment.CancelReason == UnknownOrder ? As(DifferenceKind.UnknownOrder, order, detail: t.Reference)
            : _ledger[order].Any(e => e.Kind == LedgerEntry.Capture) ? As(DifferenceKind.DoubleCharge, order)
            : As(DifferenceKind.CaptureMissing, order);
    }

    /// <summary>Why the payment is off that stands for a charge of no order.</summary>
    public const string UnknownOrder = "unknown-order";

    /// <summary>The order that a movement is about; one that names none of ours gets an id that is always the same.</summary>
    public static Guid OrderOf(ProviderTransaction t) => Guid.TryParse(t.Reference, out var order) ? order
        : new(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(t.ProviderKey)).AsSpan(0, 16));

    IEnumerable<Found> CapturesOfOurs() => ours.Ledger
        .Where(e => e.Kind == LedgerEntry.Capture && IsIn(e.At) && !_reported.Contains(e.Reference) && CapturedOf(e.OrderId) > 0)
        .Select(e => new Found(DifferenceKind.CaptureExtra, e.OrderId, e.Reference, CapturedOf(e.OrderId), null, e.Amount.Currency, e.At));

    // Refunds have no name in common, so those of one payment and amount are counted. Each side may have booked a little
    // earlier or later than the other, so what is counted in the period here is looked for in all that was read there. Of
    // several that differ one is shown at a time, so that a repair adds an entry of the amount that the provider's has.
    IEnumerable<Found> Refunds()
    {
        var booked = ours.Ledger.Where(e => e.Kind is LedgerEntry.RefundKind or LedgerEntry.ExtraRefund or LedgerEntry.RefundReversed)
            .Select(e => (Key: (KeyOf(e), e.OrderId, e.Amount.Amount, e.Amount.Currency), Count: e.Kind == LedgerEntry.RefundReversed ? -1 : 1, In: IsIn(e.At), e.At)).ToLookup(e => e.Key);
        // Some report it like a refund when what waited for a payer is cancelled: nothing had been captured.
        var reported = theirs.Where(t => t.Kind == LedgerEntry.RefundKind && (_captures.ContainsKey(t.ProviderKey) || _reported.Contains(t.ProviderKey))).ToLookup(t => (t.ProviderKey, OrderId: OrderOfRefund(t), t.Amount.Amount, t.Amount.Currency));
        foreach (var key in booked.Select(g => g.Key).Union(reported.Select(g => g.Key)))
        {
            var (here, there) = (booked[key].Sum(e => e.Count), reported[key].Count());
            if (reported[key].Count(t => IsIn(t.At)) > here) yield return new(DifferenceKind.RefundMissing, key.OrderId, key.Item1, here * key.Amount, (here + 1) * key.Amount, key.Currency, reported[key].Max(t => t.At));
            // Of one that is taken back after the period, only the refund is in it.
            else if (here > there && booked[key].Where(e => e.In).Sum(e => e.Count) > there) yield return new(DifferenceKind.RefundExtra, key.OrderId, key.Item1, here * key.Amount, (here - 1) * key.Amount, key.Currency, booked[key].Max(e => e.At));
        }
    }

    // The capture says which order the provider's payment is booked under.
    Guid OrderOfRefund(ProviderTransaction t) => _captures.TryGetValue(t.ProviderKey, out var entry) ? entry.OrderId : OrderOf(t);

    string KeyOf(LedgerEntry refund) => refund.Kind == LedgerEntry.ExtraRefund && ours.ExtraKeys.TryGetValue(refund.Reference, out var extra) ? extra
        : _ledger[refund.OrderId].FirstOrDefault(e => e.Kind == LedgerEntry.Capture)?.Reference ?? "";

    IEnumerable<Found> States() => ours.Payments.Values.Where(p => _ledger.Contains(p.OrderId) && p.IsRequested).Select(StateOf).OfType<Found>();

    Found? StateOf(Payment p)
    {
        var (captured, refunded) = (CapturedOf(p.OrderId), RefundedOf(p.OrderId));
        var fits = p.Captured == captured && p.Refunded == refunded && (captured == 0 ? p.Status is not (PaymentStatus.Captured or PaymentStatus.Refunded) : p.Status == StatusOf(captured, refunded));
        return fits ? null : new(DifferenceKind.StateDiffers, p.OrderId, p.ProviderKey ?? "", p.Captured - p.Refunded, captured - refunded, p.Amount.Currency, _ledger[p.OrderId].Max(e => e.At), $"{p.Status}: {p.Captured} − {p.Refunded}");
    }

    public static PaymentStatus StatusOf(long captured, long refunded) => captured == refunded ? PaymentStatus.Refunded : PaymentStatus.Captured;

    long CapturedOf(Guid order) => CapturedOf(_ledger[order]);
    long RefundedOf(Guid order) => RefundedOf(_ledger[order]);

    public static long CapturedOf(IEnumerable<LedgerEntry> entries) => entries.Sum(e => e.Kind switch
    {
        LedgerEntry.Capture or LedgerEntry.CaptureAdded => e.Amount.Amount,
        LedgerEntry.CaptureReversed => -e.Amount.Amount,
        _ => 0,
    });

    public static long RefundedOf(IEnumerable<LedgerEntry> entries) => entries.Sum(e => e.Kind switch
    {
        LedgerEntry.RefundKind or LedgerEntry.RefundOutside => e.Amount.Amount,
        LedgerEntry.RefundReversed => -e.Amount.Amount,
        _ => 0,
    });
}
