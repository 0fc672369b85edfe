using Jangteo.Mall.Testing;
using Jangteo.Platform.Testing;
using Microsoft.Data.Sqlite;

namespace Jangteo.Mall.Tests;

/// <summary>Real processes, stopped and killed.</summary>
public sealed class ProcessTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("processes-").FullName;

    [Fact]
    public async Task On_SIGTERM_a_service_says_not_ready_goes_on_serving_and_then_leaves()
    {
        using var inventory = new HostProcess("Inventory", _folder, HostProcess.FreePorts(1)[0], Addresses("inventory", [])
            .Append(new("Drain:DelaySeconds", "3")).ToDictionary(s => s.Key, s => s.Value));
        await inventory.Ready();
        inventory.Terminate();
        await Eventually.Holds(async () => await inventory.Status("/health/ready") == 503, "it is draining");
        Assert.Equal(200, await inventory.Status("/api/inventory/stock?skus=A"));
        Assert.Equal(200, await inventory.Status("/health/live"));
        Assert.Equal(0, await inventory.Exit());
    }

    [Fact]
    public async Task A_wrong_setting_stops_the_start_with_a_clear_line()
    {
        using var orders = new HostProcess("Orders", _folder, HostProcess.FreePorts(1)[0], new Dictionary<string, string> { ["Orders:CheckoutMinutes"] = "0" });
        Assert.Equal(1, await orders.Exit());
        Assert.Contains("Cannot start:", orders.Output);
        Assert.Contains("CheckoutMinutes", orders.Output);
    }

    [Fact]
    public async Task A_subscriber_that_is_killed_again_and_again_books_everything_once()
    {
        var ports = HostProcess.FreePorts(3);
        var addresses = new Dictionary<string, string> { ["identity"] = $"http://127.0.0.1:{ports[0]}", ["catalog"] = $"http://127.0.0.1:{ports[1]}", ["inventory"] = $"http://127.0.0.1:{ports[2]}" };
        using var identity = new HostProcess("Identity", _folder, ports[0], Addresses("identity", addresses));
        using var catalog = new HostProcess("Catalog", _folder, ports[1], Addresses("catalog", addresses));
        await identity.Ready();
        await catalog.Ready();

        // The sample assortment is on the catalog's feed; its reader is killed at different moments of reading it.
        for (var round = 0; round < 4; round++)
        {
            using var victim = new HostProcess("Inventory", _folder, ports[2], Addresses("inventory", addresses));
            await Eventually.Holds(() => Task.FromResult(Count("stocks") >= round * 60 + 1), "it reads");
        }
        using var inventory = new HostProcess("Inventory", _folder, ports[2], Addresses("inventory", addresses));
        await Eventually.Holds(() => Task.FromResult(Count("stocks") == Skus()), "all SKUs are booked");
        Assert.Equal(0, Count("stocks", "\"Available\" + \"Reserved\" + \"Sold\" <> \"Stocked\""));
        Assert.Equal(Count("movements"), Count("(SELECT DISTINCT \"Sku\" FROM movements)"));
    }

    static Dictionary<string, string> Addresses(string self, Dictionary<string, string> known) =>
        new[] { "identity", "catalog", "inventory", "cart", "orders", "payments", "board", "sandboxpay" }.Where(m => m != self)
            .ToDictionary(m => $"Modules:{m}:Address", m => known.GetValueOrDefault(m, "http://127.0.0.1:9"));

    long Skus() => Scalar("catalog", "SELECT COUNT(*) FROM skus");

    long Count(string table, string where = "1 = 1") => Scalar("inventory", $"SELECT COUNT(*) FROM {table} WHERE {where}");

    long Scalar(string module, string sql)
    {
        try
        {
            using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, module + ".db")};Mode=ReadOnly;Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return (long)command.ExecuteScalar()!;
        }
        catch (SqliteException)
        {
            // The database is not made yet.
            return -1;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
