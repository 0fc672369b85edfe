using System.Globalization;
using Jangteo.Mall.Crashing;
using Jangteo.Mall.Testing;

// Called by tests/run; CONTRIBUTING.md and docs/correctness.md say how.
Shape[] shapes = [new(Layout.Together, PostgreSql: false), new(Layout.Apart, PostgreSql: true)];
switch (args)
{
    case ["crash", var layout, var database, var seed, .. var count]:
        return await Tell(() => Crash(new(Enum.Parse<Layout>(layout, ignoreCase: true), database == "postgresql"), Number(seed), count is [var many] ? Number(many) : 1));
    case ["long", .. var minutes]:
        return await Tell(() => GoOn(minutes is [var given] ? Number(given) : 8 * 60));
    case ["adversarial", var checkouts, .. var rest]:
        var chosen = After("--seed", rest) is { } word ? Number(word) : Random.Shared.Next();
        return await Tell(async () =>
        {
            foreach (var shape in shapes.Where(s => After("--only", rest) is not { } only || s.Layout == Enum.Parse<Layout>(only, ignoreCase: true)))
                await Attack(shape, Number(checkouts) / shapes.Length, chosen);
        });
    default:
        await Console.Error.WriteLineAsync("crash together|apart sqlite|postgresql SEED [COUNT]; long [MINUTES]; adversarial CHECKOUTS [--seed SEED] [--only together|apart]");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static string? After(string option, string[] words) => words.SkipWhile(w => w != option).Skip(1).FirstOrDefault();

static async Task<int> Tell(Func<Task> work)
{
    try
    {
        await work();
        Console.WriteLine("1 passed, 0 failed");
        return 0;
    }
    catch (Exception e)
    {
        Console.WriteLine(e);
        Console.WriteLine("0 passed, 1 failed");
        return 1;
    }
}

static async Task Crash(Shape shape, int seed, int count)
{
    var run = await CrashRun.Through(shape, seed, count, line => Console.WriteLine($"{shape}, {line}"));
    Console.WriteLine($"{shape}: {run.Schedules} schedules from seed {seed}, {run.Deaths} deaths, {run.BoundariesDiedAt} of {run.Boundaries} boundaries; the books are right.");
    if (run.NeverPassed.Count > 0) throw new InvalidOperationException($"Nothing came to: {string.Join("; ", run.NeverPassed)}");
}

static Task Attack(Shape shape, int checkouts, int seed) => new Adversary(shape, seed, checkouts, Console.WriteLine).Attack();

async Task GoOn(int minutes)
{
    const int SchedulesAtOnce = 60;
    var until = DateTime.UtcNow.AddMinutes(minutes);
    Shape[] all = [.. shapes, new(Layout.Together, PostgreSql: true), new(Layout.Apart, PostgreSql: false)];
    for (var seed = Random.Shared.Next(1_000_000) * 1_000; DateTime.UtcNow < until; seed += SchedulesAtOnce)
        foreach (var shape in all)
        {
            if (DateTime.UtcNow < until) await Crash(shape, seed, SchedulesAtOnce);
            if (DateTime.UtcNow < until) await Attack(shape, 2_000, seed);
        }
}
