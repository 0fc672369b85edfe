using Jangteo.Platform;
using Microsoft.AspNetCore.Http;

namespace Jangteo.Payments;

/// <summary>
/// A payment provider. An adapter never throws for what the provider or the network does: it answers
/// <see cref="ProviderAnswer.Unknown"/> or <see cref="ProviderAnswer.NotSent"/>, and the call is made again with the same id.
/// </summary>
interface IPaymentProvider
{
    /// <summary>The name in the webhook's path, and of the provider in a payment's row.</summary>
    string Name { get; }

    /// <summary>The <see cref="Jangteo.Orders.Contracts.PaymentMethods"/> that it offers.</summary>
    IReadOnlyList<string> Methods { get; }

    /// <summary>No notice tells that a payer has done their part: so while a payment waits for them, it is asked about now and then.</summary>
    bool MustBeAsked { get; }

    Task<ProviderAnswer> OpenPage(ProviderRequest request, CancellationToken ct);
    Task<ProviderAnswer> Charge(ProviderRequest request, CancellationToken ct);
    Task<ProviderAnswer> Confirm(ProviderRequest request, CancellationToken ct);
    Task<ProviderAnswer> Refund(ProviderRequest request, CancellationToken ct);
    Task<ProviderAnswer> Void(ProviderRequest request, CancellationToken ct);
    Task<ProviderAnswer> Find(ProviderRequest request, CancellationToken ct);

    /// <summary>Checks a notice's signature and age, if it has them, and reads which payment it is about. A notice is a hint to ask, never a fact.</summary>
    WebhookReading Read(IHeaderDictionary headers, string body, DateTimeOffset now);

    /// <summary>
    /// Every capture and refund, and every failure of a refund, that the provider booked from <paramref name="from"/> until before <paramref name="until"/>, in
    /// any order. Unlike the calls it throws when the provider cannot be asked: half a report would look like lost money.
    /// </summary>
    IAsyncEnumerable<ProviderTransaction> Report(DateTimeOffset from, DateTimeOffset until, CancellationToken ct);
}

/// <summary>What a webhook turned out to be.</summary>
abstract record WebhookReading
{
    /// <summary>A genuine and fresh notice about a payment.</summary>
    /// <param name="ProviderKey">Null when the notice names the order only.</param>
    /// <param name="IsSigned">False where the provider signs nothing, so that anybody may have sent it.</param>
    public sealed record Notice(string Reference, string? ProviderKey, bool IsSigned = true) : WebhookReading;

    /// <summary>A notice about something else.</summary>
    public sealed record Other : WebhookReading;

    /// <summary>Not signed by the provider.</summary>
    public sealed record Forged : WebhookReading;

    /// <summary>Signed, but too old or not understandable.</summary>
    public sealed record Unusable(string Why) : WebhookReading;
}

/// <summary>A movement in the provider's books.</summary>
/// <param name="Kind">"capture" or "refund", as in our ledger, or <see cref="RefundFailed"/>.</param>
/// <param name="Reference">What we called the payment: the order's id; empty when the provider knows none.</param>
/// <param name="ProviderKey">The provider's name of the payment, as in <see cref="ProviderAnswer.Captured"/>.</param>
/// <param name="At">When the provider booked it; of a refund that failed, when it had booked the refund.</param>
sealed record ProviderTransaction(string Kind, string Reference, string ProviderKey, Money Amount, DateTimeOffset At)
{
    /// <summary>A refund that was reported came back, perhaps after days, and is reported no more: a reason to look that far back.</summary>
    public const string RefundFailed = "refund-failed";
}
