using Jangteo.Mall.Crashing;
using Jangteo.Mall.Testing;

namespace Jangteo.Mall.Faults;

/// <summary>Real processes die at every boundary; orders end and the books are right.</summary>
public class CrashTests
{
    const int SchedulesPerShape = 150;

    static readonly Shape TogetherOnSqlite = new(Layout.Together, PostgreSql: false), ApartOnPostgreSql = new(Layout.Apart, PostgreSql: true);

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
}
