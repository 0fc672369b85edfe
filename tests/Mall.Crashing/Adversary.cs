using System.Collections.Concurrent;
using System.Diagnostics;
using Jangteo.Mall.Testing;

namespace Jangteo.Mall.Crashing;

/// <summary>
/// Very many checkouts by people who race, repeat, cancel and pay with bad cards, dozens at once, while the provider misbehaves
/// and processes die at random boundaries and moments or lose their databases. All that is random follows from the seed. At
/// each checkpoint every order that was taken is there and has ended, and the ledger check holds.
/// </summary>
sealed class Adversary(Shape shape, int seed, int checkouts, Action<string> tell)
{
    const int ShopsAtOnce = 2;
    const int ErrandsAtOnce = 24;
    const int CheckoutsPerCheckpoint = 2_000;
    // Books that never end take ever longer to check, so everybody moves to a new shop now and then.
    const int CheckpointsPerShop = 5;
    const int OrdersBetweenJumps = 150;
    const int FewestOrdersBetweenHarm = 40, MostOrdersBetweenHarm = 250;
    const int OrdersToDieIn = 200;
    static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);

    readonly ConcurrentDictionary<string, int> _errands = [], _harm = [], _diedAt = [];
    readonly Dictionary<string, int> _ends = [];
    readonly Stopwatch _watch = Stopwatch.StartNew();
    readonly Lock _counting = new();
    int _left = checkouts;
    int _checked;
    int _deaths;
    int _shops;

    /// <summary>Goes through the given number of checkouts; a failure names the shop, the round and the seed.</summary>
    public async Task Attack()
    {
        using var failed = new CancellationTokenSource();
        await Task.WhenAll(Enumerable.Range(0, ShopsAtOnce).Select(async _ =>
        {
            try
            {
                while (!failed.IsCancellationRequested && Take() is > 0 and var first) await Shop(Interlocked.Increment(ref _shops), first, failed.Token);
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }));
        tell($"{shape}: {_checked} checkouts of seed {seed} in {_watch.Elapsed.TotalSeconds:0} s, {_deaths} deaths; every order taken has ended and the books are right.");
        tell($"  orders: {Listed(_ends)}");
        tell($"  errands: {Listed(_errands)}");
        tell($"  harm: {Listed(_harm)}; deaths at {_diedAt.Count} boundaries");
    }

    static string Listed(IEnumerable<KeyValuePair<string, int>> counts) => string.Join(" · ", counts.OrderByDescending(c => c.Value).Select(c => $"{c.Value} {c.Key}"));

    int Take()
    {
        lock (_counting)
        {
            var taken = Math.Min(_left, CheckoutsPerCheckpoint);
            _left -= taken;
            return taken;
        }
    }

    async Task Shop(int number, int first, CancellationToken failed)
    {
        await using var shop = await CrashShop.Open(shape, OrdersBetweenJumps, Misbehaving(number));
        var (checkpoint, wanted) = (0, first);
        do await Round(shop, wanted, new Random(unchecked((seed * 1_009 + number) * 1_009 + checkpoint)), $"shop {number}, checkpoint {checkpoint + 1} of seed {seed}", failed);
        while (++checkpoint < CheckpointsPerShop && !failed.IsCancellationRequested && (wanted = Take()) > 0);
        lock (_counting)
            foreach (var ends in shop.Ends) _ends[ends.Key] = _ends.GetValueOrDefault(ends.Key) + ends.Value;
    }

    /// <summary>How the provider misbehaves all the while, beside the cards that do.</summary>
    (string Key, string Value)[] Misbehaving(int number) => [.. new Dictionary<string, string>
    {
        ["Seed"] = $"{seed + number}", ["DelayMilliseconds"] = "200", ["Declines"] = "0.03", ["Delays"] = "0.05", ["IsDown"] = "0.03", ["DropsTheCall"] = "0.03", ["LosesTheAnswer"] = "0.03", ["TimesOut"] = "0.01",
        ["AnswersTwice"] = "0.05", ["NotifiesLate"] = "0.05", ["NotifiesTwice"] = "0.1", ["NotifiesOutOfOrder"] = "0.05", ["NotifiesForged"] = "0.05", ["NotifiesWrongAmount"] = "0.05", ["NotifiesNever"] = "0.05",
    }.Select(m => ($"SandboxPay:Misbehaviour:{m.Key}", m.Value)), ("SandboxPay:LateSeconds", "2")];

    async Task Round(CrashShop shop, int wanted, Random random, string name, CancellationToken failed)
    {
        var (begun, starts) = (shop.Acknowledged, shop.Parts.Sum(p => p.Starts));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(failed);
        var harming = Harm(shop, new Random(random.Next()), over.Token);
        try
        {
            var errands = Task.WhenAll(Enumerable.Range(0, ErrandsAtOnce).Select(_ => Use(shop, () => shop.Acknowledged - begun < wanted, random, over)));
            // Whoever waits at the end for a notice that never comes is helped by the end of the time to pay, and nobody else is there who lets time pass.
            while (await Task.WhenAny(errands, Task.Delay(EndsWithin)) != errands)
                if (shop.Acknowledged - begun >= wanted) await shop.Pass(Errands.ToReservationEnd);
            await errands;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{shape}, {name}: {e.Message}{Environment.NewLine}{await shop.Unsettled()}", e);
        }
        finally
        {
            await over.CancelAsync();
            await harming;
        }
        failed.ThrowIfCancellationRequested();
        await shop.Disarm();
        await shop.BooksAreRight(name);
        Interlocked.Add(ref _deaths, shop.Parts.Sum(p => p.Starts) - starts);
        var done = Interlocked.Add(ref _checked, shop.Acknowledged - begun);
        tell($"{shape}, {name}: {done} checkouts, {done / _watch.Elapsed.TotalSeconds:0}/s, {_deaths} deaths; the books are right");
    }

    async Task Use(CrashShop shop, Func<bool> goOn, Random random, CancellationTokenSource over)
    {
        try
        {
            while (goOn() && !over.IsCancellationRequested)
            {
                Errand errand;
                lock (random) errand = Drawn(random);
                await errand.Run(shop);
                _errands.AddOrUpdate(errand.Name, 1, (_, times) => times + 1);
            }
        }
        catch
        {
            await over.CancelAsync();
            throw;
        }
    }

    static Errand Drawn(Random random)
    {
        var at = random.Next(Errands.All.Sum(e => e.Share));
        return Errands.All.First(e => (at -= e.Share) < 0);
    }

    // Each after a while of life: who is always dead proves nothing.
    async Task Harm(CrashShop shop, Random random, CancellationToken over)
    {
        var boundaries = (await shop.Boundaries()).SelectMany(p => p.Boundaries.Expected.Select(at => (p.Part, At: at))).OrderBy(b => b.At, StringComparer.Ordinal).ToArray();
        while (true)
        {
            await shop.OrdersTaken(random.Next(FewestOrdersBetweenHarm, MostOrdersBetweenHarm), () => over.IsCancellationRequested);
            if (over.IsCancellationRequested) return;
            var (part, at) = boundaries[random.Next(boundaries.Length)];
            var (starts, kind, nth) = (part.Starts, random.Next(10), random.Next(1, 20));
            if (kind < 2) await shop.Disturb(part.Modules[random.Next(part.Modules.Length)]);
            else if (kind < 5) part.Process!.Kill();
            else await shop.Arm(part, at, nth);
            _harm.AddOrUpdate(kind < 2 ? "databases locked or cut off" : kind < 5 ? "killed at any moment" : "told to die at a boundary", 1, (_, times) => times + 1);
            if (kind < 2) continue;
            if (kind >= 5) await shop.OrdersTaken(OrdersToDieIn, () => over.IsCancellationRequested || part.Starts > starts);
            if (kind >= 5 && part.Starts > starts) _diedAt[at] = 1;
            // Alive again, and with no death ahead.
            await shop.Arm(part, "none", nth: 0);
        }
    }
}
