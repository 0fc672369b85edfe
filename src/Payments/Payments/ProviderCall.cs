using Jangteo.Platform;
using Polly.CircuitBreaker;

namespace Jangteo.Payments;

/// <summary>What the provider is asked.</summary>
enum CallKind
{
    /// <summary>Open a page where the payer pays.</summary>
    OpenPage,
    /// <summary>Charge the stored card at once.</summary>
    Charge,
    /// <summary>Capture what the payer authorised.</summary>
    Confirm,
    /// <summary>Send money back.</summary>
    Refund,
    /// <summary>Close the page.</summary>
    Void,
    /// <summary>Say where the payment stands.</summary>
    Find,
    /// <summary>The same, again and again while the payment waits for its payer.</summary>
    Watch,
}

/// <summary>
/// A call to the provider. It is committed before the call is made, and its id is the idempotency key of every attempt: so
/// whatever happens in between, asking again tells what became of it and changes nothing twice.
/// </summary>
sealed class ProviderCall
{
    public Guid Id { get; set; }
    public Guid OrderId { get; set; }
    public CallKind Kind { get; set; }
    public long Amount { get; set; }
    public Guid? RefundId { get; set; }

    /// <summary>The provider's name of a payment that it captured beyond the order's own; null when the call is about the order's own.</summary>
    public string? ExtraKey { get; set; }
    public int Attempts { get; set; }

    /// <summary>False only while it is sure that no attempt has reached the provider.</summary>
    public bool MayHaveReached { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it is to be asked about again, whoever is on it now; null once answered.</summary>
    public DateTimeOffset? NextTryAt { get; set; }
    public string? Answer { get; set; }
    public DateTimeOffset? AnsweredAt { get; set; }

    public void Close(string answer, DateTimeOffset now) => (Answer, AnsweredAt, NextTryAt) = (answer, now, null);
}

/// <summary>What an adapter needs to make a call.</summary>
/// <param name="CallId">The idempotency key.</param>
/// <param name="ReachedBefore">An earlier attempt may have reached the provider.</param>
sealed record ProviderRequest(string Provider, Guid CallId, CallKind Kind, Guid OrderId, Guid MemberId, Money Amount, string Method, string Title, DateTimeOffset ExpiresAt, string? ProviderKey, bool ReachedBefore)
{
    public static ProviderRequest Of(Payment payment, ProviderCall call, bool reachedBefore) => new(payment.Provider, call.Id, call.Kind, payment.OrderId, payment.MemberId,
        payment.Amount with { Amount = call.Amount }, payment.Method, payment.Title, payment.ExpiresAt, call.ExtraKey ?? payment.ProviderKey, reachedBefore);
}

/// <summary>What the provider answered.</summary>
abstract record ProviderAnswer
{
    /// <summary>
    /// Whether the answer ends a call of this kind. One that does not fit is asked about again until people decide, so that
    /// nothing is closed that is not settled.
    /// </summary>
    public bool Ends(CallKind kind) => kind switch
    {
        CallKind.OpenPage => this is PageOpened or AccountIssued or Refused or Captured,
        CallKind.Charge or CallKind.Confirm => this is Captured or Declined or Refused,
        CallKind.Refund => this is Refunded or Refused,
        CallKind.Void => this is Voided or Declined or Refused or Captured,
        // Whoever only asks where it stands has been told; without our confirmation nothing is captured.
        _ => true,
    };

    /// <summary>The page waits for the payer.</summary>
    public sealed record PageOpened(string ProviderKey, string Url) : ProviderAnswer;

    /// <summary>The account waits for the payer's deposit.</summary>
    public sealed record AccountIssued(string ProviderKey, string Bank, string AccountNumber, string Holder) : ProviderAnswer;

    /// <summary>The payer has not paid, or has and the capture is ours to confirm.</summary>
    public sealed record Waiting(bool Authorised, int Declines, string? LastDecline) : ProviderAnswer;

    /// <summary>The money is ours.</summary>
    public sealed record Captured(string ProviderKey, Money Amount) : ProviderAnswer;

    /// <summary>The card said no.</summary>
    /// <param name="EndsPage">The page is of no use any more: the payer starts on a new one.</param>
    public sealed record Declined(string Reason, bool EndsPage = false) : ProviderAnswer;

    /// <summary>The money went back.</summary>
    public sealed record Refunded(Money Amount) : ProviderAnswer;

    /// <summary>The payment is closed and nothing was captured.</summary>
    public sealed record Voided : ProviderAnswer;

    /// <summary>The provider would not do it, and did not.</summary>
    public sealed record Refused(string Reason) : ProviderAnswer;

    /// <summary>Nobody knows: it may have happened.</summary>
    public sealed record Unknown(string Error) : ProviderAnswer;

    /// <summary>The call surely did not reach the provider.</summary>
    public sealed record NotSent(string Error) : ProviderAnswer;

    /// <summary>What a call that failed says: only a connection that was never made surely had no effect.</summary>
    public static ProviderAnswer Failed(Exception e) =>
        e is BrokenCircuitException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }
            ? new NotSent(e.Message) : new Unknown(e.Message);
}
