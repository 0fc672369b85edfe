using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Jangteo.Platform;

/// <summary>A module while it is put together: what it stores is known, what it hears is added here.</summary>
public sealed class ModuleBuilder<TDb>(WebApplicationBuilder host, string name) where TDb : ModuleDb
{
    /// <summary>Lets a handler class hear the messages it handles from the feeds of the named modules, and the module's own due messages.</summary>
    public ModuleBuilder<TDb> Subscribe<THandler>(params string[] to) where THandler : class => Subscribe<THandler>(TimeSpan.Zero, to);

    /// <summary>
    /// Like Subscribe, for what nobody waits for: after each batch the reader rests for 50 ms, so that under load it handles
    /// larger batches at a fraction of the cost. The first message after a quiet time is still handled at once.
    /// </summary>
    public ModuleBuilder<TDb> SubscribeAtLeisure<THandler>(params string[] to) where THandler : class => Subscribe<THandler>(TimeSpan.FromMilliseconds(50), to);

    ModuleBuilder<TDb> Subscribe<THandler>(TimeSpan rest, string[] to) where THandler : class
    {
        host.Services.TryAddScoped<THandler>();
        host.Services.AddKeyedSingleton(name, Subscription.Of<THandler>(to) with { Rest = rest });
        foreach (var producer in to) host.AddFeedClient(producer, name);
        return this;
    }
}

/// <summary>Adding a module to a process, and its routes to the pipeline.</summary>
public static class Modules
{
    const int MaxPooledContexts = 64;

    /// <summary>Adds a module's database, feed, subscriptions and API document.</summary>
    /// <param name="builder">The process.</param>
    /// <param name="name">The module's name, lower case: its route, feed, database and document are called so.</param>
    public static ModuleBuilder<TDb> AddModule<TDb>(this WebApplicationBuilder builder, string name) where TDb : ModuleDb
    {
        builder.Services.AddKeyedSingleton(typeof(TDb), (services, _) =>
            new ModuleStore(name, builder.Configuration, services.GetRequiredService<TimeProvider>()));
        // Kept and used again: to set one up costs more than most of what it is used for.
        builder.Services.AddDbContextPool<TDb>((services, options) => options.UseStore(services.GetRequiredKeyedService<ModuleStore>(typeof(TDb))), MaxPooledContexts);
        builder.Services.AddOpenApi(name, options =>
        {
            options.ShouldInclude = description => description.GroupName == name;
            ApiDocuments.Describe(options, name);
        });
        builder.Services.AddSingleton(new ApiDocument(name));
        if (ServiceHost.IsBuildingApiDocuments) return new(builder, name);
        builder.Services.AddSingleton<IDatabaseStart, DatabaseStart<TDb>>();
        builder.Services.AddSingleton(services => new SubscriptionPump<TDb>(name, services));
        builder.Services.AddHostedService(services => services.GetRequiredService<SubscriptionPump<TDb>>());
        builder.Services.AddHostedService<FeedTrim<TDb>>();
        return new(builder, name);
    }

    /// <summary>Maps the module's feed and parked messages, and gives the group below /api/{name} for its own routes.</summary>
    public static RouteGroupBuilder MapModule<TDb>(this IEndpointRouteBuilder app, string name) where TDb : ModuleDb
    {
        FeedEndpoint<TDb>.Map(app, name);
        var api = app.MapGroup($"/api/{name}").WithGroupName(name).AddEndpointFilter(new RetryConflicts<TDb>());
        ParkedEndpoints<TDb>.Map(api, name);
        return api;
    }

    internal static void UseStore(this DbContextOptionsBuilder options, ModuleStore store)
    {
        if (store.PostgreSql is { } postgres) options.UseNpgsql(postgres);
        // A list is one parameter, so that its statement is always the same and is made once.
        else options.UseSqlite(store.SqliteConnectionString!, sqlite => sqlite.UseParameterizedCollectionMode(ParameterTranslationMode.Parameter)).ReplaceService<IDatabase, PreparedWrites>();
        // A context is used by one request or one batch, never by two threads.
        options.EnableThreadSafetyChecks(false).UseProviderMigrations();
    }

    internal static void UseProviderMigrations(this DbContextOptionsBuilder options) => options
        .ReplaceService<IMigrationsAssembly, ProviderMigrations>()
        // One model serves two providers, so each provider's snapshot may differ from it in annotations only.
        .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning));
}

/// <summary>Two callers changed, or both inserted, the same row, waited for each other's, took the last of what a constraint limits, or one took away what the other refers to: the loser's handler runs again on what the winner left.</summary>
sealed class RetryConflicts<TDb> : IEndpointFilter where TDb : ModuleDb
{
    const int MaxAttempts = 5;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        if (Boundary.Reached is not null) call.HttpContext.RequestServices.GetRequiredService<TDb>().Doing = call.HttpContext.GetEndpoint()?.DisplayName;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await next(call);
            }
            catch (Exception e) when (attempt < MaxAttempts && IsLostRace(e))
            {
                call.HttpContext.RequestServices.GetRequiredService<TDb>().ChangeTracker.Clear();
                await Task.Delay(Random.Shared.Next(2 << attempt), call.HttpContext.RequestAborted);
            }
        }
    }

    static bool IsLostRace(Exception e) => e is DbUpdateConcurrencyException || ModuleDb.CauseOf(e) is
        SqliteException { SqliteExtendedErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT_UNIQUE or SQLitePCL.raw.SQLITE_CONSTRAINT_PRIMARYKEY or SQLitePCL.raw.SQLITE_CONSTRAINT_CHECK or SQLitePCL.raw.SQLITE_CONSTRAINT_FOREIGNKEY } or
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.CheckViolation or PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation or PostgresErrorCodes.DeadlockDetected };
}
