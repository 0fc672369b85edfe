using Npgsql;

namespace Jangteo.Platform;

/// <summary>
/// Exclusive rights that die with their process, so that of several replicas one acts: an advisory lock of a PostgreSQL
/// session, or a locked file beside a SQLite database. A lease may be lost unnoticed for a moment; what it guards is
/// guarded again in its own transaction (the cursor moves only from where the reader left it).
/// </summary>
sealed class Leases(ModuleStore store)
{
    // From where EF makes databases, too.
    const string Maintenance = "postgres";

    /// <summary>Takes the right, or null when another holds it.</summary>
    public async Task<Lease?> TryTake(string name, CancellationToken ct)
    {
        if (store.PostgreSql is { } postgres) return await TryAdvisoryLock(postgres, $"{store.Name}:{name}", ct);
        var folder = Directory.CreateDirectory(Path.Combine(store.DataFolder, "locks"));
        try
        {
            return new Lease(new FileStream(Path.Combine(folder.FullName, $"{store.Name}.{name}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), null);
        }
        catch (IOException)
        {
            return null;
        }
    }

    static async Task<Lease?> TryAdvisoryLock(string postgres, string name, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(postgres);
        try
        {
            await connection.OpenAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName && new NpgsqlConnectionStringBuilder(postgres) is { Database: not Maintenance and var missing } server)
        {
            // The database does not exist yet: of those who would make it, one does.
            server.Database = Maintenance;
            return await TryAdvisoryLock(server.ConnectionString, $"{name} of {missing}", ct);
        }
        var lease = new Lease(null, connection);
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock(hashtextextended($1, 1))", connection) { Parameters = { new() { Value = name } } };
            if ((bool)(await command.ExecuteScalarAsync(ct))!) return lease;
        }
        catch
        {
            // It may have been given all the same.
            await lease.DisposeAsync();
            throw;
        }
        await connection.DisposeAsync();
        return null;
    }
}

/// <summary>A right that is held until disposed.</summary>
sealed class Lease(FileStream? file, NpgsqlConnection? session) : IAsyncDisposable
{
    /// <summary>Asks the session whether it still lives; throws when it does not.</summary>
    public async Task Check(CancellationToken ct)
    {
        if (session is null) return;
        await using var command = new NpgsqlCommand("SELECT 1", session);
        await command.ExecuteScalarAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (file is not null) await file.DisposeAsync();
        if (session is null) return;
        try
        {
            await using var release = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", session);
            await release.ExecuteScalarAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The session is gone, and the lock with it.
        }
        await session.DisposeAsync();
    }
}
