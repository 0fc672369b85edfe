using System.Security.Cryptography;
using System.Text;
using Jangteo.Mall.Testing;
using Jangteo.Platform.Testing;
using Microsoft.Data.Sqlite;

namespace Jangteo.Mall.Tests;

/// <summary>What the databases of a mall on SQLite hold, table by table, to tell whether anything changed.</summary>
public static class StoredState
{
    static readonly string[] Databases = ["identity", "catalog", "inventory", "cart", "orders", "payments", "board", "sandboxpay"];

    // Left out: what is written because somebody asked, whatever the answer was (stored answers, counters of attempts, logins,
    // devices seen), and where readers, deliveries and comparisons with the provider stand. What a feed says is compared by its end, because it is trimmed;
    // of mails only how many there are, because sending them takes its time.
    static readonly string[] LeftOut = ["idempotent_answers", "feed_readers", "cursors", "attempts", "sessions", "known_devices", "write_rates", "webhooks", "leases", "stamps", "reconciliations"];

    static readonly Dictionary<string, string> Summaries = new() { ["feed"] = "MAX(\"Seq\")", ["pictures"] = "COUNT(*)", ["mails"] = "COUNT(*)" };

    /// <summary>A digest for each table.</summary>
    public static async Task<Dictionary<string, string>> Read(TestMall mall)
    {
        var tables = new Dictionary<string, string>();
        foreach (var database in Databases)
        {
            await using var connection = new SqliteConnection(mall.ConnectionString(database) + ";Mode=ReadOnly");
            await connection.OpenAsync();
            var names = await Rows(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_\\_EF%' ESCAPE '\\'");
            foreach (var name in names.Where(n => !LeftOut.Contains(n)))
                tables[$"{database}.{name}"] = Digest(await Rows(connection, $"SELECT {Summaries.GetValueOrDefault(name, "*")} FROM \"{name}\""));
        }
        return tables;
    }

    /// <summary>Waits until every message has been heard and nothing changes any more.</summary>
    public static async Task<Dictionary<string, string>> Settled(TestMall mall)
    {
        Dictionary<string, string>? before = null;
        await Eventually.Holds(async () =>
        {
            if ((await LedgerCheck.Read(mall)).Unread.Count > 0) return false;
            var now = await Read(mall);
            var quiet = before is not null && Changed(before, now).Count == 0;
            before = now;
            return quiet;
        }, "the mall is quiet");
        return before!;
    }

    /// <summary>The tables that differ.</summary>
    public static List<string> Changed(Dictionary<string, string> before, Dictionary<string, string> after) => [.. after.Where(t => before.GetValueOrDefault(t.Key) != t.Value).Select(t => t.Key)];

    static string Digest(List<string> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in rows.Order(StringComparer.Ordinal)) hash.AppendData(Encoding.UTF8.GetBytes(row));
        return $"{rows.Count} {Convert.ToHexString(hash.GetHashAndReset())}";
    }

    static async Task<List<string>> Rows(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(string.Join('\u001f', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : reader.GetValue(i).ToString())));
        return rows;
    }
}
