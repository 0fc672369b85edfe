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
    /// <param name="committed">Runs right after the commit, in the order of the commits, before anybody else learns of it.</param>
    public async Task Run(Func<SqliteConnection, SqliteTransaction, Task> work, Action committed, CancellationToken ct)
    {
        var unit = new Unit(work, committed, ct);
        await _waiting.Writer.WriteAsync(unit, ct);
        await unit.Done.Task;
    }

    async Task Loop()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            var group = new List<Unit>();
            try
            {
                var transaction = Open().BeginTransaction(deferred: false);
                while (group.Count < MaxUnitsPerCommit && _waiting.Reader.TryRead(out var unit))
                {
                    if (unit.Cancelled) continue;
                    group.Add(unit);
                    await Attempt(unit, transaction, isFirst: group.Count == 1);
                    // What failed first, without a savepoint, has taken the whole transaction with it.
                    if (transaction.Connection is null) transaction = Open().BeginTransaction(deferred: false);
                }
                Boundary.At("before group commit of", _connectionString);
                transaction.Commit();
                Boundary.At("after group commit of", _connectionString);
                transaction.Dispose();
                foreach (var unit in group) unit.Committed();
                // Who failed may have failed on what another of the group wrote: they learn so when a second look will find it.
                foreach (var unit in group) unit.Finish(null);
            }
            catch (Exception e)
            {
                // The transaction itself failed (disk full, file gone): everyone in it learns so, and the connection is made anew.
                if (group.Count == 0 && _waiting.Reader.TryRead(out var next)) group.Add(next);
                foreach (var unit in group) unit.Finish(e);
                _connection?.Dispose();
                _connection = null;
            }
        }
    }

    // A savepoint costs two statements, so the first of a group, which is often the only one, does without.
    static async Task Attempt(Unit unit, SqliteTransaction transaction, bool isFirst)
    {
        try
        {
            if (!isFirst) transaction.Save("unit");
            await unit.Work(transaction.Connection!, transaction);
            if (!isFirst) transaction.Release("unit");
        }
        catch (Exception e)
        {
            unit.Failure = e;
            // A full disk ends the whole transaction, savepoints and all: then this throws, too.
            if (isFirst) transaction.Rollback();
            else
            {
                transaction.Rollback("unit");
                transaction.Release("unit");
            }
        }
    }

    SqliteConnection Open()
    {
        if (_connection is not null) return _connection;
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var pragma = connection.CreateCommand();
        // Each of the many connections would keep 2 MB of pages; the heap limit is for all of the process, and the system keeps the files' pages anyway.
        pragma.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA temp_store=MEMORY; PRAGMA soft_heap_limit=16777216;";
        pragma.ExecuteNonQuery();
        Statements = new SqliteStatements(connection);
        return _connection = connection;
    }

    /// <summary>The writer's prepared statements; only for use inside a unit.</summary>
    public SqliteStatements Statements { get; private set; } = null!;

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop;
        _connection?.Dispose();
    }

    sealed class Unit(Func<SqliteConnection, SqliteTransaction, Task> work, Action committed, CancellationToken ct)
    {
        public readonly TaskCompletionSource Done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public Func<SqliteConnection, SqliteTransaction, Task> Work => work;
        public Exception? Failure { get; set; }

        public void Committed()
        {
            if (Failure is null) committed();
        }

        public void Finish(Exception? groupFailure)
        {
            if ((Failure ?? groupFailure) is { } failure) Done.TrySetException(failure);
            else Done.TrySetResult();
        }

        public bool Cancelled => ct.IsCancellationRequested && Done.TrySetCanceled(ct);
    }
}
