using Jangteo.Mall.Crashing;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;

namespace Jangteo.Mall.Faults;

/// <summary>Real processes die at every boundary, and what surrounds them fails; whatever happens, orders end and the books are right.</summary>
public class CrashTests
{
    const int SchedulesPerShape = 150;

    static readonly Shape TogetherOnSqlite = new(Layout.Together, PostgreSql: false), ApartOnPostgreSql = new(Layout.Apart, PostgreSql: true);

    public static TheoryData<Layout, bool> Shapes => new() { { Layout.Together, false }, { Layout.Apart, true } };

    [Fact]
    public async Task Three_hundred_times_a_process_dies_at_a_boundary_and_every_order_ends()
    {
        var runs = await Task.WhenAll(new[] { TogetherOnSqlite, ApartOnPostgreSql }.Select(shape => Task.Run(() => CrashRun.Through(shape, firstSeed: 0, SchedulesPerShape))));
        foreach (var run in runs)
        {
            Console.WriteLine($"  · {run.Schedules} schedules, {run.Deaths} deaths at {run.BoundariesDiedAt} of {run.Boundaries} boundaries");
            // A boundary that a registration names and nothing comes to would be untested: it needs an errand.
            Assert.Empty(run.NeverPassed);
            Assert.True(run.Deaths >= run.Schedules);
        }
        Assert.True(runs.Sum(run => run.Schedules) >= 300);
    }

    [Fact]
    public async Task A_process_of_the_shop_ends_with_whoever_started_it()
    {
        var folder = Directory.CreateTempSubdirectory("crash-").FullName;
        using var process = new HostProcess(CrashShop.Host, ["catalog", "catalog", "catalog"], folder, HostProcess.FreePorts(1)[0], new Dictionary<string, string> { ["Catalog:Sample"] = "false" });
        await process.Ready();
        process.Leave();
        Assert.Equal(128 + 9, await process.Exit());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task While_the_modules_of_a_checkout_are_down_orders_are_taken_and_afterwards_all_of_them_end()
    {
        await using var shop = await CrashShop.Open(ApartOnPostgreSql);
        var down = shop.Parts.Where(p => p.Name is "inventory" or "payments" or "sandboxpay" or "catalog").ToList();
        foreach (var part in down)
        {
            part.IsDown = true;
            part.Process!.Kill();
        }
        var errands = Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Errands.PaysAtOnce.Run(shop)));
        await Buying.Eventually(async () => (await LedgerCheck.Read(shop.Stored)).Orders.Count == 10, "orders are taken without them");
        // How long they are down makes no difference but for who gives up first: nobody, before the fifteen minutes of an order.
        await Task.Delay(TimeSpan.FromSeconds(10));
        foreach (var part in down) part.IsDown = false;
        await errands;
        await shop.BooksAreRight("after the outage");
        Assert.All((await LedgerCheck.Read(shop.Stored)).Orders, o => Assert.Equal("Confirmed", o.Status));
    }

    [Theory, MemberData(nameof(Shapes))]
    public async Task While_the_clock_jumps_an_hour_forth_and_back_every_order_ends(Layout layout, bool postgreSql)
    {
        await using var shop = await CrashShop.Open(new(layout, postgreSql));
        foreach (var minutes in new[] { 60, -60 })
        {
            var errands = Task.WhenAll(Errands.All.Where(e => !e.PassesTime).Select(e => e.Run(shop)));
            await shop.Jump(minutes);
            await errands;
        }
        await shop.BooksAreRight("after the jumps");
    }

    [Theory, MemberData(nameof(Shapes))]
    public async Task While_databases_are_locked_or_drop_every_connection_every_order_ends(Layout layout, bool postgreSql)
    {
        await using var shop = await CrashShop.Open(new(layout, postgreSql));
        var errands = Task.WhenAll(Errands.All.Where(e => !e.PassesTime).Select(e => e.Run(shop)));
        foreach (var module in new[] { "orders", "payments", "inventory", "sandboxpay" })
            await shop.Disturb(module);
        await errands;
        await shop.BooksAreRight("after the outage of the databases");
    }
}
