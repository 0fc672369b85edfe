using System.Security.Cryptography;
using Jangteo.Platform;

namespace Jangteo.SandboxPay;

/// <summary>Where a payment stands at the provider.</summary>
enum PaymentState
{
    /// <summary>Waits for the payer, also after a decline.</summary>
    Ready,
    /// <summary>The card takes its time.</summary>
    Authorising,
    /// <summary>The payer has paid; the merchant is yet to confirm.</summary>
    Authorised,
    /// <summary>The merchant confirmed: the money is theirs.</summary>
    Captured,
    /// <summary>A stored card said no; for good.</summary>
    Declined,
    /// <summary>The merchant took it back before capture.</summary>
    Voided,
}

/// <summary>A payment in the provider's books. What was captured is all of the amount or nothing.</summary>
sealed class Payment
{
    public required string Key { get; set; }
    public required string IdempotencyKey { get; set; }
    public required string Reference { get; set; }
    public required string Title { get; set; }
    public string Merchant { get; set; } = "";
    public Money Amount { get; set; }
    public long Refunded { get; set; }
    public PaymentState State { get; set; }
    public CardBehaviour? Card { get; set; }
    public int Declines { get; set; }
    public string? LastDecline { get; set; }
    public string? ReturnUrl { get; set; }
    public string? CancelUrl { get; set; }
    public string? WebhookUrl { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? CapturedAt { get; set; }
    public int Version { get; set; }

    // Whoever knows the key may open the pay page, so it cannot be guessed.
    public static string NewKey() => $"pay_{RandomNumberGenerator.GetHexString(32, lowercase: true)}";

    /// <summary>A stored card pays at once or declines for good.</summary>
    public void Charge(CardBehaviour card, DateTimeOffset now)
    {
        Card = card;
        LastDecline = TestCards.DeclineOf(card);
        if (LastDecline is null) (State, CapturedAt) = (PaymentState.Captured, now);
        else (State, Declines) = (PaymentState.Declined, 1);
    }

    /// <summary>The payer enters a card on the page; true when that changed something the merchant hears of.</summary>
    public bool Pay(CardBehaviour? card)
    {
        if (State != PaymentState.Ready) return false;
        Card = card;
        LastDecline = TestCards.DeclineOf(card);
        if (LastDecline is not null) Declines++;
        else State = card == CardBehaviour.Delayed ? PaymentState.Authorising : PaymentState.Authorised;
        return State != PaymentState.Authorising;
    }

    public bool FinishAuthorisation()
    {
        if (State != PaymentState.Authorising) return false;
        State = PaymentState.Authorised;
        return true;
    }

    /// <summary>Why the merchant may not capture; null when it may, or already has.</summary>
    public string? RefuseConfirm(Money amount) => State switch
    {
        _ when amount != Amount => "amount-mismatch",
        PaymentState.Authorised or PaymentState.Captured => null,
        PaymentState.Voided => "voided",
        PaymentState.Declined => "declined",
        _ => "not-authorised",
    };

    /// <summary>True when the capture happened now.</summary>
    public bool Confirm(DateTimeOffset now)
    {
        if (State == PaymentState.Captured) return false;
        (State, CapturedAt) = (PaymentState.Captured, now);
        return true;
    }

    public string? RefuseVoid() => State is PaymentState.Captured ? "already-captured" : null;

    /// <summary>True when it was voided now.</summary>
    public bool Void()
    {
        if (State is PaymentState.Voided or PaymentState.Declined) return false;
        State = PaymentState.Voided;
        return true;
    }

    public string? RefuseRefund(Money amount) =>
        State != PaymentState.Captured ? "not-captured"
        : amount.Currency != Amount.Currency ? "currency-mismatch"
        : amount.Amount > Amount.Amount - Refunded ? "exceeds-captured"
        : null;
}

/// <summary>Money that went back to the payer.</summary>
sealed class Refund
{
    public Guid Id { get; set; }
    public required string PaymentKey { get; set; }
    public required string IdempotencyKey { get; set; }
    public Money Amount { get; set; }
    public required string Reason { get; set; }
    public DateTimeOffset At { get; set; }
}

/// <summary>The card kept for a customer; one who has none pays with the card that succeeds.</summary>
sealed class StoredCard
{
    public required string Customer { get; set; }
    public CardBehaviour Behaviour { get; set; }
}
