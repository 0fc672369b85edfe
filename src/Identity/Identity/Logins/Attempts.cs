using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Logins;

/// <summary>How many attempts are free, and how long the wait grows after them.</summary>
/// <param name="Key">What is counted.</param>
/// <param name="Free">Attempts before the first wait.</param>
/// <param name="FirstWait">Doubles with each further attempt.</param>
/// <param name="LongestWait">Where doubling ends.</param>
/// <param name="Forget">After so long without an attempt the count begins anew.</param>
sealed record AttemptLimit(string Key, int Free, TimeSpan FirstWait, TimeSpan LongestWait, TimeSpan Forget);

/// <summary>
/// Counts attempts under a key, in the database so that it holds across replicas. An attempt is counted before the
/// password is looked at and taken back when it was right: parallel guesses get no head start.
/// </summary>
sealed class Attempts
{
    public required string Key { get; init; }
    public int Count { get; set; }
    public DateTimeOffset LastAt { get; set; }
    public DateTimeOffset BlockedUntil { get; set; }

    /// <summary>Counts an attempt that may go on; the last free one starts the first wait.</summary>
    public void Take(AttemptLimit limit, DateTimeOffset now)
    {
        if (now - LastAt > limit.Forget) Count = 0;
        (Count, LastAt) = (Count + 1, now);
        if (Count >= limit.Free)
            BlockedUntil = now + TimeSpan.FromTicks(Math.Min(limit.LongestWait.Ticks, limit.FirstWait.Ticks << Math.Min(Count - limit.Free, 20)));
    }

    /// <summary>Takes an attempt back; a wait that others have earned stays.</summary>
    public void GiveBack(AttemptLimit limit, bool all)
    {
        Count = all ? 0 : Math.Max(0, Count - 1);
        if (Count < limit.Free) BlockedUntil = DateTimeOffset.UnixEpoch;
    }

    /// <summary>Counts one attempt under every limit, or none while any is blocked; returns how long to wait, zero to go on.</summary>
    public static async Task<TimeSpan> Take(IdentityDb db, IReadOnlyList<AttemptLimit> limits, DateTimeOffset now, CancellationToken ct)
    {
        var wait = TimeSpan.Zero;
        await db.Unit(async () =>
        {
            var rows = await Locked(db, limits, ct);
            wait = rows.Max(row => row.BlockedUntil - now);
            if (wait > TimeSpan.Zero) return;
            foreach (var limit in limits) rows.Single(r => r.Key == limit.Key).Take(limit, now);
            await Store(db, rows, ct);
        }, ct);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    /// <summary>The attempt was right: forgets the first limit's count, takes the attempt back from the others.</summary>
    public static Task GiveBack(IdentityDb db, IReadOnlyList<AttemptLimit> limits, CancellationToken ct) => db.Unit(async () =>
    {
        var rows = await Locked(db, limits, ct);
        foreach (var limit in limits) rows.Single(r => r.Key == limit.Key).GiveBack(limit, all: limit == limits[0]);
        await Store(db, rows, ct);
    }, ct);

    /// <summary>Takes one attempt back.</summary>
    public static Task GiveBackOne(IdentityDb db, AttemptLimit limit, CancellationToken ct) => db.Unit(async () =>
    {
        var rows = await Locked(db, [limit], ct);
        rows[0].GiveBack(limit, all: false);
        await Store(db, rows, ct);
    }, ct);

    /// <summary>The rows, made where missing and locked in one order, so that replicas count one after another.</summary>
    static async Task<List<Attempts>> Locked(IdentityDb db, IReadOnlyList<AttemptLimit> limits, CancellationToken ct)
    {
        var rows = new List<Attempts>();
        var epoch = db.IsSqlite ? "0" : "'1970-01-01T00:00:00Z'";
        var insert = $$"""INSERT INTO attempts ("Key", "Count", "LastAt", "BlockedUntil") VALUES ({0}, 0, {{epoch}}, {{epoch}}) ON CONFLICT ("Key") DO NOTHING""";
        var select = """SELECT * FROM attempts WHERE "Key" = {0}""" + (db.IsSqlite ? "" : " FOR UPDATE");
        foreach (var key in limits.Select(l => l.Key).Order(StringComparer.Ordinal))
        {
            await db.Database.ExecuteSqlRawAsync(insert, [key], ct);
            rows.Add(await db.Attempts.FromSqlRaw(select, key).AsNoTracking().SingleAsync(ct));
        }
        return rows;
    }

    static async Task Store(IdentityDb db, List<Attempts> rows, CancellationToken ct)
    {
        foreach (var row in rows)
            await db.Attempts.Where(a => a.Key == row.Key).ExecuteUpdateAsync(set => set
                .SetProperty(a => a.Count, row.Count).SetProperty(a => a.LastAt, row.LastAt).SetProperty(a => a.BlockedUntil, row.BlockedUntil), ct);
    }
}
