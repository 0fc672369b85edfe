using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;

namespace Jangteo.Payments;

/// <summary>
/// POST /api/payments/deposits: staff enter what came into the account, one line or a whole statement. A line whose depositor
/// wrote an order's code and whose amount is exactly that order's pays it; every other is kept for people to look at.
/// </summary>
static class EnterDeposits
{
    const long MaxAmount = 1_000_000_000_000;

    public static void Map(RouteGroupBuilder payments) => payments.MapPost("/deposits", Handle).RequireAuthorization(Policies.Staff).ProducesProblem(400)
        .WithName("payments-deposits-enter").WithSummary("Enters deposits; a line that is known stays as it is, so a statement may be sent again.");

    static async Task<Results<Ok<DepositsEntered>, ProblemHttpResult>> Handle(DepositLines request, PaymentsDb db, ProviderTraffic traffic, IConfiguration mall, TimeProvider time, CancellationToken ct)
    {
        for (var i = 0; i < request.Lines.Count; i++)
            if (Wrong(request.Lines[i], i, mall["Mall:Currency"]!, time.GetUtcNow()) is { } wrong) return wrong;
        var deposits = request.Lines.GroupBy(l => l with { Depositor = l.Depositor.Trim(), Reference = l.Reference.Trim() }).SelectMany(same => same.Select((line, repeat) => Deposit.Of(line, repeat))).ToList();
        DepositsEntered entered = null!;
        await db.Unit(async () =>
        {
            var lines = deposits.ConvertAll(d => d.Line);
            var known = (await db.Deposits.Where(d => lines.Contains(d.Line)).Select(d => d.Line).ToListAsync(ct)).ToHashSet();
            var fresh = deposits.Where(d => !known.Contains(d.Line)).ToList();
            var payments = await Named(db, fresh, ct);
            var settlement = traffic.Settlement(db);
            foreach (var deposit in fresh)
            {
                db.Add(deposit);
                db.Send(new DepositKept(deposit.Id), due: deposit.ReceivedAt.AddYears(Deposit.KeepYears));
                if (deposit.Recognise([.. payments.Where(deposit.Names)]) is { } payment) settlement.Deposited(payment, deposit, by: null);
            }
            await db.SaveChangesAsync(ct);
            entered = new(fresh.Count, fresh.Count(d => d.Status == DepositStatus.Matched), known.Count);
        }, ct);
        return TypedResults.Ok(entered);
    }

    static ProblemHttpResult? Wrong(DepositLine? line, int i, string currency, DateTimeOffset now) =>
        line is null ? Problems.Invalid($"lines[{i}]", "May not be null.")
        : line.Amount.Amount is < 1 or > MaxAmount ? Problems.Invalid($"lines[{i}].amount", $"Between 1 and {MaxAmount}.")
        : line.Amount.Currency != currency ? Problems.Invalid($"lines[{i}].amount.currency", $"The currency is {currency}.")
        : line.ReceivedAt > now.AddDays(1) || line.ReceivedAt < now.AddYears(-Deposit.KeepYears) ? Problems.Invalid($"lines[{i}].receivedAt", "Not in the last five years.")
        : null;

    /// <summary>The payments whose code somebody may have written, held.</summary>
    static async Task<List<Payment>> Named(PaymentsDb db, List<Deposit> deposits, CancellationToken ct)
    {
        var codes = deposits.SelectMany(d => d.Codes()).Distinct().ToList();
        var orders = await db.Payments.Where(p => p.Method == PaymentMethods.BankTransfer && p.DepositCode != null && codes.Contains(p.DepositCode)).Select(p => p.OrderId).ToArrayAsync(ct);
        return await db.Hold(orders, ct);
    }
}
