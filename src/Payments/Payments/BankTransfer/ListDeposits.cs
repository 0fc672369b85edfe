using System.ComponentModel.DataAnnotations;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>GET /api/payments/deposits: what came into the account, newest first; those without an order with the orders they may be for.</summary>
static class ListDeposits
{
    const int MaxCandidates = 500;

    public static void Map(RouteGroupBuilder payments) => payments.MapGet("/deposits", Handle).RequireAuthorization(Policies.Staff).ProducesProblem(400)
        .WithName("payments-deposits").WithSummary("Deposits, newest first.");

    sealed record After(DateTimeOffset At, Guid Id);

    static async Task<Ok<Page<DepositView>>> Handle(PaymentsDb db, CancellationToken ct, DepositStatus? status = null, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var deposits = db.Deposits.AsNoTracking().Where(d => status == null || d.Status == status);
        if (Cursor.Read<After>(after) is var (at, id)) deposits = deposits.Where(d => d.ReceivedAt < at || d.ReceivedAt == at && d.Id.CompareTo(id) < 0);
        var rows = await deposits.OrderByDescending(d => d.ReceivedAt).ThenByDescending(d => d.Id).Take(limit + 1).ToListAsync(ct);
        var candidates = await Candidates(db, [.. rows.Where(d => d.Status == DepositStatus.Unmatched)], ct);
        return TypedResults.Ok(Page<DepositView>.From(rows, limit, d => d.View(candidates), d => Cursor.Of(new After(d.ReceivedAt, d.Id))));
    }

    static async Task<List<Payment>> Candidates(PaymentsDb db, List<Deposit> unmatched, CancellationToken ct)
    {
        if (unmatched.Count == 0) return [];
        var codes = unmatched.SelectMany(d => d.Codes()).Distinct().ToList();
        var amounts = unmatched.Select(d => d.Amount.Amount).Distinct().ToList();
        return await db.Payments.AsNoTracking().Where(p => p.Method == PaymentMethods.BankTransfer && p.DepositCode != null)
            .Where(p => codes.Contains(p.DepositCode!) || p.Status == PaymentStatus.Open && amounts.Contains(p.Amount.Amount)).OrderBy(p => p.ExpiresAt).Take(MaxCandidates).ToListAsync(ct);
    }
}
