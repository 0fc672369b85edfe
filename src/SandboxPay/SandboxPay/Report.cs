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

/// <summary>
/// GET /sandbox-pay/api/report: every capture and refund, of a period or of all time, for the merchant to compare with their
/// own books. Payments come in the order of their keys, each capture before its refunds.
/// </summary>
static class Report
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/report", Handle).WithName("sandboxpay-report").WithSummary("Every capture and refund from a time until before another.");

    sealed record After(string Key);

    // A page holds so many payments, each with all of its refunds.
    static async Task<Page<Transaction>> Handle(SandboxPayDb db, CancellationToken ct, DateTimeOffset? from = null, DateTimeOffset? until = null,
        string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.MaxLimit)
    {
        var (begin, end, last) = (from ?? DateTimeOffset.UnixEpoch, until ?? DateTimeOffset.MaxValue, Cursor.Read<After>(after)?.Key ?? "");
        var moved = db.Refunds.Where(r => r.At >= begin && r.At < end);
        var payments = await db.Payments.AsNoTracking().Where(p => p.State == PaymentState.Captured && p.Key.CompareTo(last) > 0)
            .Where(p => p.CapturedAt >= begin && p.CapturedAt < end || moved.Any(r => r.PaymentKey == p.Key)).OrderBy(p => p.Key).Take(limit + 1).ToListAsync(ct);
        var keys = payments.Take(limit).Select(p => p.Key).ToList();
        var refunds = (await moved.AsNoTracking().Where(r => keys.Contains(r.PaymentKey)).OrderBy(r => r.Id).ToListAsync(ct)).ToLookup(r => r.PaymentKey);
        var items = payments.Take(limit).SelectMany(p => refunds[p.Key]
            .Select(r => new Transaction(r.Id.ToString(), "refund", p.Key, p.Reference, r.Amount, r.At))
            .Prepend(new(p.Key, "capture", p.Key, p.Reference, p.Amount, p.CapturedAt!.Value)).Where(t => t.At >= begin && t.At < end));
        return new([.. items], payments.Count > limit ? Cursor.Of(new After(keys[^1])) : null);
    }
}
