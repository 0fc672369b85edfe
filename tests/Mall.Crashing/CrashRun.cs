using System.Collections.Concurrent;
using System.Diagnostics;
using Jangteo.Mall.Testing;

namespace Jangteo.Mall.Crashing;

/// <summary>
/// Kills shops again and again while people use them. A schedule is a seed: it says at which boundary which process dies, and
/// who does what meanwhile. After each, every order has ended and the ledger check holds. A schedule waits about as long as it
/// works (for the time limits of calls, for pauses before something is tried again), so two shops are gone through at once.
/// </summary>
sealed class CrashRun(Action<string> tell)
{
    const int ErrandsAtOnce = 2;
    const int ShopsAtOnce = 2;

    // No process lives long enough for good code to pay: its methods are compiled once, and fast.
    static readonly (string, string)[] CompilesQuickly = [("DOTNET_TC_CallCounting", "0"), ("DOTNET_JITMinOpts", "1"), ("DOTNET_EnableWriteXorExecute", "0")];

    // Who comes to a boundary, and how often.
    readonly Dictionary<string, (Errand Errand, int Times)[]> _passing = [];
    readonly ConcurrentDictionary<string, bool> _passed = [], _diedAt = [];
    (string Part, string At)[] _targets = [];
    readonly Stopwatch _watch = Stopwatch.StartNew();
    int _schedules;
    int _deaths;

    /// <summary>Boundaries that a process knows of and that no errand came to.</summary>
    public IReadOnlyList<string> NeverPassed => [.. _targets.Select(t => t.At).Where(at => !_passed.ContainsKey(at) && !_diedAt.ContainsKey(at))];

    public int Boundaries => _targets.Length;
    public int BoundariesDiedAt => _diedAt.Count;
    public int Schedules => _schedules;
    public int Deaths => _deaths;

