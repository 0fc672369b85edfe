using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.Data.Sqlite;

namespace Jangteo.Bench;

/// <summary>What the machine can do at best: bare Kestrel and bare SQLite, measured in the same run as the mall.</summary>
static class Ceilings
{
    /// <summary>Serves, without anything of ours, the product list serialised each time at /list, and a fixed page of given size at /page.</summary>
    public static async Task Serve(int port, string listFile, int pageBytes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, BenchJson.Default));
        var app = builder.Build();
        var list = JsonSerializer.Deserialize<ProductList>(await File.ReadAllTextAsync(listFile), MessageFormat.Json)!;
        var page = new byte[pageBytes];
        Array.Fill(page, (byte)'x');
        app.MapGet("/list", () => list);
        app.MapGet("/page", () => Results.Bytes(page, "text/html"));
        await app.RunAsync();
    }

    /// <summary>Commits per second of one raw writer: WAL, synchronous=FULL, one small insert each.</summary>
    public static double SqliteCommits(string folder, double seconds)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "ceiling.db")};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO t (body) VALUES ($body)";
        insert.Parameters.AddWithValue("$body", new string('x', 200));
        var clock = Stopwatch.StartNew();
        var commits = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; commits++) insert.ExecuteNonQuery();
        return commits / clock.Elapsed.TotalSeconds;
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProductList))]
sealed partial class BenchJson : JsonSerializerContext;
