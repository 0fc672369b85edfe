using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jangteo.Platform;

/// <summary>
/// What nearly every unit of work writes, prepared once for the writer's connection: a third of the cost of a checkout
/// went into having these few inserts made anew each time.
/// </summary>
sealed class SqliteStatements(SqliteConnection connection)
{
    readonly SqliteCommand _announce = Prepare(connection,
        """INSERT INTO feed ("Xid", "Id", "Type", "Key", "At", "TraceParent", "Data") VALUES (0, $0, $1, $2, $3, $4, $5)""", 6);
    readonly SqliteCommand _postpone = Prepare(connection,
        """INSERT INTO due_messages ("Id", "Type", "Key", "Due", "TraceParent", "Data") VALUES ($0, $1, $2, $3, $4, $5)""", 6);
    readonly SqliteCommand _moveCursor = Prepare(connection,
        """UPDATE cursors SET "Position" = $0 WHERE "Subscription" = $1 AND "Producer" = $2 AND "Position" = $3""", 4);

    /// <summary>Appends to the feed and notes the row's number.</summary>
    public void Announce(FeedRow row, SqliteTransaction transaction)
    {
        Run(_announce, transaction, row.Id, row.Type, row.Key, ModuleDb.MicrosecondsOf(row.At), row.TraceParent, row.Data);
        row.Seq = raw.sqlite3_last_insert_rowid(connection.Handle);
    }

    public void Postpone(DueMessage due, SqliteTransaction transaction) =>
        Run(_postpone, transaction, due.Id, due.Type, due.Key, ModuleDb.MicrosecondsOf(due.Due), due.TraceParent, due.Data);

    /// <summary>False when the cursor is not where the reader left it.</summary>
    public bool MoveCursor(string subscription, string producer, string from, string to, SqliteTransaction transaction) =>
        Run(_moveCursor, transaction, to, subscription, producer, from) == 1;

    static int Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object?> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command.ExecuteNonQuery();
    }

    static SqliteCommand Prepare(SqliteConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++) command.Parameters.Add(new SqliteParameter($"${i}", null));
        return command;
    }
}
