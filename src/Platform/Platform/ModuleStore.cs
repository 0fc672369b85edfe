using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Jangteo.Platform;

/// <summary>Where a module keeps its data: SQLite in the data folder, or PostgreSQL when a connection string says so.</summary>
public sealed class ModuleStore : IAsyncDisposable
{
    /// <summary>Opens the store of a module. <c>ConnectionStrings:{name}</c> chooses PostgreSQL; else <c>Data:Folder</c> holds <c>{name}.db</c>.</summary>
    public ModuleStore(string name, IConfiguration configuration, TimeProvider time)
    {
        Name = name;
        Time = time;
        DataFolder = configuration.DataFolder();
        if (configuration.GetConnectionString(name) is { Length: > 0 } postgres)
        {
            // A keepalive finds a dead server within seconds, so a lost lease is noticed.
            PostgreSql = new NpgsqlConnectionStringBuilder(postgres) { KeepAlive = 5, MaxPoolSize = 40 }.ConnectionString;
            return;
        }
        Directory.CreateDirectory(DataFolder);
        SqlitePath = Path.Combine(DataFolder, $"{name}.db");
        SqliteConnectionString = new SqliteConnectionStringBuilder { DataSource = SqlitePath, ForeignKeys = true, DefaultTimeout = 10 }.ConnectionString;
        Gate = new WriterGate(SqliteConnectionString);
    }

    /// <summary>The module's name, lower case.</summary>
    public string Name { get; }

    /// <summary>The folder for databases, pictures and keys.</summary>
    public string DataFolder { get; }

    /// <summary>True when a table of the module has no rows. Asked without EF, whose model of the module takes a tenth of a second to make.</summary>
    public async Task<bool> IsEmpty(string table, CancellationToken ct) => await Scalar($"SELECT 1 FROM \"{table}\" LIMIT 1", ct) is null;

    internal async Task<object?> Scalar(string sql, CancellationToken ct)
    {
        await using DbConnection connection = PostgreSql is { } postgres ? new NpgsqlConnection(postgres) : new SqliteConnection(SqliteConnectionString);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(ct);
    }

    internal TimeProvider Time { get; }

    /// <summary>The connection string. EF would make a model of the module again for every data source that is given to it.</summary>
    internal string? PostgreSql { get; }

    internal string? SqlitePath { get; }
    internal string? SqliteConnectionString { get; }
    internal WriterGate? Gate { get; }

    /// <summary>Pulsed after every commit that announced something.</summary>
    internal Signal Announced { get; } = new();

    /// <summary>The newest announcements of this process, SQLite only.</summary>
    internal FeedTail Tail { get; } = new();

    /// <summary>Keys of idempotent calls that run right now in this process.</summary>
    internal ConcurrentDictionary<string, byte> Running { get; } = new();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Gate is not null) await Gate.DisposeAsync();
        if (PostgreSql is not null)
            await using (var connection = new NpgsqlConnection(PostgreSql)) NpgsqlConnection.ClearPool(connection);
        if (SqliteConnectionString is not null)
            using (var connection = new SqliteConnection(SqliteConnectionString)) SqliteConnection.ClearPool(connection);
    }
}

static class DataFolders
{
    /// <summary>Where the process keeps its files: <c>Data:Folder</c>, by default <c>data</c> in the working folder.</summary>
    public static string DataFolder(this IConfiguration configuration) => Path.GetFullPath(configuration["Data:Folder"] ?? "data");
}

/// <summary>Wakes everybody who waits, each time something happened.</summary>
sealed class Signal
{
    volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Take before looking, await after finding nothing: a pulse in between is not missed.</summary>
    public Task Next => _next.Task;

    public void Pulse() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
