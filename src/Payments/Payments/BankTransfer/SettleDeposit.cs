using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>POST /api/payments/deposits/{id}/match and …/return: staff say for which order a deposit is, or that they have sent it back. Both are safe to repeat.</summary>
static class SettleDeposit
{
    public static void Map(RouteGroupBuilder payments)
    {
        payments.MapPost("/deposits/{id:guid}/match", Match).RequireAuthorization(Policies.Staff).ProducesProblem(404).ProducesProblem(409)
            .WithName("payments-deposits-match").WithSummary("The deposit pays this order; refused unless it waits for exactly this amount.");
        payments.MapPost("/deposits/{id:guid}/return", Return).RequireAuthorization(Policies.Staff).ProducesProblem(404).ProducesProblem(409)
            .WithName("payments-deposits-return").WithSummary("The deposit was sent back.");
    }

    static Task<Results<Ok<DepositView>, ProblemHttpResult>> Match(Guid id, DepositMatch match, Caller caller, PaymentsDb db, ProviderTraffic traffic, CancellationToken ct) => Settle(id, db, async deposit =>
    {
        if (deposit.Status == DepositStatus.Matched && deposit.OrderId == match.OrderId) return null;
        if (deposit.Status != DepositStatus.Unmatched) return AlreadySettled(deposit);
        if (await db.Hold(match.OrderId, ct) is not { IsRequested: true, Method: PaymentMethods.BankTransfer } payment) return Problems.Invalid("orderId", "It is no order that is paid by bank transfer.");
        if (payment.Status != PaymentStatus.Open) return Problems.Conflict("payment-closed", "This order does not wait for money any more.", ("paymentStatus", payment.Status));
        if (!deposit.Fits(payment)) return Problems.Conflict("amount-mismatch", "The amount is not the order's.", ("amount", payment.Amount));
        traffic.Settlement(db).Deposited(payment, deposit, caller.Member);
        return null;
    }, ct);

    static Task<Results<Ok<DepositView>, ProblemHttpResult>> Return(Guid id, DepositReturn back, Caller caller, PaymentsDb db, TimeProvider time, CancellationToken ct) => Settle(id, db, deposit =>
    {
        if (deposit.Status == DepositStatus.Unmatched) deposit.Return(back.Note, caller.Member, time.GetUtcNow());
        return Task.FromResult(deposit.Status == DepositStatus.Returned ? null : AlreadySettled(deposit));
    }, ct);

    static async Task<Results<Ok<DepositView>, ProblemHttpResult>> Settle(Guid id, PaymentsDb db, Func<Deposit, Task<ProblemHttpResult?>> decide, CancellationToken ct)
    {
        Results<Ok<DepositView>, ProblemHttpResult> answer = Problems.NotFound("deposit");
        await db.Unit(async () =>
        {
            if (await db.Deposits.FirstOrDefaultAsync(d => d.Id == id, ct) is not { } deposit) return;
            if (await decide(deposit) is { } refusal)
            {
                answer = refusal;
                return;
            }
            await db.SaveChangesAsync(ct);
            answer = TypedResults.Ok(deposit.View([]));
        }, ct);
        return answer;
    }

    static ProblemHttpResult AlreadySettled(Deposit deposit) => Problems.Conflict("already-settled", "This deposit was settled before.", ("depositStatus", deposit.Status));
}
