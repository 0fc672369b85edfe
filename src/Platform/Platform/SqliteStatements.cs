using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Jangteo.Platform;

/// <summary>Statements kept prepared on the writer's connection; as many as there are places and shapes of change in the code.</summary>
sealed partial class SqliteStatements(SqliteConnection connection)
{
    readonly Dictionary<string, SqliteCommand> _prepared = [];

    /// <summary>The number of the row inserted last.</summary>
    public long LastRowId => raw.sqlite3_last_insert_rowid(connection.Handle);

    /// <summary>Runs a statement with parameters {0}, {1} … and tells how many rows it touched.</summary>
    public int Run(string sql, ReadOnlySpan<object?> values, SqliteTransaction transaction)
    {
        if (!_prepared.TryGetValue(sql, out var command)) _prepared[sql] = command = Prepare(sql, values.Length);
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement written with its values in it, which are given apart.</summary>
    public int Run(FormattableString sql, SqliteTransaction transaction) =>
        Run(sql.Format, [.. sql.GetArguments().Select(v => v is DateTimeOffset time ? ModuleDb.MicrosecondsOf(time) : v)], transaction);

    SqliteCommand Prepare(string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = Hole().Replace(sql, "$p$1");
        for (var i = 0; i < parameters; i++) command.Parameters.Add(new SqliteParameter($"$p{i}", null));
        return command;
    }

    [GeneratedRegex(@"\{(\d+)\}")]
    private static partial Regex Hole();
}
