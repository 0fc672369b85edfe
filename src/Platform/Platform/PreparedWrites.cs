using System.Collections.Concurrent;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;

namespace Jangteo.Platform;

/// <summary>
/// Writes inserted and updated rows of plain tables (one entity, no foreign key) with statements that stay prepared on the
/// SQLite writer's connection; leaves everything else to EF. EF plans and prepares each write anew, which was a fifth of
/// the cost of a checkout. What is written, the guards against lost updates and the exceptions are EF's.
/// </summary>
sealed class PreparedWrites(DatabaseDependencies dependencies, RelationalDatabaseDependencies relational, ICurrentDbContext current) : RelationalDatabase(dependencies, relational)
{
    public override async Task<int> SaveChangesAsync(IList<IUpdateEntry> entries, CancellationToken ct)
    {
        if (current.Context is not ModuleDb { Writing: { } transaction, Store.Gate: { } gate }) return await base.SaveChangesAsync(entries, ct);
        foreach (var entry in entries)
            if (!PlainTable.Of(entry.EntityType).CanWrite(entry)) return await base.SaveChangesAsync(entries, ct);
        // Of a context that is used again EF lists the rows in any order; the database numbers them as they were added.
        foreach (var entry in entries.OrderBy(e => PlainTable.Of(e.EntityType).RowId is { } id && e.HasTemporaryValue(id) ? (long)e.GetCurrentValue(id)! : 0)) Write(entry, gate.Statements, transaction);
        return entries.Count;
    }

    static void Write(IUpdateEntry entry, SqliteStatements statements, SqliteTransaction transaction)
    {
        var table = PlainTable.Of(entry.EntityType);
        try
        {
            if (entry.EntityState is EntityState.Added)
            {
                var (sql, columns) = table.Insert;
                statements.Run(sql, [.. columns.Select(entry.GetCurrentProviderValue)], transaction);
                if (table.RowId is { } id && entry.HasTemporaryValue(id)) entry.SetStoreGeneratedValue(id, Convert.ChangeType(statements.LastRowId, id.ClrType, null));
            }
            else
            {
                var (sql, changed, tokens) = table.Update(entry);
                object?[] values = [.. changed.Select(entry.GetCurrentProviderValue), entry.GetCurrentProviderValue(table.Key), .. tokens.Select(entry.GetOriginalProviderValue)];
                if (statements.Run(sql, values, transaction) != 1)
                    throw new DbUpdateConcurrencyException($"Somebody else changed or removed the row of {entry.EntityType.DisplayName()} first.", [entry]);
            }
        }
        catch (SqliteException e)
        {
            throw new DbUpdateException($"The row of {entry.EntityType.DisplayName()} was not written.", e, [entry]);
        }
    }
}

/// <summary>An entity's table, and the statements made for it so far.</summary>
sealed class PlainTable
{
    const int MaxColumns = 64;
    static readonly ConcurrentDictionary<IEntityType, PlainTable> Known = [];

    readonly string _table;
    readonly bool _isPlain;
    readonly IProperty[] _columns;
    readonly IProperty[] _tokens;
    readonly ConcurrentDictionary<ulong, (string Sql, IProperty[] Changed, IProperty[] Tokens)> _updates = [];

    PlainTable(IEntityType type)
    {
        _table = type.GetTableName() ?? "";
        _columns = [.. type.GetFlattenedProperties()];
        _tokens = [.. _columns.Where(p => p.IsConcurrencyToken)];
        var keys = type.FindPrimaryKey()?.Properties ?? [];
        // What a row collects in tables of their own is not part of the row; saved together with it, it goes through EF.
        _isPlain = keys.Count == 1 && _columns.Length <= MaxColumns && !type.IsOwned() && !type.GetForeignKeys().Any() && !type.GetNavigations().Any(n => n.TargetEntityType.IsOwned())
            && type.BaseType is null && !type.GetDirectlyDerivedTypes().Any() && !type.GetComplexProperties().Any(c => c.IsCollection || c.ComplexType.IsMappedToJson());
        Key = keys.Count > 0 ? keys[0] : _columns[0];
        RowId = _isPlain && Key.ValueGenerated == ValueGenerated.OnAdd && Key.ClrType == typeof(long) ? Key : null;
        IProperty[] inserted = [.. _columns.Where(c => c != RowId)];
        Insert = ($"INSERT INTO \"{_table}\" ({string.Join(", ", inserted.Select(Name))}) VALUES ({string.Join(", ", inserted.Select((_, i) => $"{{{i}}}"))})", inserted);
    }

    public static PlainTable Of(IEntityType type) => Known.GetOrAdd(type, static type => new PlainTable(type));

    public IProperty Key { get; }

    /// <summary>The key, when the database numbers the rows.</summary>
    public IProperty? RowId { get; }

    public (string Sql, IProperty[] Columns) Insert { get; }

    public bool CanWrite(IUpdateEntry entry) => _isPlain && entry is { EntityState: EntityState.Added or EntityState.Modified, SharedIdentityEntry: null };

    public (string Sql, IProperty[] Changed, IProperty[] Tokens) Update(IUpdateEntry entry)
    {
        var mask = 0UL;
        for (var i = 0; i < _columns.Length; i++)
            if (entry.IsModified(_columns[i])) mask |= 1UL << i;
        return _updates.GetOrAdd(mask, mask =>
        {
            IProperty[] changed = [.. _columns.Where((_, i) => (mask & 1UL << i) != 0)];
            var sql = new StringBuilder($"UPDATE \"{_table}\" SET {string.Join(", ", changed.Select((c, i) => $"{Name(c)} = {{{i}}}"))} WHERE {Name(Key)} = {{{changed.Length}}}");
            for (var i = 0; i < _tokens.Length; i++) sql.Append($" AND {Name(_tokens[i])} = {{{changed.Length + 1 + i}}}");
            return (sql.ToString(), changed, _tokens);
        });
    }

    string Name(IProperty property) => $"\"{property.GetColumnName(StoreObjectIdentifier.Table(_table))}\"";
}
