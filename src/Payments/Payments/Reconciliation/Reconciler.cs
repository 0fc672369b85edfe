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
    static readonly TimeSpan HandsOff = TimeSpan.FromMinutes(10);

    /// <summary>How much later than the provider we may have booked something that was asked about for long.</summary>
    static readonly TimeSpan Late = TimeSpan.FromDays(3);

    /// <summary>How far our clock and the provider's may be apart.</summary>
    static readonly TimeSpan Skew = TimeSpan.FromHours(2);

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
            db.Add(new ReconciliationRun { Id = Guid.CreateVersion7(), Day = day, From = (last is { } until && until < now ? until : now.AddDays(-1)).AddDays(-1), Until = now, AskedAt = now, NextTryAt = now });
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
                var theirs = await Report(provider, run, ct);
                var ours = await Read(db, provider, run, theirs, ct);
                var differences = new Comparison(ours, theirs, run.From, run.Until).Differences();
                await db.Unit(() => Write(db, provider, run, differences, ours.UnderWay, ct), ct);
                (movements, found) = (movements + theirs.Count, found + differences.Count);
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

    async Task<List<ProviderTransaction>> Report(IPaymentProvider provider, ReconciliationRun run, CancellationToken ct)
    {
        var theirs = new List<ProviderTransaction>();
        await foreach (var movement in provider.Report(run.From - Late, time.GetUtcNow() + Skew, ct))
        {
            theirs.Add(movement);
            if (theirs.Count > MaxMovements) throw new InvalidOperationException($"More than {MaxMovements} movements: choose a shorter period.");
        }
        return theirs;
    }

    async Task End(PaymentsDb db, ReconciliationRun run, int movements, int found, List<string> errors, CancellationToken ct)
    {
        var (now, stored) = (time.GetUtcNow(), await db.Reconciliations.FirstAsync(r => r.Id == run.Id, ct));
        (stored.Movements, stored.Found) = (movements, found);
        if (errors.Count == 0) (stored.EndedAt, stored.NextTryAt, stored.Error) = (now, null, null);
        else (stored.NextTryAt, stored.Error) = (now.AddSeconds(options.Value.ReconcileRetrySeconds), string.Join("; ", errors));
        await db.SaveChangesAsync(ct);
        if (found > 0) log.LogWarning("The providers' books and ours differ in {Count} places", found);
    }

    // Read after the report: whatever the provider did before, we have booked by now or are still asking about.
    async Task<OurBooks> Read(PaymentsDb db, IPaymentProvider provider, ReconciliationRun run, List<ProviderTransaction> theirs, CancellationToken ct)
    {
        // A call that only watches an open page moves no money.
        var underWay = (await db.Calls.Where(c => c.NextTryAt != null && c.Kind != CallKind.Watch).Select(c => c.OrderId).Distinct().ToListAsync(ct)).ToHashSet();
        // The ids of entries are in the order of time, so this is a range of the primary key.
        var first = Guid.CreateVersion7(run.From - Skew < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : run.From - Skew);
        var from = run.From - Skew;
        var moved = await db.Ledger.AsNoTracking().Where(e => e.Id.CompareTo(first) >= 0 && e.At >= from).Select(e => e.OrderId).Distinct().ToListAsync(ct);
        var keys = theirs.Select(t => t.ProviderKey).Distinct().ToList();
        var orders = theirs.Select(Comparison.OrderOf).Concat(moved).ToHashSet();
        foreach (var some in keys.Chunk(IdsAtOnce))
            orders.UnionWith(await db.Ledger.Where(e => (e.Kind == LedgerEntry.Capture || e.Kind == LedgerEntry.ExtraCapture) && some.Contains(e.Reference)).Select(e => e.OrderId).ToListAsync(ct));
        var (payments, ledger, extras) = (new List<Payment>(), new List<LedgerEntry>(), new Dictionary<string, string>());
        foreach (var some in orders.Chunk(IdsAtOnce))
        {
            payments.AddRange(await db.Payments.AsNoTracking().Where(p => some.Contains(p.OrderId) && p.Provider == provider.Name).ToListAsync(ct));
            ledger.AddRange(await db.Ledger.AsNoTracking().Where(e => some.Contains(e.OrderId)).ToListAsync(ct));
            foreach (var call in await db.Calls.AsNoTracking().Where(c => some.Contains(c.OrderId) && c.ExtraKey != null).ToListAsync(ct)) extras[call.Id.ToString()] = call.ExtraKey!;
        }
        var here = payments.ToDictionary(p => p.OrderId);
        return new([.. ledger.Where(e => here.ContainsKey(e.OrderId))], here, extras, underWay);
    }

    async Task Write(PaymentsDb db, IPaymentProvider provider, ReconciliationRun run, List<Found> found, IReadOnlySet<Guid> underWay, CancellationToken ct)
    {
        var open = await db.Differences.Where(d => d.Provider == provider.Name && d.Status == DifferenceStatus.Open).ToListAsync(ct);
        foreach (var one in found.DistinctBy(f => f.Fingerprint))
        {
            var known = open.FirstOrDefault(d => d.Fingerprint == one.Fingerprint) ?? await db.Differences.FirstOrDefaultAsync(d => d.Fingerprint == one.Fingerprint, ct);
            if (known is null) db.Add(Difference.Of(one, provider.Name, run.Id, time.GetUtcNow()));
            // What people left stays left; what was thought repaired or gone and is there again is open again.
            else if (known.Status != DifferenceStatus.Left) (known.Status, known.SeenBy) = (DifferenceStatus.Open, run.Id);
        }
        foreach (var gone in open.Where(d => d.SeenBy != run.Id && d.MovedAt >= run.From && d.MovedAt < run.Until && !underWay.Contains(d.OrderId))) gone.Status = DifferenceStatus.Gone;
        await db.SaveChangesAsync(ct);
    }
}
