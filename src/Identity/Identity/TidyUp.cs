using Jangteo.Identity.Logins;
using Jangteo.Identity.Mails;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jangteo.Identity;

/// <summary>Every hour removes what has had its time: ended sessions, used links, forgotten counters and devices, old mails.</summary>
sealed class TidyUp(IServiceScopeFactory scopes, TimeProvider time, ILogger<TidyUp> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(Every, ct);
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await Remove(scope.ServiceProvider.GetRequiredService<IdentityDb>(), time.GetUtcNow(), ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning("Tidying up waits: {Reason}", e.Message);
            }
        }
    }

    internal static async Task Remove(IdentityDb db, DateTimeOffset now, CancellationToken ct)
    {
        var (yesterday, lastMonth, lastQuarter, lastYear) = (now.AddDays(-2), now - MemberSession.IdleFor, now.AddDays(-90), now.AddDays(-365));
        SendMails.DeleteFiles(db.Store.DataFolder, lastQuarter);
        await db.Unit(async () =>
        {
            await db.Sessions.Where(s => s.EndsAt < lastMonth || s.EndedAt < lastMonth).ExecuteDeleteAsync(ct);
            await db.MailedTokens.Where(t => t.ExpiresAt < yesterday).ExecuteDeleteAsync(ct);
            await db.Attempts.Where(a => a.LastAt < yesterday && a.BlockedUntil < yesterday).ExecuteDeleteAsync(ct);
            await db.Devices.Where(d => d.SeenAt < lastYear).ExecuteDeleteAsync(ct);
            await db.Mails.Where(m => m.At < lastQuarter).ExecuteDeleteAsync(ct);
        }, ct);
    }
}
