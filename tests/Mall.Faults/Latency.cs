using System.Data.Common;
using System.Reflection;
using System.Text.RegularExpressions;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Mall.Faults;

/// <summary>
/// Makes the databases slow where races are decided: what is read of the racing tables outside of a transaction arrives late,
/// and every commit comes late. On SQLite units queue for the one writer, so it is the group's commit that is late.
/// </summary>
static partial class Latency
{
    static readonly IInterceptor[] Interceptors = [new Commands(), new Commits()];

    static volatile int _milliseconds;

    /// <summary>Changes statements before they are sent: how tests turn a guard of the database off.</summary>
    public static volatile Func<string, string>? Rewrite;

    /// <summary>The databases of all modules that were added to.</summary>
    public static HashSet<Type> Modules { get; } = [];

    /// <summary>Adds itself to every module of a process.</summary>
    public static void AddTo(WebApplicationBuilder process)
    {
        var add = typeof(Latency).GetMethod(nameof(AddToModule), BindingFlags.NonPublic | BindingFlags.Static)!;
        foreach (var module in process.Services.Select(s => s.ServiceType).Where(t => t.IsSubclassOf(typeof(ModuleDb))).Distinct().ToList())
        {
            add.MakeGenericMethod(module).Invoke(null, [process.Services]);
            Modules.Add(module);
        }
    }

    static void AddToModule<TDb>(IServiceCollection services) where TDb : ModuleDb =>
        services.ConfigureDbContext<TDb>(options => options.AddInterceptors(Interceptors), ServiceLifetime.Singleton);

    /// <summary>Does the work with late databases.</summary>
    public static async Task Of(int milliseconds, Func<Task> work)
    {
        (_milliseconds, Boundary.Reached) = (milliseconds, milliseconds == 0 ? null : LateGroupCommit);
        try
        {
            await work();
        }
        finally
        {
            (_milliseconds, Boundary.Reached) = (0, null);
        }
    }

    static void LateGroupCommit(string boundary)
    {
        if (boundary.StartsWith("before group commit", StringComparison.Ordinal)) Thread.Sleep(_milliseconds);
    }

    [GeneratedRegex("""FROM "?(stocks|reservations|orders|payments|refunds|provider_calls|ledger|idempotent_answers|carts)\b""")] private static partial Regex Racing();

    sealed class Commands : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData e, InterceptionResult<DbDataReader> result, CancellationToken ct = default)
        {
            if (Rewrite is { } rewrite) command.CommandText = rewrite(command.CommandText);
            return ValueTask.FromResult(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData e, InterceptionResult<int> result, CancellationToken ct = default)
        {
            if (Rewrite is { } rewrite) command.CommandText = rewrite(command.CommandText);
            return ValueTask.FromResult(result);
        }

        public override async ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData e, DbDataReader result, CancellationToken ct = default)
        {
            if (_milliseconds > 0 && command.Transaction is null && Racing().IsMatch(command.CommandText)) await Task.Delay(_milliseconds, ct);
            return result;
        }
    }

    sealed class Commits : DbTransactionInterceptor
    {
        public override async ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData e, InterceptionResult result, CancellationToken ct = default)
        {
            if (_milliseconds > 0) await Task.Delay(_milliseconds, ct);
            return result;
        }
    }
}
