using System.Collections.Concurrent;
using System.Diagnostics;
using Jangteo.Cart;
using Jangteo.Catalog;
using Jangteo.Inventory;
using Jangteo.Orders;
using Jangteo.Payments;
using Jangteo.Platform;
using Jangteo.SandboxPay;
using Microsoft.Data.Sqlite;

namespace Jangteo.Mall.CrashHost;

/// <summary>The boundaries that a process should know from its registrations, how often it has passed which, and what its subscriptions hear.</summary>
sealed record BoundaryCounts(IReadOnlyList<string> Expected, IReadOnlyDictionary<string, int> Passed, IReadOnlyDictionary<string, string[]> Heard);

/// <summary>
/// Parts of the mall as a real process that kills itself with SIGKILL at the boundary it is told to. It can also be told to
/// hold at one, and what time it is. Only this program listens to boundaries: no host of the mall can be made to.
/// </summary>
static class CrashProcess
{
    /// <summary>What a checkout needs of the mall: who starts hundreds of times does without pages.</summary>
    static readonly (string Name, Action<WebApplicationBuilder> Add, Action<WebApplication> Map)[] Parts =
    [
        ("catalog", CatalogModule.AddCatalog, CatalogModule.MapCatalog),
        ("inventory", InventoryModule.AddInventory, InventoryModule.MapInventory),
        ("cart", CartModule.AddCart, CartModule.MapCart),
        ("orders", OrdersModule.AddOrders, OrdersModule.MapOrders),
        ("payments", PaymentsModule.AddPayments, PaymentsModule.MapPayments),
        ("sandboxpay", SandboxPayModule.AddSandboxPay, SandboxPayModule.MapSandboxPay),
    ];

    static readonly ConcurrentDictionary<string, int> Passed = new();
    static readonly ConcurrentDictionary<string, ManualResetEventSlim> Held = new();
    static readonly ConcurrentDictionary<string, Words> HoldWords = new();
    static readonly ShiftedTime Time = new();
    static string? _armed;
    static int _left;

    public static async Task Run(string name, string[] here, string[] all)
    {
        EndWithParent();
        var builder = ServiceHost.CreateBuilder(name, []);
        builder.Logging.SetMinimumLevel(Environment.GetEnvironmentVariable("JANGTEO_TEST_LOG") is null ? LogLevel.None : LogLevel.Information);
        foreach (var part in Parts.Where(p => here.Contains(p.Name))) part.Add(builder);
        Time.Minutes = builder.Configuration.GetValue<int>("Crash:ClockMinutes");
        builder.Services.AddSingleton<TimeProvider>(Time);
        var app = builder.BuildService();
        foreach (var part in Parts.Where(p => here.Contains(p.Name))) part.Map(app);
        app.MapGet("/crash/boundaries", () => new BoundaryCounts([.. Expected(app, here, all)], Passed, Heard(app, here)));
        app.MapPost("/crash/arm", (string at, int nth) => (_left, _armed) = (nth, at));
        app.MapPost("/crash/clock", Time.Jump);
        app.MapPost("/crash/hold", (string at, int word) => HoldWords.GetOrAdd(at, _ => new()).Hear(word, () => Held.TryAdd(at, new())));
        app.MapPost("/crash/release", (string at, int word) => HoldWords.GetOrAdd(at, _ => new()).Hear(word, () => { if (Held.TryRemove(at, out var hold)) hold.Set(); }));
        Boundary.Reached = Pass;
        await app.RunService();
    }

    static void Pass(string boundary)
    {
        foreach (var name in Names(boundary))
        {
            Passed.AddOrUpdate(name, 1, (_, times) => times + 1);
            if (name == _armed && Interlocked.Decrement(ref _left) == 0) Die();
            if (Held.TryGetValue(name, out var hold)) hold.Wait();
        }
    }

    /// <summary>Its input is a pipe that only who started it holds open: when that has died, however it did, nobody needs this process.</summary>
    static void EndWithParent() => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0) { }
        Die();
    }) { IsBackground = true }.Start();

    static void Die()
    {
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>One name for each message type of a batch; the reader of a pair; the module of a database.</summary>
    static IEnumerable<string> Names(string boundary)
    {
        var of = boundary.IndexOf(" of ", StringComparison.Ordinal) + " of ".Length;
        var (moment, what) = (boundary[..of], boundary[of..]);
        if (what.Length == 0) return [];
        if (what[0] == '(') return [moment + what[1..^1].Replace(", ", " from ", StringComparison.Ordinal)];
        if (moment.Contains("group", StringComparison.Ordinal)) return [moment + Path.GetFileNameWithoutExtension(new SqliteConnectionStringBuilder(what).DataSource)];
        var types = what.IndexOf(' ') + 1;
        return what.StartsWith("HTTP", StringComparison.Ordinal) || types == 0 ? [boundary] : what[types..].Split(", ").Select(type => moment + what[..types] + type);
    }

    static Dictionary<string, string[]> Heard(WebApplication app, string[] here) =>
        here.SelectMany(module => app.Services.GetKeyedServices<Subscription>(module).Select(s => (Name: $"{module}.{s.Name}", s.Messages.Keys))).ToDictionary(s => s.Name, s => s.Keys.ToArray());

    static IEnumerable<string> Expected(WebApplication app, string[] here, string[] all)
    {
        var names = here.SelectMany(module => app.Services.GetKeyedServices<Subscription>(module).SelectMany(s => Of(module, s, all)))
            .Concat(here.Where(module => app.Configuration.GetConnectionString(module) is null).Select(module => $"group commit of {module}"))
            .Concat(Routes(app));
        if (here.Contains("payments")) names = names.Concat(ProviderCalls());
        return names.SelectMany(name => new[] { $"before {name}", $"after {name}" });
    }

    /// <summary>A subscription that hears none of the parts at hand has nothing to do here.</summary>
    static IEnumerable<string> Of(string module, Subscription subscription, string[] all)
    {
        var producers = subscription.Producers.Where(all.Contains).ToList();
        if (producers.Count == 0 && subscription.Producers.Count > 0) return [];
        return producers.Select(p => $"read of {module}.{subscription.Name} from {p}").Concat(subscription.Messages.Keys.Select(type => $"commit of {module}.{subscription.Name} {type}"));
    }

    static IEnumerable<string> ProviderCalls() => Enum.GetNames(typeof(PaymentsModule).Assembly.GetType("Jangteo.Payments.CallKind", throwOnError: true)!)
        .SelectMany(kind => new[] { $"call of {kind}", $"commit of answer {kind}" });

    static IEnumerable<string> Routes(WebApplication app) => app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is [not "GET"] && e.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
        .Select(e => $"commit of {e.DisplayName}");
}

/// <summary>Numbered words about one thing: one that was given up and comes late says nothing any more.</summary>
sealed class Words
{
    readonly Lock _lock = new();
    int _last;

    public void Hear(int word, Action act)
    {
        lock (_lock)
        {
            if (word <= _last) return;
            _last = word;
            act();
        }
    }
}

/// <summary>The machine's time and so many minutes.</summary>
sealed class ShiftedTime : TimeProvider
{
    readonly Words _jumps = new();
    volatile int _minutes;

    public int Minutes { set => _minutes = value; }

    public void Jump(int minutes, int word) => _jumps.Hear(word, () => _minutes = minutes);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddMinutes(_minutes);
}
