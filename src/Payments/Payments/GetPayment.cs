using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>GET /api/payments/{orderId}: one's own payment; staff see all and the ledger.</summary>
static class GetPayment
{
    public static void Map(RouteGroupBuilder payments) => payments.MapGet("/{orderId:guid}", Handle)
        .RequireAuthorization(Policies.Member).WithName("payments-get").WithSummary("A payment; staff see its ledger, too.");

    static async Task<Results<Ok<PaymentView>, ProblemHttpResult>> Handle(Guid orderId, Caller caller, PaymentsDb db, CancellationToken ct)
    {
        var payment = await db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.OrderId == orderId, ct);
        if (payment is not { IsRequested: true } || !caller.IsStaff && payment.MemberId != caller.Member) return Problems.NotFound("payment");
        return TypedResults.Ok(await View(db, payment, withLedger: caller.IsStaff, ct));
    }

    public static async Task<PaymentView> View(PaymentsDb db, Payment payment, bool withLedger, CancellationToken ct)
    {
        var ledger = !withLedger ? [] : await db.Ledger.AsNoTracking().Where(e => e.OrderId == payment.OrderId).OrderBy(e => e.At).ThenBy(e => e.Id)
            .Select(e => new LedgerEntryView(e.Id, e.Kind, e.Amount, e.Reference, e.At)).ToListAsync(ct);
        var currency = payment.Amount.Currency;
        return new(payment.OrderId, payment.Status, payment.Amount, new(payment.Captured, currency), new(payment.Refunded, currency), payment.Method, payment.LastDecline, ledger, Instructions(payment));
    }

    static DepositInstructions? Instructions(Payment payment) => payment is { AccountBank: { } bank, AccountNumber: { } number, AccountHolder: { } holder }
        ? new(bank, number, holder, payment.DepositCode ?? "", payment.ExpiresAt) : null;
}
