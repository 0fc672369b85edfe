using System.Globalization;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jangteo.Payments;

/// <summary>
/// Makes the comparisons: one a day from the configured hour, which the first replica to see the hour asks for, and those that
/// staff ask for. Of several replicas the one that moves a run's time on makes it; when it dies, another does later.
/// Compared are the chosen provider and every other that is configured and has payments of ours, each for itself.
/// </summary>
sealed class Reconciler(IServiceScopeFactory scopes, IPaymentProvider chosen, IServiceProvider providers, IOptions<PaymentsOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Reconciler> log)
    : BackgroundService
{
    const int MaxMovements = 2_000_000;
    const int IdsAtOnce = 500;
    const int LongestPauses = 12;
    static readonly TimeSpan HandsOff = TimeSpan.FromMinutes(10);

    /// <summary>How much later than the provider we may have booked something that was asked about for long.</summary>
    static readonly TimeSpan Late = TimeSpan.FromDays(3);

    /// <summary>How far our clock and the provider's may be apart.</summary>
    static readonly TimeSpan Skew = TimeSpan.FromHours(2);

    /// <summary>How far the clocks of our replicas may be apart.</summary>
    static readonly TimeSpan ReplicaSkew = TimeSpan.FromMinutes(1);

    /// <summary>A run's look at one provider's books.</summary>
    /// <param name="Began">Surely before its report was read.</param>
    sealed record Look(IPaymentProvider Provider, Guid Run, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset Began)
    {
        /// <summary>What we booked from then on may belong to the period.</summary>
        public DateTimeOffset Since => From - Skew < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : From - Skew;

        /// <summary>The ids of entries are in the order of time, so what follows is a range of the primary key.</summary>
        public Guid FirstEntry => Guid.CreateVersion7(Since);
    }

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        // The provider may live in this process.
        await lifetime.Started(ct);
        using var poll = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.ReconcilePollSeconds), time);
        while (await poll.WaitForNextTickAsync(ct))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<PaymentsDb>();
                await AskForToday(db, ct);
                if (await Claim(db, ct) is { } run) await Make(db, run, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning("Reconciliation pauses: {Reason}", e.Message);
            }
        }
    }

    DateTimeOffset _asked;

    async Task AskForToday(PaymentsDb db, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (now < _asked) return;
        var due = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddHours(options.Value.ReconcileAtUtcHour);
        if (due > now) due = due.AddDays(-1);
        var day = due.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        // A new shop has nothing to compare before its first night.
        var oldest = await db.Ledger.OrderBy(e => e.Id).Select(e => (DateTimeOffset?)e.At).FirstOrDefaultAsync(ct);
        if (oldest < due && !await db.Reconciliations.AnyAsync(r => r.Day == day, ct))
        {
            var last = await db.Reconciliations.Where(r => r.EndedAt != null).OrderByDescending(r => r.Until).Select(r => (DateTimeOffset?)r.Until).FirstOrDefaultAsync(ct);
            var from = (last is { } until && until < now ? until : now.AddDays(-1)).AddDays(-1);
            // Earlier nights' that could not be ended go on as this one: while a provider cannot be asked, there is one to try again and not one for each night.
            foreach (var open in await db.Reconciliations.Where(r => r.Day != null && r.NextTryAt != null).ToListAsync(ct))
            {
                from = open.From < from ? open.From : from;
                (open.NextTryAt, open.Error) = (null, open.Error ?? "Goes on with the next day's.");
            }
            db.Add(new ReconciliationRun { Id = Guid.CreateVersion7(), Day = day, From = from, Until = now, AskedAt = now, NextTryAt = now });
            // Another replica may ask at the same moment: the day is unique, the loser finds it the next time round.
            await db.SaveChangesAsync(ct);
        }
        _asked = due.AddDays(1);
    }

    async Task<ReconciliationRun?> Claim(PaymentsDb db, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (await db.Reconciliations.AsNoTracking().Where(r => r.NextTryAt <= now).OrderBy(r => r.NextTryAt).FirstOrDefaultAsync(ct) is not { } run) return null;
        var claimed = 0;
        await db.Unit(async () => claimed = await db.Reconciliations.Where(r => r.Id == run.Id && r.NextTryAt == run.NextTryAt)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.NextTryAt, now + HandsOff).SetProperty(x => x.Attempts, x => x.Attempts + 1), ct), ct);
        return claimed == 1 ? run : null;
    }

    async Task Make(PaymentsDb db, ReconciliationRun run, CancellationToken ct)
    {
        var (movements, found, errors) = (0, 0, new List<string>());
        foreach (var provider in await Compared(db, ct))
        {
            db.ChangeTracker.Clear();
            try
            {
                var (moved, differ) = await Compare(db, new(provider, run.Id, run.From, run.Until, time.GetUtcNow() - ReplicaSkew), ct);
                (movements, found) = (movements + moved, found + differ);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                // One that cannot be asked does not keep the others from being compared.
                log.LogWarning(e, "The books of {Provider} could not be compared from {From} until {Until}", provider.Name, run.From, run.Until);
                errors.Add($"{provider.Name}: {e.Message}");
            }
        }
        db.ChangeTracker.Clear();
        await db.Unit(() => End(db, run, movements, found, errors, ct), ct);
    }

    async Task<List<IPaymentProvider>> Compared(PaymentsDb db, CancellationToken ct)
    {
        var compared = new List<IPaymentProvider> { chosen };
        foreach (var other in providers.GetKeyedServices<IPaymentProvider>(KeyedService.AnyKey).Where(p => p.Name != chosen.Name))
            if (await db.Payments.AnyAsync(p => p.Provider == other.Name, ct)) compared.Add(other);
        return compared;
    }

    /// <summary>Compares one provider's books with ours; gives how many movements it reported and how many differ.</summary>
    async Task<(int Movements, int Found)> Compare(PaymentsDb db, Look look, CancellationToken ct)
    {
        var theirs = await Report(db, look, ct);
        var failed = theirs.FindAll(t => t.Kind == ProviderTransaction.RefundFailed && t.At - Skew < look.From);
        if (failed.Count > 0)
        {
            // What came back now is to be compared as of the day on which it went.
            look = look with { From = failed.Min(t => t.At) - Skew };
            theirs = await Report(db, look, ct);
        }
        var ours = await Read(db, look, theirs, ct);
        var differences = new Comparison(ours, theirs, look.From, look.Until).Differences();
        await db.Unit(() => Write(db, look, differences, ours.UnderWay, ct), ct);
        return (theirs.Count, differences.Count);
    }

    async Task<List<ProviderTransaction>> Report(PaymentsDb db, Look look, CancellationToken ct)
    {
        var theirs = new List<ProviderTransaction>();
        await foreach (var movement in look.Provider.Report(await Reach(db, look, ct), time.GetUtcNow() + Skew, ct))
        {
            theirs.Add(movement);
            if (theirs.Count > MaxMovements) throw new InvalidOperationException($"More than {MaxMovements} movements: choose a shorter period.");
        }
        return theirs;
    }

    // Whatever we booked in the period is looked for from where it began: its call may have been open for long, or staff repaired late.
    static async Task<DateTimeOffset> Reach(PaymentsDb db, Look look, CancellationToken ct)
    {
        var (first, since) = (look.FirstEntry, look.Since);
        var asked = await db.Ledger.Where(e => e.Id.CompareTo(first) >= 0 && e.At >= since).Join(db.Calls, e => e.OrderId, c => c.OrderId, (_, c) => c)
            .Where(c => c.AnsweredAt >= since && c.Kind != CallKind.Watch && c.Kind != CallKind.Find).OrderBy(c => c.CreatedAt).Select(c => (DateTimeOffset?)c.CreatedAt).FirstOrDefaultAsync(ct);
        var repaired = await db.Differences.Where(d => d.Status == DifferenceStatus.Repaired && db.Decisions.Any(x => x.SubjectId == d.Id && x.At >= since))
            .OrderBy(d => d.MovedAt).Select(d => (DateTimeOffset?)d.MovedAt).FirstOrDefaultAsync(ct);
        return new[] { look.From - Late, (asked ?? look.From) - Skew, (repaired ?? look.From) - Skew }.Min();
    }

    async Task End(PaymentsDb db, ReconciliationRun run, int movements, int found, List<string> errors, CancellationToken ct)
    {
        var (now, stored) = (time.GetUtcNow(), await db.Reconciliations.FirstAsync(r => r.Id == run.Id, ct));
        (stored.Movements, stored.Found) = (movements, found);
        if (errors.Count == 0) (stored.EndedAt, stored.NextTryAt, stored.Error) = (now, null, null);
        else (stored.NextTryAt, stored.Error) = (now.AddSeconds(options.Value.ReconcileRetrySeconds * Math.Min(stored.Attempts, LongestPauses)), string.Join("; ", errors));
        await db.SaveChangesAsync(ct);
        if (found > 0) log.LogWarning("The providers' books and ours differ in {Count} places", found);
    }

    // Read after the report: whatever the provider did before, we have booked by now or are still asking about.
    static async Task<OurBooks> Read(PaymentsDb db, Look look, List<ProviderTransaction> theirs, CancellationToken ct)
    {
        var underWay = (await db.Calls.Where(c => c.NextTryAt != null).Select(c => c.OrderId).Distinct().ToListAsync(ct)).ToHashSet();
        var (first, since) = (look.FirstEntry, look.Since);
        var moved = await db.Ledger.AsNoTracking().Where(e => e.Id.CompareTo(first) >= 0 && e.At >= since).Select(e => e.OrderId).Distinct().ToListAsync(ct);
        var keys = theirs.Select(t => t.ProviderKey).Distinct().ToList();
        var orders = theirs.Select(Comparison.OrderOf).Concat(moved).ToHashSet();
        foreach (var some in keys.Chunk(IdsAtOnce))
            orders.UnionWith(await db.Ledger.Where(e => (e.Kind == LedgerEntry.Capture || e.Kind == LedgerEntry.ExtraCapture) && some.Contains(e.Reference)).Select(e => e.OrderId).ToListAsync(ct));
        var (payments, ledger, extras) = (new List<Payment>(), new List<LedgerEntry>(), new Dictionary<string, string>());
        foreach (var some in orders.Chunk(IdsAtOnce))
        {
            payments.AddRange(await db.Payments.AsNoTracking().Where(p => some.Contains(p.OrderId) && p.Provider == look.Provider.Name).ToListAsync(ct));
            ledger.AddRange(await db.Ledger.AsNoTracking().Where(e => some.Contains(e.OrderId)).ToListAsync(ct));
            foreach (var call in await db.Calls.AsNoTracking().Where(c => some.Contains(c.OrderId) && c.ExtraKey != null).ToListAsync(ct)) extras[call.Id.ToString()] = call.ExtraKey!;
        }
        var here = payments.ToDictionary(p => p.OrderId);
        return new([.. ledger.Where(e => here.ContainsKey(e.OrderId))], here, extras, underWay);
    }

    async Task Write(PaymentsDb db, Look look, List<Found> found, IReadOnlySet<Guid> underWay, CancellationToken ct)
    {
        var open = await db.Differences.Where(d => d.Provider == look.Provider.Name && d.Status == DifferenceStatus.Open).ToListAsync(ct);
        foreach (var one in found.DistinctBy(f => f.Fingerprint))
        {
            var known = await db.Differences.FirstOrDefaultAsync(d => d.Fingerprint == one.Fingerprint, ct);
            // What people left stays left, and what they repaired while the books were read is not back.
            if (known is { Status: DifferenceStatus.Left } || known is { Status: DifferenceStatus.Repaired } && await db.Decisions.AnyAsync(d => d.SubjectId == known.Id && d.At >= look.Began, ct)) continue;
            if (known is { Status: DifferenceStatus.Repaired })
            {
                // The same once more is another difference: what its repair adds has names of its own.
                known.Fingerprint += $" {known.Id}";
                await db.SaveChangesAsync(ct);
                known = null;
            }
            if (known is null) db.Add(Difference.Of(one, look.Provider.Name, look.Run, time.GetUtcNow()));
            else (known.Status, known.SeenBy, known.MovedAt) = (DifferenceStatus.Open, look.Run, one.At);
        }
        foreach (var gone in open.Where(d => d.SeenBy != look.Run && d.MovedAt >= look.From && d.MovedAt < look.Until && !underWay.Contains(d.OrderId))) gone.Status = DifferenceStatus.Gone;
        await db.SaveChangesAsync(ct);
    }
}
