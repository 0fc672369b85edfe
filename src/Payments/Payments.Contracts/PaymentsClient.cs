using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;

namespace Jangteo.Payments.Contracts;

/// <summary>Where a payment stands.</summary>
public enum PaymentStatus
{
    /// <summary>Asked for; the payer has not paid.</summary>
    Open,
    /// <summary>The provider was asked and its answer is not known yet.</summary>
    Pending,
    /// <summary>The money is ours.</summary>
    Captured,
    /// <summary>Declined for good.</summary>
    Declined,
    /// <summary>Off before it was captured.</summary>
    Voided,
    /// <summary>All of it went back.</summary>
    Refunded,
}

/// <summary>Where to send the payer's browser.</summary>
public sealed record PaymentStart(string RedirectUrl);

/// <summary>What the provider's return page brings along.</summary>
/// <param name="PaymentKey">The provider's name of the payment.</param>
/// <param name="Amount">What the payer was shown; must be the stored amount.</param>
public sealed record PaymentConfirmation([StringLength(200, MinimumLength = 1)] string PaymentKey, Money Amount);

/// <summary>A refund by staff.</summary>
/// <param name="Amount">Whole or part, never more than is left of what was captured.</param>
public sealed record RefundRequest(Money Amount, [StringLength(200, MinimumLength = 1)] string Reason);

/// <summary>An entry of the append-only ledger.</summary>
/// <param name="Kind">"capture", "refund", "refund-outside" the provider, "extra-capture" and "extra-refund" of what it charged beyond the order; corrections: "capture-added", "capture-reversed", "refund-reversed".</param>
public sealed record LedgerEntryView(Guid Id, string Kind, Money Amount, string Reference, DateTimeOffset At);

/// <summary>A payment.</summary>
/// <param name="Ledger">For staff; empty for others.</param>
/// <param name="Deposit">Where to send the money, when the buyer does so themselves.</param>
public sealed record PaymentView(Guid OrderId, PaymentStatus Status, Money Amount, Money Captured, Money Refunded, string Method, string? LastDecline, IReadOnlyList<LedgerEntryView> Ledger, DepositInstructions? Deposit = null);

/// <summary>Asks Payments.</summary>
public sealed class PaymentsClient(HttpClient http)
{
    /// <summary>POST /api/payments/{orderId}/start: 404 until the order awaits payment.</summary>
    public Task<Answer<PaymentStart>> Start(Guid orderId, CancellationToken ct = default) => http.Ask<PaymentStart>(HttpMethod.Post, $"/api/payments/{orderId}/start", null, ct);

    /// <summary>POST /api/payments/{orderId}/confirm: the return page; safe to repeat, and it races the webhook.</summary>
    public Task<Answer<PaymentView>> Confirm(Guid orderId, PaymentConfirmation confirmation, CancellationToken ct = default) => http.Ask<PaymentView>(HttpMethod.Post, $"/api/payments/{orderId}/confirm", confirmation, ct);

    /// <summary>GET /api/payments/methods: the ways to pay that the shop is set up for.</summary>
    public Task<Answer<OfferedMethods>> Methods(CancellationToken ct = default) => http.Ask<OfferedMethods>(HttpMethod.Get, "/api/payments/methods", null, ct);

