using Jangteo.Mall;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Jangteo.Mall.Testing;

/// <summary>How the mall is laid out.</summary>
public enum Layout { Together, Apart, Mixed }

/// <summary>A layout on a database.</summary>
public sealed record Shape(Layout Layout, bool PostgreSql)
{
    /// <summary>All six.</summary>
    public static readonly Shape[] All = [.. from layout in Enum.GetValues<Layout>() from postgres in new[] { false, true } select new Shape(layout, postgres)];

    /// <inheritdoc />
    public override string ToString() => $"{Layout}, {(PostgreSql ? "PostgreSQL" : "SQLite")}";
}

/// <summary>
/// A mall in one of its shapes: the real processes' code with real sockets and databases. Every message is delivered
/// twice, and shoppers repeat every idempotent call.
/// </summary>
public sealed class TestMall : IAsyncDisposable
{
    // What is taken out of Mall in the mixed shape: a module in the middle of checkout, and one that only listens.
    static readonly string[] MovedOut = ["orders", "inventory"];
    internal static readonly string[] Databases = ["identity", "catalog", "inventory", "cart", "orders", "payments", "board", "sandboxpay"];

    readonly List<WebApplication> _processes = [];
    readonly Dictionary<string, string[]> _heard = [];
    readonly string _folder = Directory.CreateTempSubdirectory("mall-").FullName;
    readonly string _run = Guid.NewGuid().ToString("N")[..12];

    Action<WebApplicationBuilder>? _prepare;

    TestMall(Shape shape) => Shape = shape;

    /// <summary>The shape.</summary>
    public Shape Shape { get; }

    /// <summary>The one origin.</summary>
    public Uri Origin { get; private set; } = null!;

    /// <summary>Where SQLite files, mails and the staff password lie.</summary>
    public string DataFolder => _folder;

    /// <summary>Starts a mall of its own.</summary>
    public static Task<TestMall> Open(Shape shape, params (string Key, string Value)[] settings) => Open(shape, null, settings);

    /// <summary>Likewise, and lets the test add to each process before it is built.</summary>
    public static async Task<TestMall> Open(Shape shape, Action<WebApplicationBuilder>? prepare, params (string Key, string Value)[] settings)
    {
        var mall = new TestMall(shape) { _prepare = prepare };
        var parts = MallParts.All.Select(p => p.Name).ToList();
        var apart = shape.Layout switch { Layout.Together => [], Layout.Apart => parts, _ => MovedOut.ToList() };
        var ports = HostProcess.FreePorts(apart.Count + 1);
        var addresses = apart.Select((part, i) => (Part: part, Port: ports[i])).ToDictionary(p => p.Part, p => $"http://127.0.0.1:{p.Port}");
        mall.Origin = new Uri($"http://127.0.0.1:{ports[^1]}");

        foreach (var (part, address) in addresses)
        {
            var (_, add, map) = MallParts.All.Single(p => p.Name == part);
            // What stays in Mall is reached there.
            var others = parts.Where(p => p != part).Select(p => KeyValuePair.Create(p, addresses.GetValueOrDefault(p, mall.Origin.ToString())));
            await mall.Start(part, address, add, map, others, settings);
        }
        await mall.Start(shape.Layout == Layout.Apart ? "gateway" : "mall", mall.Origin.ToString(), b => b.AddMall(), a => a.MapMall(), addresses, settings);
        return mall;
    }

    async Task Start(string name, string url, Action<WebApplicationBuilder> add, Action<WebApplication> map, IEnumerable<KeyValuePair<string, string>> addresses, (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Urls"] = url, ["Mall:Origin"] = Origin.ToString().TrimEnd('/'), ["Data:Folder"] = _folder, ["Drain:DelaySeconds"] = "0",
            ["Limits:RequestsPerSecondPerAddress"] = "100000", ["Feeds:DeliverTwice"] = "true", ["Identity:Staff:Password"] = Staff.Password,
        };
        foreach (var (part, address) in addresses) all[$"Modules:{part}:Address"] = address;
        if (Shape.PostgreSql)
            foreach (var module in Databases) all[$"ConnectionStrings:{module}"] = ConnectionString(module);
        foreach (var (key, value) in settings) all[key] = value;
        var builder = ServiceHost.CreateBuilder(name, [], all);
        builder.Logging.SetMinimumLevel(Environment.GetEnvironmentVariable("JANGTEO_TEST_LOG") is null ? LogLevel.None : LogLevel.Information);
        add(builder);
        _prepare?.Invoke(builder);
        var app = builder.BuildService();
        map(app);
        _processes.Add(app);
        foreach (var module in Databases)
            foreach (var subscription in app.Services.GetKeyedServices<Subscription>(module)) _heard[$"{module}.{subscription.Name}"] = [.. subscription.Messages.Keys];
        await app.StartAsync();
    }

    /// <summary>The services of each process.</summary>
    public IEnumerable<IServiceProvider> Processes => _processes.Select(p => p.Services);

    /// <summary>All databases, for the ledger check.</summary>
    public MallDatabases Stored => new(Shape.PostgreSql, Databases.ToDictionary(d => d, ConnectionString), _heard);

    /// <summary>A module's database.</summary>
    public string ConnectionString(string module) => Shape.PostgreSql
        ? $"{TestDatabase.Server};Database=mall_{_run}_{module};Maximum Pool Size=30"
        : $"Data Source={Path.Combine(_folder, module + ".db")}";

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // The door closes first.
        foreach (var process in Enumerable.Reverse(_processes)) await process.StopAsync();
        foreach (var process in _processes) await process.DisposeAsync();
        if (Shape.PostgreSql)
        {
            await using var source = NpgsqlDataSource.Create($"{TestDatabase.Server};Database=postgres;Pooling=false");
            foreach (var module in Databases)
            {
                await using var drop = source.CreateCommand($"DROP DATABASE IF EXISTS mall_{_run}_{module} WITH (FORCE)");
                await drop.ExecuteNonQueryAsync();
            }
        }
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The first member of staff.</summary>
public static class Staff
{
    /// <summary>The login of the account made at the first start.</summary>
    public const string Email = "staff@jangteo.example";

    /// <summary>Set by the tests instead of a random one.</summary>
    public const string Password = "correct horse battery staple 7";
}
