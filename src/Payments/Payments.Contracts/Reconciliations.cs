using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;

namespace Jangteo.Payments.Contracts;

/// <summary>A comparison of our ledger with the provider's report.</summary>
/// <param name="Status">"waiting", "running", "done" or "failed" (it is tried again).</param>
/// <param name="Movements">How many movements the provider reported.</param>
/// <param name="Found">How many differences were found, those known before included.</param>
public sealed record ReconciliationView(Guid Id, DateTimeOffset From, DateTimeOffset Until, string Status, int Movements, int Found, string? Error, DateTimeOffset AskedAt, DateTimeOffset? EndedAt);

/// <summary>The period to compare.</summary>
/// <param name="From">Without one, 31 days before the end.</param>
/// <param name="Until">Without one, now.</param>
public sealed record ReconciliationRequest(DateTimeOffset? From = null, DateTimeOffset? Until = null);

/// <summary>What staff decide about a difference.</summary>
public enum DifferenceAction
{
    /// <summary>Do what is proposed.</summary>
    Repair,
    /// <summary>Leave the books as they are.</summary>
    Leave,
}

/// <summary>A difference between our ledger and the provider's books.</summary>
/// <param name="Kind">"capture-missing" or "refund-missing" in our ledger, "capture-extra" or "refund-extra" (the provider knows of none), "amount-differs", "double-charge", "unknown-order", "wrong-order" or "state-differs".</param>
/// <param name="ProviderKey">The provider's name of the payment.</param>
/// <param name="Ours">What our books say; null when nothing.</param>
/// <param name="Theirs">What the provider's books say; null when nothing.</param>
/// <param name="Detail">More, for people; may be empty.</param>
/// <param name="Actions">What staff may decide; without "repair" nothing can be proposed.</param>
public sealed record DifferenceView(Guid Id, string Kind, Guid OrderId, string ProviderKey, Money? Ours, Money? Theirs, string Detail, DateTimeOffset FoundAt, IReadOnlyList<DifferenceAction> Actions);

/// <summary>A decision of staff.</summary>
/// <param name="Reason">Why, for the books.</param>
public sealed record DifferenceDecision(DifferenceAction Action, [StringLength(500, MinimumLength = 1)] string Reason);
