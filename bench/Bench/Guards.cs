using Microsoft.Data.Sqlite;

namespace Jangteo.Bench;

/// <summary>What each guard of the checkout costs: the same buyers with the guard's work taken away, or done once more.</summary>
sealed class Guards(Func<MallProcesses, Checkout, Task<(LoadResult Result, double Milliseconds)>> measure, Func<MallProcesses, bool, bool, Task<Checkout>> buyers)
{
    const string InMemory = "/dev/shm";

    public async Task Run()
    {
        await Line("as it is");
        if (Directory.Exists(InMemory)) await Line("files in memory: no flush", folder: Path.Combine(InMemory, $"mall-bench-{Guid.NewGuid():N}"));
        await Line("no unique indexes, no triggers", prepare: TakeAwayUniqueness);
        await Line("no limits of load", settings: ["--Limits:RequestsAtOnce", "100000", "--Orders:MostWaiting", "100000"]);
        await Line("every message handled twice", settings: ["--Feeds:DeliverTwice", "true"]);
        await Line("every order sent twice", sendsTwice: true);
        await Line("with a coupon and points", takesDiscounts: true);
    }

    async Task Line(string name, string[]? settings = null, string? folder = null, Action<string>? prepare = null, bool sendsTwice = false, bool takesDiscounts = false)
    {
        await using var mall = await MallProcesses.With(settings ?? [], folder);
        var checkout = await buyers(mall, sendsTwice, takesDiscounts);
        prepare?.Invoke(mall.Folder);
        var (result, milliseconds) = await measure(mall, checkout);
        Console.WriteLine($"{$"checkout, {name}",-44}{result.PerSecond,12:N0}{result.P50,10:N1}{result.P99,10:N1}{milliseconds,9:N1} ms{(result.Failures > 0 ? $"  {result.Failures} failed!" : "")}");
    }

    // The lookups keep their indexes; only that the database refuses a second row goes. What a CHECK refuses is part of the tables and stays.
    static void TakeAwayUniqueness(string folder)
    {
        foreach (var module in new[] { "orders", "inventory", "payments", "cart", "board" })
        {
            using var db = new SqliteConnection($"Data Source={Path.Combine(folder, $"{module}.db")};Default Timeout=30;Pooling=False");
            db.Open();
            foreach (var (kind, name, sql) in Of(db))
            {
                Execute(db, $"DROP {kind} \"{name}\"");
                if (kind == "index") Execute(db, sql.Replace("CREATE UNIQUE INDEX", "CREATE INDEX", StringComparison.Ordinal));
            }
        }
    }

    static List<(string Kind, string Name, string Sql)> Of(SqliteConnection db)
    {
        using var command = db.CreateCommand();
        command.CommandText = "SELECT type, name, sql FROM sqlite_master WHERE type = 'trigger' OR type = 'index' AND sql LIKE 'CREATE UNIQUE INDEX%'";
        using var rows = command.ExecuteReader();
        var found = new List<(string, string, string)>();
        while (rows.Read()) found.Add((rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        return found;
    }

    static void Execute(SqliteConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
