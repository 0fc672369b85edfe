using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;

namespace Jangteo.Payments;

/// <summary>
/// The payment of an order. Amounts are minor units of its currency. Its methods decide; they are safe when repeated or late.
/// </summary>
sealed class Payment
{
    const int MaxTitleLength = 100;

    public Guid OrderId { get; set; }
    public Guid MemberId { get; set; }
    public Money Amount { get; set; }
    public required string Method { get; set; }
    public required string Title { get; set; }

    /// <summary>The name of the provider it is opened at; it stays there when the shop changes to another.</summary>
    public required string Provider { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
    public PaymentStatus Status { get; set; }

    /// <summary>The provider's name of the payment and its page; null until one was opened.</summary>
    public string? ProviderKey { get; set; }
    public string? PayPageUrl { get; set; }

    /// <summary>Where the buyer sends the money, as they were told; null for other methods.</summary>
    public string? AccountBank { get; set; }
    public string? AccountNumber { get; set; }
    public string? AccountHolder { get; set; }

    /// <summary>What the buyer writes as the depositor, so that the deposit is recognised.</summary>
    public string? DepositCode { get; set; }

    public long Captured { get; set; }

    /// <summary>All refunds that the provider was or will be asked for and has not refused; never more than captured.</summary>
    public long RefundsAsked { get; set; }
    public long Refunded { get; set; }

    /// <summary>How many of the provider's declines were announced.</summary>
    public int Declines { get; set; }
    public string? LastDecline { get; set; }

    /// <summary>Set once the order is off, even before the payment was asked for.</summary>
    public string? CancelReason { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public int Version { get; set; }

    public bool IsCancelled => CancelReason is not null;

    /// <summary>What is known of the order's payment has come; before that there may only be the mark of a cancellation.</summary>
    public bool IsRequested => MemberId != Guid.Empty;

    public static Payment Of(RequestPayment m, string provider, DateTimeOffset now) => new()
    {
        OrderId = m.OrderId, MemberId = m.MemberId, Amount = m.Amount, Method = m.Method, Title = TitleOf(m), Provider = provider, ExpiresAt = m.ExpiresAt, CreatedAt = now,
        Status = m.Method == PaymentMethods.Instant ? PaymentStatus.Pending : PaymentStatus.Open,
    };

    /// <summary>The cancellation overtook the request: whatever comes later finds the payment off.</summary>
    public static Payment Off(CancelPayment m, string provider, DateTimeOffset now) => new()
    {
        OrderId = m.OrderId, Amount = Money.Won(0), Method = "", Title = "", Provider = provider, ExpiresAt = now, CreatedAt = now, Status = PaymentStatus.Voided, CancelReason = m.Reason,
    };

    /// <summary>The request that comes after its cancellation only completes the record.</summary>
    public void Complete(RequestPayment m) => (MemberId, Amount, Method, Title, ExpiresAt) = (m.MemberId, m.Amount, m.Method, TitleOf(m), m.ExpiresAt);

    // Providers refuse empty and long titles, and no payment shall fail for its title.
    static string TitleOf(RequestPayment m) => m.Title.Length switch
    {
        0 => m.OrderId.ToString(),
        // Never half of a character that takes two.
        > MaxTitleLength => m.Title[..(char.IsHighSurrogate(m.Title[MaxTitleLength - 1]) ? MaxTitleLength - 1 : MaxTitleLength)],
        _ => m.Title,
    };

    /// <summary>The order is off. True when the provider's page is open and is to be closed.</summary>
    public bool Cancel(string reason)
    {
        CancelReason ??= reason;
        if (Status != PaymentStatus.Open) return false;
        Status = PaymentStatus.Voided;
        return ProviderKey is not null;
    }

    public void Capture(Money amount, string providerKey) => (Captured, ProviderKey, Status) = (amount.Amount, providerKey, PaymentStatus.Captured);

    /// <summary>Nothing was captured: a card payment may be tried again until the order expires, an instant one not.</summary>
    public void NotCaptured(bool final) => Status = IsCancelled ? PaymentStatus.Voided : final ? PaymentStatus.Declined : PaymentStatus.Open;

    /// <summary>The provider closed its page; the next start opens another.</summary>
    public void ForgetPage() => (ProviderKey, PayPageUrl) = (null, null);

    /// <summary>Nobody may keep any more whose it was.</summary>
    public void Forget() => (MemberId, Title, PayPageUrl, AccountNumber, DepositCode) = (Guid.Empty, "", null, null, null);

    public long Refundable => Captured - RefundsAsked;

    public void RefundSettled(long amount)
    {
        Refunded += amount;
        if (Refunded == Captured) Status = PaymentStatus.Refunded;
    }

    /// <summary>A call that surely never reached the provider need not be made for an order that is off or too old.</summary>
    public bool IsMoot(CallKind kind, DateTimeOffset now) => kind is CallKind.OpenPage or CallKind.Charge or CallKind.Confirm && (IsCancelled || kind != CallKind.Confirm && now > ExpiresAt);
}

/// <summary>What became of a refund.</summary>
enum RefundStatus
{
    Asked,
    Done,
    /// <summary>The provider would not do it: people decide.</summary>
    Refused,
    /// <summary>Asked for again as another refund, or with the rest of a cancelled order.</summary>
    Replaced,
    /// <summary>The money went back by another way than the provider.</summary>
    Outside,
    /// <summary>People decided that nothing goes back.</summary>
    Dropped,
}

/// <summary>A refund, by staff or because the order is off.</summary>
sealed class Refund
{
    public Guid Id { get; set; }
    public Guid OrderId { get; set; }

    /// <summary>The caller's Idempotency-Key: it is the refund's identity within the order.</summary>
    public required string Key { get; set; }
    public long Amount { get; set; }
    public required string Reason { get; set; }
    public RefundStatus Status { get; set; }
    public string? Refusal { get; set; }
    public DateTimeOffset At { get; set; }
}

/// <summary>A movement of money. Rows are only ever added: the database refuses anything else.</summary>
sealed class LedgerEntry
{
    public const string Capture = "capture";
    public const string RefundKind = "refund";

    /// <summary>Money that went back by another way than the provider, so its books do not know.</summary>
    public const string RefundOutside = "refund-outside";

    /// <summary>Captured beyond the order's own payment, and what of it went back: a second charge, or one of no order.</summary>
    public const string ExtraCapture = "extra-capture";
    public const string ExtraRefund = "extra-refund";

    /// <summary>Corrections after a comparison with the provider's books: the ledger is never changed, only added to.</summary>
    public const string CaptureAdded = "capture-added";
    public const string CaptureReversed = "capture-reversed";
    public const string RefundReversed = "refund-reversed";

    public Guid Id { get; set; }
    public Guid OrderId { get; set; }
    public required string Kind { get; set; }
    public Money Amount { get; set; }

    /// <summary>The provider's key of a capture, our id of a refund, the difference's of a correction; of one kind it is there once.</summary>
    public required string Reference { get; set; }
    public DateTimeOffset At { get; set; }
}
