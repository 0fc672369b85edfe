using Jangteo.Platform;
using Microsoft.AspNetCore.Http;

namespace Jangteo.Payments;

/// <summary>
/// A payment provider. An adapter never throws for what the provider or the network does: it answers
/// <see cref="ProviderAnswer.Unknown"/> or <see cref="ProviderAnswer.NotSent"/>, and the call is made again with the same id.
/// </summary>
interface IPaymentProvider
{
    /// <summary>The name in the webhook's path.</summary>
    string Name { get; }

    Task<ProviderAnswer> OpenPage(ProviderRequest request, CancellationToken ct);
    Task<ProviderAnswer> Charge(ProviderRequest request, CancellationToken ct);
    Task<ProviderAnswer> Confirm(ProviderRequest request, CancellationToken ct);
    Task<ProviderAnswer> Refund(ProviderRequest request, CancellationToken ct);
    Task<ProviderAnswer> Void(ProviderRequest request, CancellationToken ct);
    Task<ProviderAnswer> Find(ProviderRequest request, CancellationToken ct);

    /// <summary>Checks a notice's signature and age and reads which payment it is about. A notice is a hint to ask, never a fact.</summary>
    WebhookReading Read(IHeaderDictionary headers, string body, DateTimeOffset now);

    /// <summary>Every capture and refund in the provider's books.</summary>
    IAsyncEnumerable<ProviderTransaction> Report(CancellationToken ct);
}

/// <summary>What a webhook turned out to be.</summary>
abstract record WebhookReading
{
    /// <summary>A genuine and fresh notice about a payment.</summary>
    public sealed record Notice(string Reference, string ProviderKey) : WebhookReading;

    /// <summary>Not signed by the provider.</summary>
    public sealed record Forged : WebhookReading;

    /// <summary>Signed, but too old or not understandable.</summary>
    public sealed record Unusable(string Why) : WebhookReading;
}

/// <summary>A movement in the provider's books.</summary>
/// <param name="Kind">"capture" or "refund", as in our ledger.</param>
sealed record ProviderTransaction(string Kind, string Reference, string ProviderKey, Money Amount);
