namespace Jangteo.Platform;

/// <summary>
/// Drives a module's subscriptions: for each (handler, producer) one active reader among all replicas reads the next
/// batch and commits its effects together with the cursor. Due messages of the module are driven likewise.
/// </summary>
sealed class SubscriptionPump<TDb>(string module, IServiceProvider services) : BackgroundService where TDb : ModuleDb
{
    const int BatchSize = 100;
    const int MaxBackoffMilliseconds = 2_000;
    static readonly TimeSpan LeaseRetry = TimeSpan.FromSeconds(1);
    static readonly TimeSpan CommitPassed = TimeSpan.FromSeconds(1);
    static readonly TimeSpan DuePoll = TimeSpan.FromMilliseconds(500);

    readonly ILogger _log = services.GetRequiredService<ILoggerFactory>().CreateLogger($"Jangteo.Feeds.{module}");
    readonly ModuleStore _store = services.GetRequiredKeyedService<ModuleStore>(typeof(TDb));
    readonly bool _twice = services.GetRequiredService<IConfiguration>().GetValue<bool>("Feeds:DeliverTwice");

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        await services.GetRequiredService<IHostApplicationLifetime>().Started(ct);
        var subscriptions = services.GetKeyedServices<Subscription>(module).ToList();
        var readers = subscriptions.SelectMany(s => s.Producers.Select(p => Lead($"{s.Name}.{p}", new Delivery<TDb>(services, s, p, _twice, _log), ReadFeed, ct)));
        var timers = subscriptions.Where(s => s.HearsItself).Select(s => Lead($"{s.Name}.{Delivery<TDb>.Due}", new Delivery<TDb>(services, s, Delivery<TDb>.Due, _twice, _log), ReadDue, ct));
        await Task.WhenAll([.. readers, .. timers]);
    }

    /// <summary>Waits for the lease and works under it; whatever breaks, it begins again after a pause.</summary>
    async Task Lead(string name, Delivery<TDb> delivery, Func<Delivery<TDb>, Lease, CancellationToken, Task> work, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var lease = await new Leases(_store).TryTake(name, ct);
                delivery.Begin();
                if (lease is null) await Task.Delay(LeaseRetry, ct);
                else while (true) await work(delivery, lease, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                var backoff = Math.Min(50 << Math.Min(delivery.FailuresInARow++, 10), MaxBackoffMilliseconds);
                _log.LogWarning("{Subscription} pauses {Milliseconds} ms: {Reason}", name, backoff, e.Message);
                _log.LogDebug(e, "{Subscription} paused", name);
                await Task.Delay(backoff, ct).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    async Task ReadFeed(Delivery<TDb> delivery, Lease lease, CancellationToken ct)
    {
        var feed = services.GetRequiredKeyedService<FeedClient>(FeedClients.NameOf(delivery.Producer, module));
        var reader = $"{module}.{delivery.Subscription.Name}";
        var cursor = await delivery.Cursor(ct);
        var (committed, committedAt) = (cursor, DateTime.UtcNow);
        while (true)
        {
            var anyParked = await delivery.RetryParked(ct);
            Boundary.At("before read of", (reader, delivery.Producer));
            var (events, next) = await feed.Read(cursor, BatchSize, anyParked || cursor != committed ? 1 : FeedClients.WaitSeconds, reader, delivery.Subscription.Types, ct);
            Boundary.At("after read of", (reader, delivery.Producer));
            await lease.Check(ct);
            if (events.Count == 0) delivery.FailuresInARow = 0;
            cursor = next;
            // What was only passed is written down now and then, so that what others announce costs this module nothing.
            if (cursor == committed || events.Count == 0 && DateTime.UtcNow - committedAt < CommitPassed) continue;
            var (from, to) = (committed, cursor);
            await delivery.Deliver(events, db => db.MoveCursor(delivery.Subscription.Name, delivery.Producer, from, to, ct), ct);
            (committed, committedAt) = (cursor, DateTime.UtcNow);
            if (events.Count < BatchSize && delivery.Subscription.Rest > TimeSpan.Zero) await Task.Delay(delivery.Subscription.Rest, ct);
        }
    }

    async Task ReadDue(Delivery<TDb> delivery, Lease lease, CancellationToken ct)
    {
        await delivery.RetryParked(ct);
        var due = await delivery.DueNow(BatchSize, ct);
        if (due.Count > 0)
        {
            Boundary.At("after read of", ($"{module}.{delivery.Subscription.Name}", delivery.Producer));
            await lease.Check(ct);
            await delivery.Deliver(due, db => RemoveDue(db, due, ct), ct);
        }
        if (due.Count < BatchSize) await Task.Delay(DuePoll, ct);
    }

    static async Task RemoveDue(TDb db, List<Envelope> due, CancellationToken ct)
    {
        var ids = due.Select(d => d.Id).ToList();
        if (await db.DueMessages.Where(d => ids.Contains(d.Id)).ExecuteDeleteAsync(ct) != ids.Count)
            throw new InvalidOperationException("Another reader has taken over.");
    }
}
