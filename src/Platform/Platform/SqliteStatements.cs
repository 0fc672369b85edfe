using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jangteo.Platform;

/// <summary>
/// Statements kept prepared on the writer's connection, for what nearly every unit of work writes: having these few made
/// anew each time was a third of the cost of a checkout.
/// </summary>
sealed partial class SqliteStatements(SqliteConnection connection)
{
    // As many as there are places in the code that call.
    readonly Dictionary<string, SqliteCommand> _prepared = [];

    /// <summary>Runs a statement whose values are given apart, and tells how many rows it touched.</summary>
    public int Run(FormattableString sql, SqliteTransaction transaction)
    {
        if (!_prepared.TryGetValue(sql.Format, out var command)) _prepared[sql.Format] = command = Prepare(sql);
        command.Transaction = transaction;
        for (var i = 0; i < sql.ArgumentCount; i++)
            command.Parameters[i].Value = sql.GetArgument(i) switch
            {
                null => DBNull.Value,
                DateTimeOffset time => ModuleDb.MicrosecondsOf(time),
                var value => value,
            };
        return command.ExecuteNonQuery();
    }

    /// <summary>Appends to the feed and notes the row's number.</summary>
    public void Announce(FeedRow row, SqliteTransaction transaction)
    {
        Run($"""INSERT INTO feed ("Xid", "Id", "Type", "Key", "At", "TraceParent", "Data") VALUES (0, {row.Id}, {row.Type}, {row.Key}, {row.At}, {row.TraceParent}, {row.Data})""", transaction);
        row.Seq = raw.sqlite3_last_insert_rowid(connection.Handle);
    }

    public void Postpone(DueMessage due, SqliteTransaction transaction) =>
        Run($"""INSERT INTO due_messages ("Id", "Type", "Key", "Due", "TraceParent", "Data") VALUES ({due.Id}, {due.Type}, {due.Key}, {due.Due}, {due.TraceParent}, {due.Data})""", transaction);

    SqliteCommand Prepare(FormattableString sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = Hole().Replace(sql.Format, "$p$1");
        for (var i = 0; i < sql.ArgumentCount; i++) command.Parameters.Add(new SqliteParameter($"$p{i}", null));
        return command;
    }

    [GeneratedRegex(@"\{(\d+)\}")]
    private static partial Regex Hole();
}
