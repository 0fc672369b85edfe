using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Jangteo.Platform;

/// <summary>
/// A module's own database: its state, its feed, its cursors and its timeouts, committed together. Entities with an
/// <c>int Version</c> property are guarded against lost updates.
/// </summary>
public abstract class ModuleDb(DbContextOptions options) : DbContext(options)
{
    readonly IServiceProvider? _services = options.FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider;
    readonly List<Action> _afterCommit = [];
    readonly List<FeedRow> _announced = [];
    bool _inUnit;

    internal DbSet<FeedRow> Feed => Set<FeedRow>();
    internal DbSet<FeedReader> FeedReaders => Set<FeedReader>();
    internal DbSet<DueMessage> DueMessages => Set<DueMessage>();
    internal DbSet<SubscriptionCursor> Cursors => Set<SubscriptionCursor>();
    internal DbSet<ParkedMessage> Parked => Set<ParkedMessage>();
    internal DbSet<IdempotentAnswer> IdempotentAnswers => Set<IdempotentAnswer>();

    /// <summary>True on SQLite, false on PostgreSQL: for the few queries that must differ.</summary>
    public bool IsSqlite => _services is null ? Database.IsSqlite() : Store.PostgreSql is null;

    /// <summary>The module's store: name, data folder.</summary>
    public ModuleStore Store => field ??= (_services ?? throw new InvalidOperationException("This context has no services."))
        .GetRequiredKeyedService<ModuleStore>(GetType());

    /// <summary>Announces a message on the module's feed, in the transaction of the next SaveChanges.</summary>
    public void Send(IMessage message)
    {
        Add(new FeedRow
        {
            Id = Guid.CreateVersion7(),
            Type = MessageFormat.NameOf(message.GetType()),
            Key = message.Key,
            At = Store.Time.GetUtcNow(),
            // Captured now: when the message is delivered, another activity is current.
            TraceParent = Activity.Current?.Id,
            Data = JsonSerializer.Serialize(message, message.GetType(), MessageFormat.Json),
        });
    }

    /// <summary>Sends the module a message at a later time; its own handlers get it, others never see it.</summary>
    public void Send(IMessage message, DateTimeOffset due) => Add(new DueMessage
    {
        Id = Guid.CreateVersion7(),
        Type = MessageFormat.NameOf(message.GetType()),
        Key = message.Key,
        Due = due,
        TraceParent = Activity.Current?.Id,
        Data = JsonSerializer.Serialize(message, message.GetType(), MessageFormat.Json),
    });

    /// <summary>Runs a quick action once what is being saved has committed, for example waking a worker; never when it was undone.</summary>
    public void AfterCommit(Action action) => _afterCommit.Add(action);

    /// <summary>The transaction of the writer in which this context's unit runs; SQLite only.</summary>
    internal SqliteTransaction? Writing { get; private set; }

    /// <summary>What this context is at work on, for the names of boundaries; filled in only while somebody listens.</summary>
    internal string? Doing { get; set; }

    /// <summary>How much waits for the commit, to come back to with <see cref="UndoAfterCommit"/>.</summary>
    internal (int Actions, int Announced) AwaitingCommit => (_afterCommit.Count, _announced.Count);

    internal void UndoAfterCommit((int Actions, int Announced) from)
    {
        _afterCommit.RemoveRange(from.Actions, _afterCommit.Count - from.Actions);
        _announced.RemoveRange(from.Announced, _announced.Count - from.Announced);
    }

    // On SQLite this runs in the writer's loop, so that the tail is in the order of the commits.
    void Announce()
    {
        if (_announced.Count == 0) return;
        if (IsSqlite) Store.Tail.Append(_announced);
        Store.Announced.Pulse();
        _announced.Clear();
    }

    void Committed()
    {
        foreach (var action in _afterCommit) action();
        _afterCommit.Clear();
    }

    /// <summary>
    /// Runs reads and writes as one transaction: on SQLite in the writer gate, on PostgreSQL in a transaction of its own.
    /// The work must not call over the network.
    /// </summary>
    public async Task Unit(Func<Task> work, CancellationToken ct)
    {
        if (_inUnit) { await work(); return; }
        _inUnit = true;
        try
        {
            if (Store.Gate is { } gate) await SqliteUnit(gate, work, ct);
            else await PostgreSqlUnit(work, ct);
        }
        catch
        {
            UndoAfterCommit(default);
            throw;
        }
        finally
        {
            _inUnit = false;
        }
        Boundary.At("after commit of", Doing);
        Committed();
    }

    async Task SqliteUnit(WriterGate gate, Func<Task> work, CancellationToken ct)
    {
        var own = Database.GetDbConnection();
        await gate.Run(async (connection, transaction) =>
        {
            Database.SetDbConnection(connection, contextOwnsConnection: false);
            Database.UseTransaction(transaction);
            Writing = transaction;
            try
            {
                await work();
                Boundary.At("before commit of", Doing);
            }
            finally
            {
                Writing = null;
                Database.UseTransaction(null);
                Database.SetDbConnection(own, contextOwnsConnection: true);
            }
        }, Announce, ct);
    }

