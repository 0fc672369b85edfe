using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Internal;
using Npgsql;

namespace Jangteo.Platform;

/// <summary>Picks a provider's migrations out of the module's assembly by their namespace: …Migrations.Sqlite or …Migrations.PostgreSql.</summary>
#pragma warning disable EF1001 // The documented way to filter migrations derives from this class; the EF version is pinned.
sealed class ProviderMigrations(ICurrentDbContext context, IDbContextOptions options, IMigrationsIdGenerator ids, IDiagnosticsLogger<DbLoggerCategory.Migrations> log)
    : MigrationsAssembly(context, options, ids, log)
{
    readonly Type _context = context.Context.GetType();
    readonly string _namespace = NamespaceOf(context.Context.Database.IsSqlite());

    public static string NamespaceOf(bool sqlite) => sqlite ? ".Migrations.Sqlite" : ".Migrations.PostgreSql";

    public override IReadOnlyDictionary<string, TypeInfo> Migrations => field ??= base.Migrations
        .Where(m => m.Value.Namespace!.EndsWith(_namespace, StringComparison.Ordinal))
        .ToDictionary(m => m.Key, m => m.Value);

    public override ModelSnapshot? ModelSnapshot => field ??= Assembly.DefinedTypes
        .Where(t => t.IsSubclassOf(typeof(ModelSnapshot)) && t.Namespace!.EndsWith(_namespace, StringComparison.Ordinal))
        .Where(t => t.GetCustomAttribute<DbContextAttribute>()?.ContextType == _context)
        .Select(t => (ModelSnapshot)Activator.CreateInstance(t)!).SingleOrDefault();
}
#pragma warning restore EF1001

/// <summary>Lets <c>dotnet ef</c> make migrations: <c>-- --provider postgresql</c> for that set, SQLite otherwise.</summary>
public abstract class DesignTime<TDb> : IDesignTimeDbContextFactory<TDb> where TDb : ModuleDb
{
    /// <inheritdoc />
    public TDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<TDb>();
        if (args.Contains("postgresql")) options.UseNpgsql("Host=design-time");
        else options.UseSqlite("Data Source=design-time");
        options.UseProviderMigrations();
        return (TDb)Activator.CreateInstance(typeof(TDb), options.Options)!;
    }
}

interface IDatabaseStart
{
    /// <summary>Brings the database up to date.</summary>
    Task Start(CancellationToken ct);

    /// <summary>Has EF describe the context to itself, which takes a tenth of a second of its first use.</summary>
    Task Warm();
}

/// <summary>Brings a module's database up to date at start, one process at a time.</summary>
sealed class DatabaseStart<TDb>(IServiceProvider services, ILogger<DatabaseStart<TDb>> log) : IDatabaseStart where TDb : ModuleDb
{
    static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(60);

    readonly ModuleStore _store = services.GetRequiredKeyedService<ModuleStore>(typeof(TDb));

    public async Task Start(CancellationToken ct)
    {
        await using var held = await Lock(_store, ct);
        var last = NewestMigration() ?? throw new InvalidOperationException($"{typeof(TDb).Name} has no migrations for its provider.");
        // Asking the history table costs a millisecond; a migration check of EF costs fifty, and its model of the context twice that.
        if (await LastApplied(ct) == last) return;
        log.LogInformation("Migrating {Module} to {Migration}", _store.Name, last);
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        // A process killed while migrating leaves EF's own lock row behind; we hold a lock that dies with its process.
        if (db.IsSqlite) await _store.Scalar("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", ct);
        await db.Database.MigrateAsync(ct);
    }

    public async Task Warm()
    {
        await using var scope = services.CreateAsyncScope();
        _ = scope.ServiceProvider.GetRequiredService<TDb>().Model;
    }

    string? NewestMigration() => typeof(TDb).Assembly.DefinedTypes
        .Where(t => t.IsSubclassOf(typeof(Migration)) && t.Namespace!.EndsWith(ProviderMigrations.NamespaceOf(_store.PostgreSql is null), StringComparison.Ordinal))
        .Where(t => t.GetCustomAttribute<DbContextAttribute>()?.ContextType == typeof(TDb))
        .Select(t => t.GetCustomAttribute<MigrationAttribute>()!.Id).Order(StringComparer.Ordinal).LastOrDefault();

    // Plain commands, because EF logs a missing table or database as an error, and on a first start both are missing.
    async Task<string?> LastApplied(CancellationToken ct)
    {
        try
        {
            return (string?)await _store.Scalar("SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\" ORDER BY 1 DESC LIMIT 1", ct);
        }
        catch (Exception e) when (e is SqliteException or PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidCatalogName })
        {
            return null;
        }
    }

    static async Task<IAsyncDisposable> Lock(ModuleStore store, CancellationToken ct)
    {
        var leases = new Leases(store);
        for (var until = DateTime.UtcNow + LockTimeout; DateTime.UtcNow < until; await Task.Delay(100, ct))
            if (await leases.TryTake("migrations", ct) is { } lease) return lease;
        throw new TimeoutException($"Another process has been migrating {store.Name} for {LockTimeout.TotalSeconds} s.");
    }
}
