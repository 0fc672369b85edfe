using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;

namespace Jangteo.Payments.Contracts;

/// <summary>What staff decide about something that does not settle itself.</summary>
public enum PaymentAction
{
    /// <summary>Ask the provider now; of a refused refund: ask for it again.</summary>
    AskAgain,
    /// <summary>Staff saw at the provider that it happened.</summary>
    Happened,
    /// <summary>Staff saw at the provider that it did not.</summary>
    DidNotHappen,
    /// <summary>The money went back by another way than the provider.</summary>
    DoneOutside,
    /// <summary>Nothing more is to be done.</summary>
    Settle,
}

/// <summary>Something about a payment that does not settle itself and waits for staff.</summary>
/// <param name="Id">Of the call or the refund: what a decision names.</param>
/// <param name="Kind">"unanswered": the provider does not say what became of a call. "refund-refused": the provider would not send the money back.</param>
/// <param name="Call">What the provider was asked: "openPage", "charge", "confirm", "refund", "void" or "find".</param>
/// <param name="Answer">What it said last, or why it could not be asked.</param>
/// <param name="NextTryAt">When it is asked again by itself; null when it is not.</param>
/// <param name="Actions">What staff may decide.</param>
public sealed record PaymentReview(Guid Id, Guid OrderId, string Kind, string Call, Money Amount, string Answer, int Attempts, DateTimeOffset Since, DateTimeOffset? NextTryAt, IReadOnlyList<PaymentAction> Actions);

/// <summary>A decision of staff.</summary>
/// <param name="Reason">Why, for the books: what was seen or done, and where.</param>
/// <param name="ProviderKey">The provider's name of the payment, for a charge that happened.</param>
public sealed record PaymentDecision(PaymentAction Action, [StringLength(500, MinimumLength = 1)] string Reason, [StringLength(200, MinimumLength = 1)] string? ProviderKey = null);

/// <summary>A decision as it was recorded.</summary>
/// <param name="About">What it was about, for example "charge" or "refund".</param>
/// <param name="By">The member of staff.</param>
public sealed record PaymentDecisionView(Guid Id, string About, string Action, string Reason, Guid By, DateTimeOffset At);

/// <summary>A call to the provider and what became of it.</summary>
public sealed record ProviderCallView(Guid Id, string Kind, Money Amount, int Attempts, DateTimeOffset At, string? Answer, DateTimeOffset? AnsweredAt, DateTimeOffset? NextTryAt);

/// <summary>A refund and what became of it.</summary>
/// <param name="Status">"asked", "done", "refused", "replaced" by another one, done "outside" or "dropped".</param>
public sealed record RefundView(Guid Id, Money Amount, string Reason, string Status, string? Refusal, DateTimeOffset At);

/// <summary>Everything that happened to a payment, each list in the order of time.</summary>
public sealed record PaymentPath(PaymentView Payment, DateTimeOffset CreatedAt, IReadOnlyList<ProviderCallView> Calls, IReadOnlyList<RefundView> Refunds, IReadOnlyList<PaymentDecisionView> Decisions);
