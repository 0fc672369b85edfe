using Jangteo.Mall.Testing;

namespace Jangteo.Mall.Crashing;

/// <summary>
/// Very many checkouts by people who race, repeat, cancel and pay with cards that misbehave, while processes die at random
/// boundaries and moments. All that is random follows from the seed, and the books are right after every round.
/// </summary>
static class Adversary
{
    const int ErrandsPerRound = 120;
    const int AtOnce = 12;
    const int RoundsPerShop = 25;

    public static async Task<(int Checkouts, int Deaths)> Attack(Shape shape, int seed, int checkouts, Action<string> tell)
    {
        var (begun, deaths) = (Errands.Checkouts, 0);
        for (var round = 0; Errands.Checkouts - begun < checkouts;)
        {
            // Books that never end take ever longer to check, so the shop moves now and then.
            await using var shop = await CrashShop.Open(shape);
            var boundaries = (await shop.Boundaries()).SelectMany(p => p.Boundaries.Expected.Select(at => (p.Part, At: at))).OrderBy(b => b.At, StringComparer.Ordinal).ToArray();
            var opened = shop.Parts.Sum(p => p.Starts);
            for (var rounds = RoundsPerShop; rounds > 0 && Errands.Checkouts - begun < checkouts; rounds--)
            {
                await Round(shop, boundaries, new Random(unchecked(seed * 1_000_003 + ++round)), $"seed {seed}, round {round}");
                tell($"{shape}, seed {seed}, round {round}: {Errands.Checkouts - begun} checkouts, {deaths + shop.Parts.Sum(p => p.Starts) - opened} deaths");
            }
            deaths += shop.Parts.Sum(p => p.Starts) - opened;
        }
        return (Errands.Checkouts - begun, deaths);
    }

    static async Task Round(CrashShop shop, (Part Part, string At)[] boundaries, Random random, string name)
    {
        var errands = random.GetItems(Errands.All, ErrandsPerRound);
        using var over = new CancellationTokenSource();
        var killing = Kill(shop, boundaries, random, over.Token);
        try
        {
            await Parallel.ForEachAsync(errands, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (errand, _) => await errand.Run(shop));
        }
        finally
        {
            await over.CancelAsync();
            await killing;
        }
        await shop.Disarm();
        await LedgerCheck.Holds(shop.Stored, $"{shop.Shape}; {name}", quietSeconds: 120);
    }

    // Some deaths in each round, each after a while of life: who is always dead proves nothing.
    static async Task Kill(CrashShop shop, (Part Part, string At)[] boundaries, Random random, CancellationToken ct)
    {
        for (var deaths = random.Next(3, 9); deaths > 0 && !ct.IsCancellationRequested; deaths--)
        {
            var (part, at) = boundaries[random.Next(boundaries.Length)];
            var starts = part.Starts;
            await shop.Arm(part, "none", nth: 0);
            await Task.Delay(random.Next(200, 4_000), ct).ContinueWith(_ => { }, TaskScheduler.Default);
            if (random.Next(3) == 0) part.Process!.Kill();
            else await shop.Arm(part, at, random.Next(1, 10));
            while (part.Starts == starts && !ct.IsCancellationRequested) await Task.Delay(20, CancellationToken.None);
        }
    }
}
