using System.Data.Common;
using System.Diagnostics;

namespace Jangteo.Platform;

/// <summary>Delivers batches of messages to one handler; effects, outgoing messages and the cursor commit as one. What fails is parked, with all of its key behind it.</summary>
sealed class Delivery<TDb>(IServiceProvider services, Subscription subscription, string producer, bool twice, ILogger log) : IAsyncDisposable where TDb : ModuleDb
{
    /// <summary>The "producer" of the module's own due messages.</summary>
    public const string Due = "(due)";

    const int MaxAttempts = 8;

    // Only the reader that holds the lease parks and retries, so it knows without asking whether anything is parked.
    bool? _anyParked;

    // Kept from batch to batch, because making them costs more than handling a message; made anew after a failure.
    (AsyncServiceScope Scope, TDb Db, object Handler)? _made;

    public Subscription Subscription => subscription;
    public string Producer => producer;

    /// <summary>Since a batch was delivered last, or nothing was read; the reader pauses the longer, the more there are.</summary>
    public int FailuresInARow { get; set; }

    /// <summary>This reader has just been given the lease: another replica may have parked meanwhile.</summary>
    public void Begin() => _anyParked = null;

    (TDb Db, object Handler) Made()
    {
        if (_made is null)
        {
            var scope = services.CreateAsyncScope();
            _made = (scope, scope.ServiceProvider.GetRequiredService<TDb>(), scope.ServiceProvider.GetRequiredService(subscription.Handler));
        }
        return (_made.Value.Db, _made.Value.Handler);
    }

    public async ValueTask DisposeAsync()
    {
        if (_made is not { } made) return;
        _made = null;
        await made.Scope.DisposeAsync();
    }

    /// <summary>Where the subscription stands; made on first use.</summary>
    public async Task<string> Cursor(CancellationToken ct)
    {
        var db = Made().Db;
        // One that could not be saved would be in the way of the next.
        db.ChangeTracker.Clear();
        var known = await db.Cursors.AsNoTracking().FirstOrDefaultAsync(c => c.Subscription == subscription.Name && c.Producer == producer, ct);
        if (known is not null) return known.Position;
        db.Add(new SubscriptionCursor { Subscription = subscription.Name, Producer = producer, Position = "" });
        await db.SaveChangesAsync(ct);
        return "";
    }

    /// <summary>The module's own messages that are due and that this handler handles.</summary>
    public async Task<List<Envelope>> DueNow(int limit, CancellationToken ct)
    {
        var db = Made().Db;
        var now = db.Store.Time.GetUtcNow();
        var types = subscription.Messages.Keys.ToList();
        return await db.DueMessages.AsNoTracking().Where(d => d.Due <= now && types.Contains(d.Type)).OrderBy(d => d.Due).Take(limit)
            .Select(d => new Envelope("", d.Id, d.Type, d.Key, d.TraceParent, d.Data)).ToListAsync(ct);
    }

    /// <summary>Handles a batch and settles it (moves the cursor) in one transaction.</summary>
    public async Task Deliver(IReadOnlyList<Envelope> batch, Func<TDb, Task> settle, CancellationToken ct)
    {
        try
        {
            await Attempt(batch, settle, careful: false, ct);
        }
        catch (Exception e) when (!IsTransient(e, ct))
        {
            // Something in the batch is bad: once more, each message behind its own savepoint, so that only that one is parked.
            log.LogDebug(e, "{Subscription} goes through a batch message by message", subscription.Name);
            await Attempt(batch, settle, careful: true, ct);
        }
        FailuresInARow = 0;
    }

