using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.SandboxPay;

/// <summary>A movement of money in the provider's books.</summary>
/// <param name="Kind">"capture" or "refund".</param>
/// <param name="Id">The payment's key, or the refund's id.</param>
sealed record Transaction(string Id, string Kind, string PaymentKey, string Reference, Money Amount, DateTimeOffset At);

/// <summary>GET /sandbox-pay/api/report: every capture and refund, for the merchant to compare with their own books. Captures come first, each followed by its refunds.</summary>
static class Report
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/report", Handle).WithName("sandboxpay-report").WithSummary("Every capture and refund.");

    sealed record After(string Key);

    // A page holds so many payments, each with all of its refunds.
    static async Task<Page<Transaction>> Handle(SandboxPayDb db, CancellationToken ct, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.MaxLimit)
    {
        var from = Cursor.Read<After>(after)?.Key ?? "";
        var payments = await db.Payments.AsNoTracking().Where(p => p.State == PaymentState.Captured && p.Key.CompareTo(from) > 0).OrderBy(p => p.Key).Take(limit + 1).ToListAsync(ct);
        var keys = payments.Take(limit).Select(p => p.Key).ToList();
        var refunds = (await db.Refunds.AsNoTracking().Where(r => keys.Contains(r.PaymentKey)).OrderBy(r => r.Id).ToListAsync(ct)).ToLookup(r => r.PaymentKey);
        var items = payments.Take(limit).SelectMany(p => refunds[p.Key]
            .Select(r => new Transaction(r.Id.ToString(), "refund", p.Key, p.Reference, r.Amount, r.At))
            .Prepend(new(p.Key, "capture", p.Key, p.Reference, p.Amount, p.CapturedAt!.Value)));
        return new([.. items], payments.Count > limit ? Cursor.Of(new After(keys[^1])) : null);
    }
}
