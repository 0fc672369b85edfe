namespace Jangteo.Platform;

/// <summary>Removes feed rows that every known reader has passed and that are older than <c>Feeds:KeepDays</c> (30), and old idempotent answers.</summary>
sealed class FeedTrim<TDb>(IServiceScopeFactory scopes, IConfiguration configuration, TimeProvider time, ILogger<FeedTrim<TDb>> log) : BackgroundService where TDb : ModuleDb
{
    /// <summary>The reader row that remembers how far the feed was trimmed.</summary>
    public const string Mark = "(trimmed)";

    /// <summary>How long a replica may believe an old mark.</summary>
    public static readonly TimeSpan MarkHolds = TimeSpan.FromSeconds(10);

    static readonly TimeSpan Every = TimeSpan.FromMinutes(10);
    // Nobody writes meanwhile.
    const int MostAtOnce = 10_000;
    static readonly TimeSpan KeepAnswers = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                await Trim(ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning(e, "Trimming the feed failed; it is tried again in {Minutes} minutes", Every.TotalMinutes);
            }
        }
    }

    /// <summary>Trims once; returns how many messages went.</summary>
    public async Task<int> Trim(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var keepFrom = time.GetUtcNow().AddDays(-configuration.GetValue("Feeds:KeepDays", 30));
        var answersFrom = time.GetUtcNow() - KeepAnswers;
        var trimmed = 0;
        await db.Unit(async () =>
        {
            await db.IdempotentAnswers.Where(a => a.At < answersFrom).ExecuteDeleteAsync(ct);
            var readers = await db.FeedReaders.Where(r => r.Name != Mark).ToListAsync(ct);
            var mark = await db.FeedReaders.FindAsync([Mark], ct);
            if (readers.Count == 0) return;
            if (string.Join(", ", readers.Where(r => r.SeenAt < keepFrom).Select(r => r.Name)) is { Length: > 0 } gone)
                log.LogWarning("The feed of {Module} is kept for readers who have been away for longer than it is to be: {Readers}. Delete the row of one that is gone for good from feed_readers", db.Store.Name, gone);
            var passed = readers.Min(r => new FeedPosition(r.Xid, r.Seq));
            var old = (await db.Feed.OrderBy(f => f.Seq).Take(MostAtOnce).Select(f => new { f.Xid, f.Seq, f.At }).ToListAsync(ct))
                .TakeWhile(f => f.At < keepFrom).Where(f => new FeedPosition(f.Xid, f.Seq).CompareTo(passed) <= 0).ToList();
            if (old.Count == 0) return;
            foreach (var chunk in old.Select(f => f.Seq).Chunk(500)) await db.Feed.Where(f => chunk.Contains(f.Seq)).ExecuteDeleteAsync(ct);
            if (mark is null) db.Add(mark = new() { Name = Mark });
            (mark.Xid, mark.Seq) = old.Max(f => new FeedPosition(f.Xid, f.Seq)) is var last ? (last.Xid, last.Seq) : default;
            mark.SeenAt = time.GetUtcNow();
            await db.SaveChangesAsync(ct);
            trimmed = old.Count;
        }, ct);
        FeedEndpoint<TDb>.ForgetMark(db.Store);
        return trimmed;
    }
}
