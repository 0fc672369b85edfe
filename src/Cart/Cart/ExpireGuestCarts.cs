using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jangteo.Cart;

/// <summary>Deletes guests' carts that were not used for their life, and forgets long settled orders. Replicas may do it at once: deleting twice is deleting.</summary>
sealed class ExpireGuestCarts(IServiceScopeFactory scopes, TimeProvider time, ILogger<ExpireGuestCarts> log) : BackgroundService
{
    const int MaxRowsAtOnce = 500;
    static readonly TimeSpan Every = TimeSpan.FromMinutes(15);
    // Far longer than a feed keeps its messages, so no order is settled twice.
    static readonly TimeSpan KeepOrders = TimeSpan.FromDays(180);

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                while (await Sweep(ct) == MaxRowsAtOnce) { }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning(e, "Expiring guest carts failed; it is tried again in {Minutes} minutes", Every.TotalMinutes);
            }
        }
    }

    /// <summary>One round; gives how many carts or orders went, whichever were more. Small rounds let shoppers in between.</summary>
    public async Task<int> Sweep(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CartDb>();
        var now = time.GetUtcNow();
        var settledBefore = now - KeepOrders;
        var swept = 0;
        await db.Unit(async () =>
        {
            swept = await db.Carts.Where(c => c.ExpiresAt <= now).OrderBy(c => c.ExpiresAt).Take(MaxRowsAtOnce).ExecuteDeleteAsync(ct);
            swept = Math.Max(swept, await db.SettledOrders.Where(o => o.At < settledBefore).OrderBy(o => o.At).Take(MaxRowsAtOnce).ExecuteDeleteAsync(ct));
        }, ct);
        return swept;
    }
}