    async Task Attempt(IReadOnlyList<Envelope> batch, Func<TDb, Task> settle, bool careful, CancellationToken ct)
    {
        try
        {
            await Unit(batch, settle, careful, ct);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    Task Unit(IReadOnlyList<Envelope> batch, Func<TDb, Task> settle, bool careful, CancellationToken ct)
    {
        var (db, handler) = Made();
        if (Boundary.Reached is not null) db.Doing = $"{db.Store.Name}.{subscription.Name} {string.Join(", ", batch.Select(m => m.Type).Where(subscription.Messages.ContainsKey).Distinct())}";
        return db.Unit(async () =>
        {
            db.ChangeTracker.Clear();
            var parkedKeys = await ParkedKeys(db, ct);
            foreach (var message in batch)
            {
                if (!subscription.Messages.ContainsKey(message.Type)) continue;
                if (parkedKeys.Contains(message.Key)) await Park(db, message, null, ct);
                else if (!careful) await Handle(db, handler, message, ct);
                else if (await HandleOrUndo(db, handler, message, ct) is { } error)
                {
                    await Park(db, message, error, ct);
                    parkedKeys.Add(message.Key);
                }
            }
            await settle(db);
        }, ct);
    }

    async Task Handle(TDb db, object handler, Envelope message, CancellationToken ct)
    {
        using var activity = FeedTelemetry.Source.StartActivity($"{subscription.Name} {message.Type}", ActivityKind.Consumer, message.TraceParent);
        for (var times = twice ? 2 : 1; times > 0; times--)
        {
            await subscription.Messages[message.Type](handler, message.Data, ct);
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
        }
        FeedTelemetry.Handled.Add(1, new KeyValuePair<string, object?>("subscription", subscription.Name));
    }

    async Task<Exception?> HandleOrUndo(TDb db, object handler, Envelope message, CancellationToken ct)
    {
        var transaction = db.Database.CurrentTransaction!;
        await transaction.CreateSavepointAsync("message", ct);
        var actions = db.AwaitingCommit;
        try
        {
            await Handle(db, handler, message, ct);
            return null;
        }
        catch (Exception e) when (!IsTransient(e, ct))
        {
            await transaction.RollbackToSavepointAsync("message", ct);
            db.ChangeTracker.Clear();
            db.UndoAfterCommit(actions);
            return e;
        }
    }

    async Task<HashSet<string>> ParkedKeys(TDb db, CancellationToken ct) =>
        _anyParked is false ? [] : [.. await db.Parked.Where(p => p.Subscription == subscription.Name && p.Producer == producer).Select(p => p.Key).Distinct().ToListAsync(ct)];

    async Task Park(TDb db, Envelope message, Exception? error, CancellationToken ct)
    {
        _anyParked = true;
        var now = db.Store.Time.GetUtcNow();
        db.Add(new ParkedMessage
        {
            Subscription = subscription.Name, Producer = producer, Id = message.Id, Type = message.Type, Key = message.Key,
            TraceParent = message.TraceParent, Data = message.Data, ParkedAt = now,
            Error = error?.ToString(), Attempts = error is null ? 0 : 1, NextTryAt = error is null ? null : now + Pause(1),
        });
        await db.SaveChangesAsync(ct);
        db.ChangeTracker.Clear();
        FeedTelemetry.Parked.Add(1, new KeyValuePair<string, object?>("subscription", subscription.Name));
        if (error is not null) log.LogError(error, "{Subscription} parked {Type} of {Key}", subscription.Name, message.Type, message.Key);
    }

    /// <summary>Tries parked messages whose time has come; true while any is parked.</summary>
    public async Task<bool> RetryParked(CancellationToken ct)
    {
        if (_anyParked is false) return false;
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var mine = db.Parked.Where(p => p.Subscription == subscription.Name && p.Producer == producer);
        _anyParked = await mine.AnyAsync(ct);
        if (_anyParked is false) return false;
        var now = db.Store.Time.GetUtcNow();
        var handler = scope.ServiceProvider.GetRequiredService(subscription.Handler);
        foreach (var seq in await mine.Where(p => p.NextTryAt <= now).OrderBy(p => p.Seq).Select(p => p.Seq).Take(100).ToListAsync(ct))
            await db.Unit(() => Retry(db, handler, seq, now, ct), ct);
        return true;
    }

    async Task Retry(TDb db, object handler, long seq, DateTimeOffset now, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        // Counted first: who drops it at this moment waits until it is handled or has failed, and one that was dropped is not tried.
        if (await db.Parked.Where(p => p.Seq == seq && p.Subscription == subscription.Name).ExecuteUpdateAsync(p => p.SetProperty(x => x.Attempts, x => x.Attempts + 1), ct) == 0) return;
        var parked = await db.Parked.AsNoTracking().FirstAsync(p => p.Seq == seq, ct);
        var error = await HandleOrUndo(db, handler, new("", parked.Id, parked.Type, parked.Key, parked.TraceParent, parked.Data), ct);
        if (error is null)
        {
            await db.Parked.Where(p => p.Seq == seq).ExecuteDeleteAsync(ct);
            var next = await db.Parked.Where(p => p.Subscription == subscription.Name && p.Producer == producer && p.Key == parked.Key).OrderBy(p => p.Seq).FirstOrDefaultAsync(ct);
            if (next is not null) next.NextTryAt = now;
        }
        else
        {
            db.Attach(parked);
            (parked.Error, parked.NextTryAt) = (error.ToString(), parked.Attempts < MaxAttempts ? now + Pause(parked.Attempts) : null);
        }
        await db.SaveChangesAsync(ct);
        db.ChangeTracker.Clear();
    }

    static TimeSpan Pause(int attempts) => TimeSpan.FromSeconds(Math.Min(1 << (attempts - 1), 60));

    /// <summary>Not the message's fault: the batch is tried again as a whole.</summary>
    static bool IsTransient(Exception e, CancellationToken ct) =>
        ct.IsCancellationRequested || e is DbUpdateConcurrencyException or OperationCanceledException || ModuleDb.CauseOf(e) is { } db && (db.IsTransient || IsFullOrBusy(db));

    static bool IsFullOrBusy(DbException e) => e is Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 5 or 6 or 10 or 13 };
}