    /// <summary>GET /api/payments/deposits: staff; newest first.</summary>
    public Task<Answer<Page<DepositView>>> Deposits(DepositStatus? status = null, string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<DepositView>>(HttpMethod.Get, Calls.Query("/api/payments/deposits", ("status", status), ("after", after), ("limit", limit)), null, ct);

    /// <summary>POST /api/payments/deposits: staff; lines that are known stay as they are, so it is safe to repeat.</summary>
    public Task<Answer<DepositsEntered>> EnterDeposits(IReadOnlyList<DepositLine> lines, CancellationToken ct = default) => http.Ask<DepositsEntered>(HttpMethod.Post, "/api/payments/deposits", new DepositLines(lines), ct);

    /// <summary>POST /api/payments/deposits/{id}/match: staff; 409 amount-mismatch, payment-closed or already-settled.</summary>
    public Task<Answer<DepositView>> MatchDeposit(Guid id, Guid orderId, CancellationToken ct = default) => http.Ask<DepositView>(HttpMethod.Post, $"/api/payments/deposits/{id}/match", new DepositMatch(orderId), ct);

    /// <summary>POST /api/payments/deposits/{id}/return: staff have sent it back; 409 already-settled.</summary>
    public Task<Answer<DepositView>> ReturnDeposit(Guid id, string note, CancellationToken ct = default) => http.Ask<DepositView>(HttpMethod.Post, $"/api/payments/deposits/{id}/return", new DepositReturn(note), ct);

    /// <summary>GET /api/payments/{orderId}: one's own; staff see all and the ledger.</summary>
    public Task<Answer<PaymentView>> Get(Guid orderId, CancellationToken ct = default) => http.Ask<PaymentView>(HttpMethod.Get, $"/api/payments/{orderId}", null, ct);

    /// <summary>POST /api/payments/{orderId}/refunds: staff. Safe to repeat with the same key.</summary>
    public Task<Answer<PaymentView>> Refund(Guid orderId, RefundRequest refund, string idempotencyKey, CancellationToken ct = default) =>
        http.Ask<PaymentView>(HttpMethod.Post, $"/api/payments/{orderId}/refunds", refund, ct, idempotencyKey);

    /// <summary>GET /api/payments/reviews: what does not settle itself, longest waiting first; staff.</summary>
    public Task<Answer<Page<PaymentReview>>> Reviews(string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<PaymentReview>>(HttpMethod.Get, Calls.Query("/api/payments/reviews", ("after", after), ("limit", limit)), null, ct);

    /// <summary>POST /api/payments/reviews/{id}/decisions: staff. Safe to repeat; 409 already-settled when another decision came first.</summary>
    public Task<Answer<PaymentDecisionView>> Decide(Guid id, PaymentDecision decision, string idempotencyKey, CancellationToken ct = default) =>
        http.Ask<PaymentDecisionView>(HttpMethod.Post, $"/api/payments/reviews/{id}/decisions", decision, ct, idempotencyKey);

    /// <summary>GET /api/payments/{orderId}/path: everything that happened to a payment; staff.</summary>
    public Task<Answer<PaymentPath>> Path(Guid orderId, CancellationToken ct = default) => http.Ask<PaymentPath>(HttpMethod.Get, $"/api/payments/{orderId}/path", null, ct);

    /// <summary>GET /api/payments/reconciliations: the comparisons with the provider's report, newest first; staff.</summary>
    public Task<Answer<Page<ReconciliationView>>> Reconciliations(string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<ReconciliationView>>(HttpMethod.Get, Calls.Query("/api/payments/reconciliations", ("after", after), ("limit", limit)), null, ct);

    /// <summary>POST /api/payments/reconciliations: compares soon; staff. Safe to repeat with the same key.</summary>
    public Task<Answer<ReconciliationView>> Reconcile(ReconciliationRequest request, string idempotencyKey, CancellationToken ct = default) =>
        http.Ask<ReconciliationView>(HttpMethod.Post, "/api/payments/reconciliations", request, ct, idempotencyKey);

    /// <summary>GET /api/payments/differences: what differs from the provider's books and is not decided yet; staff.</summary>
    public Task<Answer<Page<DifferenceView>>> Differences(string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<DifferenceView>>(HttpMethod.Get, Calls.Query("/api/payments/differences", ("after", after), ("limit", limit)), null, ct);

    /// <summary>POST /api/payments/differences/{id}/decisions: repairs a difference or leaves it; staff. Safe to repeat; 409 already-settled.</summary>
    public Task<Answer<PaymentDecisionView>> Settle(Guid id, DifferenceDecision decision, string idempotencyKey, CancellationToken ct = default) =>
        http.Ask<PaymentDecisionView>(HttpMethod.Post, $"/api/payments/differences/{id}/decisions", decision, ct, idempotencyKey);
}
