using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Jangteo.Platform;

/// <summary>
/// The one writer of a SQLite database in this process. Units of work that wait together are committed together (group
/// commit), so a disk flush is shared; no unit is acknowledged before its commit. Without the gate, threads that contend
/// for SQLite's write lock stall for a second and more.
/// </summary>
sealed class WriterGate : IAsyncDisposable
{
    const int MaxUnitsPerCommit = 64;
    const int MaxWaitingUnits = 4096;

    readonly Channel<Unit> _waiting = Channel.CreateBounded<Unit>(new BoundedChannelOptions(MaxWaitingUnits) { SingleReader = true });
    readonly string _connectionString;
    readonly Task _loop;
    SqliteConnection? _connection;

    public WriterGate(string connectionString)
    {
        _connectionString = connectionString;
        _loop = Task.Run(Loop);
    }

    /// <summary>Runs the work on the writer's connection inside a transaction and returns once that is committed.</summary>
    public async Task Run(Func<SqliteConnection, SqliteTransaction, Task> work, CancellationToken ct)
    {
        var unit = new Unit(work, ct);
        await _waiting.Writer.WriteAsync(unit, ct);
        await unit.Done.Task;
    }

    async Task Loop()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            var done = new List<(Unit Unit, Exception? Failure)>();
            try
            {
                await using var transaction = Open().BeginTransaction(deferred: false);
                while (done.Count < MaxUnitsPerCommit && _waiting.Reader.TryRead(out var unit))
                    if (!unit.Cancelled) done.Add((unit, await Attempt(unit, transaction)));
                Boundary.At("before group commit of", _connectionString);
                transaction.Commit();
                Boundary.At("after group commit of", _connectionString);
                // Who failed may have failed on what another of the group wrote: they learn so when a second look will find it.
                foreach (var (unit, failure) in done) unit.Finish(failure);
            }
            catch (Exception e)
            {
                // The commit itself failed (disk full, file gone): everyone in it learns so, and the connection is made anew.
                foreach (var (unit, failure) in done) unit.Finish(failure ?? e);
                if (done.Count == 0 && _waiting.Reader.TryRead(out var next)) next.Finish(e);
                _connection?.Dispose();
                _connection = null;
            }
        }
    }

    static async Task<Exception?> Attempt(Unit unit, SqliteTransaction transaction)
    {
        try
        {
            transaction.Save("unit");
            await unit.Work(transaction.Connection!, transaction);
            transaction.Release("unit");
            return null;
        }
        catch (Exception e)
        {
            RollBack(unit, transaction, e);
            return e;
        }
    }

    static void RollBack(Unit unit, SqliteTransaction transaction, Exception failure)
    {
        try
        {
            transaction.Rollback("unit");
            transaction.Release("unit");
        }
        catch (SqliteException)
        {
            // A full disk ends the whole transaction, savepoints and all.
            unit.Finish(failure);
            throw;
        }
    }

    SqliteConnection Open()
    {
        if (_connection is not null) return _connection;
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var pragma = connection.CreateCommand();
        pragma.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;";
        pragma.ExecuteNonQuery();
        return _connection = connection;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop;
        _connection?.Dispose();
    }

    sealed class Unit(Func<SqliteConnection, SqliteTransaction, Task> work, CancellationToken ct)
    {
        public readonly TaskCompletionSource Done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public Func<SqliteConnection, SqliteTransaction, Task> Work => work;

        public void Finish(Exception? failure)
        {
            if (failure is null) Done.TrySetResult();
            else Done.TrySetException(failure);
        }

        public bool Cancelled => ct.IsCancellationRequested && Done.TrySetCanceled(ct);
    }
}