    async Task PostgreSqlUnit(Func<Task> work, CancellationToken ct)
    {
        await using var transaction = await Database.BeginTransactionAsync(ct);
        await work();
        Boundary.At("before commit of", Doing);
        await transaction.CommitAsync(ct);
        Announce();
    }

    /// <summary>Saves state and messages in one commit.</summary>
    public sealed override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken ct = default)
    {
        ChangeTracker.DetectChanges();
        // Once is enough: whoever looks at the entries below sees what was found now.
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            if (!ChangeTracker.HasChanges()) return 0;
            foreach (var entry in ChangeTracker.Entries())
                if (entry.State == EntityState.Modified && entry.Metadata.FindProperty("Version") is { IsConcurrencyToken: true })
                    entry.Property("Version").CurrentValue = (int)entry.Property("Version").OriginalValue! + 1;
            if (_inUnit) return await Save(acceptAllChangesOnSuccess, ct);
            if (Store.Gate is null) return await SaveOnPostgreSql(acceptAllChangesOnSuccess, ct);
            var rows = 0;
            await Unit(async () => rows = await Save(acceptAllChangesOnSuccess, ct), ct);
            return rows;
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    async Task<int> Save(bool acceptAllChangesOnSuccess, CancellationToken ct)
    {
        // What undoes a failed unit is its own savepoint.
        Database.AutoSavepointsEnabled = false;
        var announced = ChangeTracker.Entries<FeedRow>().Where(e => e.State == EntityState.Added).Select(e => e.Entity).ToList();
        var rows = await base.SaveChangesAsync(acceptAllChangesOnSuccess, ct);
        _announced.AddRange(announced.OrderBy(row => row.Seq));
        return rows;
    }

    async Task<int> SaveOnPostgreSql(bool acceptAllChangesOnSuccess, CancellationToken ct)
    {
        try
        {
            Boundary.At("before commit of", Doing);
            var changed = await Save(acceptAllChangesOnSuccess, ct);
            Boundary.At("after commit of", Doing);
            Announce();
            Committed();
            return changed;
        }
        catch
        {
            UndoAfterCommit(default);
            throw;
        }
    }

    /// <summary>
    /// Runs one statement inside a unit, past the change tracker, and tells how many rows it touched; for what is written with
    /// nearly every order. On SQLite the statement stays prepared. The values may be null, numbers, texts, ids, truths and times.
    /// </summary>
    public Task<int> Execute(FormattableString sql, CancellationToken ct) =>
        Writing is { } transaction ? Task.FromResult(Store.Gate!.Statements.Run(sql, transaction))
        : IsSqlite ? throw new InvalidOperationException("Only inside a unit.")
        : Database.ExecuteSqlAsync(sql, ct);

    /// <summary>Moves a subscription's cursor only from where its reader left it: if another reader took over meanwhile, the whole batch is undone.</summary>
    internal async Task MoveCursor(string subscription, string producer, string from, string to, CancellationToken ct)
    {
        var moved = await Execute($"""UPDATE cursors SET "Position" = {to} WHERE "Subscription" = {subscription} AND "Producer" = {producer} AND "Position" = {from}""", ct);
        if (moved != 1) throw new InvalidOperationException("Another reader has taken over.");
    }

    /// <summary>The context goes back to its pool: what was to follow a commit that never came is forgotten.</summary>
    public sealed override ValueTask DisposeAsync()
    {
        _afterCommit.Clear();
        return base.DisposeAsync();
    }

    /// <summary>Synchronous saving would block a thread in the gate.</summary>
    public sealed override int SaveChanges(bool acceptAllChangesOnSuccess) => throw new NotSupportedException("Use SaveChangesAsync.");

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        // SQLite cannot order a DateTimeOffset, PostgreSQL takes only UTC.
        if (IsSqlite) configuration.Properties<DateTimeOffset>().HaveConversion<Microseconds>();
        else configuration.Properties<DateTimeOffset>().HaveConversion<Utc>();
        configuration.ComplexProperties<Money>();
    }

    /// <summary>Describes the platform's tables; call before describing the module's own.</summary>
    protected override void OnModelCreating(ModelBuilder model) => PlatformTables.Describe(model, IsSqlite);

    /// <summary>Marks every <c>Version</c> property as the guard against lost updates; call last in OnModelCreating.</summary>
    protected static void GuardVersions(ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
            if (entity.FindProperty("Version") is { ClrType: var type } version && type == typeof(int))
                version.IsConcurrencyToken = true;
    }

    /// <summary>What the database said, which EF wraps once or twice.</summary>
    internal static DbException? CauseOf(Exception? e) => e is null or DbException ? e as DbException : CauseOf(e.InnerException);

    /// <summary>A time as SQLite keeps it.</summary>
    internal static long MicrosecondsOf(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    sealed class Microseconds() : ValueConverter<DateTimeOffset, long>(
        time => MicrosecondsOf(time),
        value => DateTimeOffset.UnixEpoch.AddTicks(value * TimeSpan.TicksPerMicrosecond));

    sealed class Utc() : ValueConverter<DateTimeOffset, DateTimeOffset>(time => time.ToUniversalTime(), time => time);
}
