using Jangteo.Mall.Testing;

namespace Jangteo.Mall.Crashing;

/// <summary>
/// Kills a shop again and again while people use it. A schedule is a seed: it says at which boundary which process dies, and
/// who does what meanwhile. After each, every order has ended and the ledger check holds.
/// </summary>
sealed class CrashRun(CrashShop shop)
{
    const int ErrandsAtOnce = 2;

    readonly Dictionary<string, List<Errand>> _passing = [];
    readonly HashSet<string> _diedAt = [];
    List<(Part Part, string At)> _targets = [];

    /// <summary>Boundaries that a process knows of and that no errand came to.</summary>
    public IReadOnlyList<string> NeverPassed => [.. _targets.Select(t => t.At).Where(at => !_passing.ContainsKey(at))];

    public int Boundaries => _targets.Count;
    public int BoundariesDiedAt => _diedAt.Count;
    public int Schedules { get; private set; }
    public int Deaths { get; private set; }

    /// <summary>Does every errand once, undisturbed, and learns who passes which boundary.</summary>
    public async Task Learn()
    {
        foreach (var errand in Errands.All)
        {
            var before = await Passed();
            await errand.Run(shop);
            await BooksAreRight($"\"{errand.Name}\", undisturbed");
            foreach (var (at, times) in await Passed())
                if (times > before.GetValueOrDefault(at))
                {
                    if (!_passing.TryGetValue(at, out var passing)) _passing[at] = passing = [];
                    passing.Add(errand);
                }
        }
        _targets = [.. (await shop.Boundaries()).SelectMany(p => p.Boundaries.Expected.Select(at => (p.Part, At: at))).Where(t => !IsOfNoCheckout(t.At)).OrderBy(t => t.At, StringComparer.Ordinal)];
    }

    async Task<Dictionary<string, int>> Passed() => (await shop.Boundaries()).SelectMany(p => p.Boundaries.Passed).ToDictionary();

    /// <summary>What is left out, and why.</summary>
    static bool IsOfNoCheckout(string at) =>
        // Staff's own work on the catalog, and what members write; a checkout only hears of it over the feed.
        at.Contains(" /api/catalog/", StringComparison.Ordinal)
        // Nothing is parked here, so there is nothing to replay. A quote only reads.
        || at.Contains("/parked/", StringComparison.Ordinal) || at.Contains("/quote", StringComparison.Ordinal)
        // Asked of providers that send no notices; SandboxPay, which is used here, sends them.
        || at.EndsWith(" Watch", StringComparison.Ordinal)
        // What staff decide about coupons, points, reviews, deposits and reports is one commit each; a checkout hears of it as of any payment.
        || at.Contains("/coupons", StringComparison.Ordinal) || at.Contains("/staff/", StringComparison.Ordinal) || at.Contains("/decisions", StringComparison.Ordinal)
        || at.Contains("/deposits", StringComparison.Ordinal) || at.Contains("/reconciliations", StringComparison.Ordinal);

    /// <summary>Learns, and goes through so many schedules, or as many as fit into the time; a failure names its seed and how to repeat it.</summary>
    public static async Task<CrashRun> Through(Shape shape, int firstSeed, int count, TimeSpan? atMost = null)
    {
        var until = DateTime.UtcNow + (atMost ?? TimeSpan.FromDays(1));
        await using var shop = await CrashShop.Open(shape);
        var run = new CrashRun(shop);
        await run.Learn();
        for (var seed = firstSeed; seed < firstSeed + count && DateTime.UtcNow < until; seed++, run.Schedules++)
        {
            try
            {
                await run.Schedule(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed} failed. ./mall test --crash {shape.Layout} {(shape.PostgreSql ? "postgresql" : "sqlite")} {seed} repeats it. {e.Message}", e);
            }
        }
        return run;
    }

    /// <summary>One schedule.</summary>
    public async Task Schedule(int seed)
    {
        var random = new Random(seed);
        var (part, at) = _targets[seed % _targets.Count];
        var errands = random.GetItems(Errands.All, ErrandsAtOnce);
        if (_passing.TryGetValue(at, out var passing)) errands[0] = passing[random.Next(passing.Count)];
        var (starts, lives) = (part.Starts, shop.Parts.Sum(p => p.Starts));
        // Now and then death comes from outside, at any moment.
        var outside = random.Next(10) == 0 ? KillSoon(part, random.Next(600)) : null;
        if (outside is null) await shop.Arm(part, at, random.Next(4) == 0 ? 2 : 1);
        // One that has died dies once more while it recovers.
        var again = random.Next(8) == 0 ? DieAgain(part, starts, _targets[random.Next(_targets.Count)]) : Task.CompletedTask;

        await Task.WhenAll(errands.Select(e => e.Run(shop)));
        await (outside ?? Task.CompletedTask);
        for (var left = 20; left > 0 && part.Starts == starts; left--) await Task.Delay(20);
        if (part.Starts > starts && outside is null) _diedAt.Add(at);
        // It did not come there often enough, so it dies now.
        if (part.Starts == starts) part.Process!.Kill();
        while (part.Starts == starts) await Task.Delay(10);
        await again;
        await shop.Disarm();
        Deaths += shop.Parts.Sum(p => p.Starts) - lives;
        await BooksAreRight($"seed {seed}, {part.Name} died {at}, with {string.Join(", ", errands.Select(e => $"\"{e.Name}\""))}");
    }

    static async Task KillSoon(Part part, int milliseconds)
    {
        await Task.Delay(milliseconds);
        part.Process!.Kill();
    }

    async Task DieAgain(Part part, int starts, (Part Part, string At) next)
    {
        while (part.Starts == starts) await Task.Delay(10);
        await shop.Arm(next.Part, next.At, 1);
    }

    async Task BooksAreRight(string after)
    {
        await LedgerCheck.Holds(shop.Stored, $"{shop.Shape}; after {after}", quietSeconds: 60);
        var open = (await LedgerCheck.Read(shop.Stored)).Orders.Where(o => o.Status is "Placed" or "AwaitingPayment").ToList();
        if (open.Count > 0) throw new InvalidOperationException($"Orders that never ended ({shop.Shape}; after {after}): {string.Join(", ", open.Select(o => o.Id))}");
    }
}