    /// <summary>Learns, and goes through so many schedules; a failure names its seed and how to repeat it.</summary>
    /// <param name="shape">The shape of the shops.</param>
    /// <param name="firstSeed">The seed of the first schedule; each has the next.</param>
    /// <param name="count">How many schedules.</param>
    /// <param name="tell">Hears how far it is.</param>
    public static async Task<CrashRun> Through(Shape shape, int firstSeed, int count, Action<string>? tell = null)
    {
        var run = new CrashRun(tell ?? (_ => { }));
        var shops = new ConcurrentBag<CrashShop>();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, ShopsAtOnce).Select(async _ => shops.Add(await CrashShop.Open(shape, settings: CompilesQuickly))));
            run.Tell("the shops are open");
            await run.Learn([.. shops]);
            run.Tell($"every errand was done once, {run.NeverPassed.Count} of {run.Boundaries} boundaries were never passed");
            await Share([.. shops], Enumerable.Range(firstSeed, count), run.Schedule);
            return run;
        }
        finally
        {
            foreach (var shop in shops) await shop.DisposeAsync();
        }
    }

    void Tell(string what) => tell($"{_watch.Elapsed.TotalSeconds,5:0} s: {what}");

    /// <summary>Each shop takes the next piece of work when it is done with one; a failure ends them all.</summary>
    static async Task Share<T>(CrashShop[] shops, IEnumerable<T> work, Func<CrashShop, T, Task> does)
    {
        var left = new ConcurrentQueue<T>(work);
        await Task.WhenAll(shops.Select(async shop =>
        {
            try
            {
                while (left.TryDequeue(out var next)) await does(shop, next);
            }
            catch
            {
                left.Clear();
                throw;
            }
        }));
    }

    /// <summary>Does every errand once, undisturbed, and learns who passes which boundary.</summary>
    async Task Learn(CrashShop[] shops)
    {
        var passed = new ConcurrentBag<(Errand Errand, string At, int Times)>();
        await Share(shops, Errands.All, async (shop, errand) =>
        {
            var before = await Passed(shop);
            await errand.Run(shop);
            await shop.BooksAreRight($"\"{errand.Name}\", undisturbed");
            foreach (var (at, times) in await Passed(shop))
                if (times > before.GetValueOrDefault(at)) passed.Add((errand, at, times - before.GetValueOrDefault(at)));
        });
        foreach (var at in passed.GroupBy(p => p.At)) _passing[at.Key] = [.. at.Select(p => (p.Errand, p.Times)).OrderBy(p => Array.IndexOf(Errands.All, p.Errand))];
        _targets = [.. (await shops[0].Boundaries()).SelectMany(p => p.Boundaries.Expected.Select(at => (p.Part.Name, At: at))).Where(t => !IsOfNoCheckout(t.At)).OrderBy(t => t.At, StringComparer.Ordinal)];
    }

    async Task<Dictionary<string, int>> Passed(CrashShop shop)
    {
        var passed = (await shop.Boundaries()).SelectMany(p => p.Boundaries.Passed).ToDictionary();
        foreach (var at in passed.Keys) _passed[at] = true;
        return passed;
    }

    /// <summary>What is left out, and why.</summary>
    static bool IsOfNoCheckout(string at) =>
        // Staff's own work on the catalog, and what members write; a checkout only hears of it over the feed.
        at.Contains(" /api/catalog/", StringComparison.Ordinal)
        // Nothing is parked here, so there is nothing to replay. A quote only reads.
        || at.Contains("/parked/", StringComparison.Ordinal) || at.Contains("/quote", StringComparison.Ordinal)
        // Years after the checkout, and of whom Identity erased, which is not among the parts.
        || at.EndsWith(" order-erased", StringComparison.Ordinal) || at.EndsWith(" deposit-kept", StringComparison.Ordinal)
        // Asked of providers that send no notices; SandboxPay, which is used here, sends them.
        || at.EndsWith(" Watch", StringComparison.Ordinal)
        // What staff decide about coupons, points, reviews, deposits and reports is one commit each; a checkout hears of it as of any payment.
        || at.Contains("/coupons", StringComparison.Ordinal) || at.Contains("/staff/", StringComparison.Ordinal) || at.Contains("/decisions", StringComparison.Ordinal)
        || at.Contains("/deposits", StringComparison.Ordinal) || at.Contains("/reconciliations", StringComparison.Ordinal);

    async Task Schedule(CrashShop shop, int seed)
    {
        try
        {
            await Die(shop, seed);
            Interlocked.Increment(ref _schedules);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed} failed. ./mall test --crash {shop.Shape.Layout} {(shop.Shape.PostgreSql ? "postgresql" : "sqlite")} {seed} repeats it. {e.Message}{Environment.NewLine}{await shop.Unsettled()}", e);
        }
    }

    async Task Die(CrashShop shop, int seed)
    {
        var random = new Random(seed);
        var (name, at) = _targets[seed % _targets.Length];
        var part = shop.PartOf(name);
        var errands = random.GetItems(Errands.All, ErrandsAtOnce);
        var times = 1;
        if (_passing.TryGetValue(at, out var passing)) (errands[0], times) = passing[random.Next(passing.Length)];
        var (starts, lives) = (part.Starts, shop.Parts.Sum(p => p.Starts));
        // Now and then death comes from outside, at any moment.
        var outside = random.Next(10) == 0 ? KillSoon(part, random.Next(600)) : null;
        if (outside is null) await shop.Arm(part, at, random.Next(1, times / 2 + 2));
        // One that has died dies once more while it recovers.
        var again = random.Next(8) == 0 ? DieAgain(shop, part, starts, _targets[random.Next(_targets.Length)]) : Task.CompletedTask;

        await Task.WhenAll(errands.Select(e => e.Run(shop)));
        await (outside ?? Task.CompletedTask);
        for (var left = 20; left > 0 && part.Starts == starts; left--) await Task.Delay(20);
        var diedThere = part.Starts > starts && outside is null;
        if (diedThere) _diedAt[at] = true;
        // It did not come there often enough, so it dies now.
        if (part.Starts == starts) part.Process!.Kill();
        while (part.Starts == starts) await Task.Delay(10);
        await again;
        await shop.Disarm();
        Interlocked.Add(ref _deaths, shop.Parts.Sum(p => p.Starts) - lives);
        var what = $"seed {seed}, {name} died {(diedThere ? "" : "elsewhere than ")}{at}, with {string.Join(", ", errands.Select(e => $"\"{e.Name}\""))}";
        await shop.BooksAreRight(what);
        // Which of two messages is faster is up to the moment: what no errand came to by itself, one may come to among others.
        await Passed(shop);
        Tell(what);
    }

    static async Task KillSoon(Part part, int milliseconds)
    {
        await Task.Delay(milliseconds);
        part.Process!.Kill();
    }

    static async Task DieAgain(CrashShop shop, Part part, int starts, (string Part, string At) next)
    {
        while (part.Starts == starts) await Task.Delay(10);
        await shop.Arm(shop.PartOf(next.Part), next.At, 1);
    }
}
