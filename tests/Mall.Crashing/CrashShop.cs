using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Jangteo.Mall.CrashHost;
using Jangteo.Mall.Testing;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Jangteo.Mall.Crashing;

/// <summary>What a checkout needs of the mall, together in one process or apart in six, each started again whenever it dies.</summary>
sealed class CrashShop : IAsyncDisposable
{
    public static readonly string[] Modules = ["catalog", "inventory", "cart", "orders", "payments", "sandboxpay"];
    const string ProviderSecret = "a secret of the crash tests";

    // Compiled ahead of time by tests/run; the one that was built beside this program needs three times as long to start.
    public static readonly string Host = Environment.GetEnvironmentVariable("JANGTEO_TEST_CRASH_HOST") is { Length: > 0 } published ? published : HostProcess.BuiltIn("tests/Mall.CrashHost");

    static readonly TimeSpan Lull = TimeSpan.FromSeconds(3), Patience = TimeSpan.FromMinutes(8);

    readonly int _timePassesAfterOrders;
    readonly (string Key, string Value)[] _settings;
    readonly string _folder = Directory.CreateTempSubdirectory("crash-").FullName;
    readonly string _run = Guid.NewGuid().ToString("N")[..12];
    readonly HttpClient _control = new() { Timeout = TimeSpan.FromSeconds(5) };
    readonly WebApplication _tokens;
    readonly int _tokensPort;
    readonly List<Task> _watches = [];
    readonly Dictionary<string, string[]> _heard = [];
    readonly ConcurrentDictionary<Guid, bool> _acknowledged = [];
    readonly SemaphoreSlim _jumping = new(1);
    readonly Lock _wishing = new();
    Task? _passing;
    int _wishedMinutes;
    volatile bool _closing;
    volatile int _clockMinutes;
    int _words;
    volatile int _toldMinutes;

    /// <summary>Starts the shop and fills its shelves.</summary>
    /// <param name="shape">Together or apart, and on which database.</param>
    /// <param name="timePassesAfterOrders">How many orders are taken between two times that <see cref="Pass"/> is heard: at a busy shop nobody would have any time to pay otherwise.</param>
    /// <param name="settings">Settings of all its processes beyond the usual ones.</param>
    public static async Task<CrashShop> Open(Shape shape, int timePassesAfterOrders = 0, params (string Key, string Value)[] settings)
    {
        var shop = new CrashShop(shape, timePassesAfterOrders, settings);
        try
        {
            await shop.Begin();
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    async Task Begin()
    {
        await _tokens.StartAsync();
        foreach (var part in Parts) _watches.Add(KeepAlive(part));
        Goods = await Errands.Stock(this);
        foreach (var (_, boundaries) in await Boundaries())
            foreach (var (subscription, types) in boundaries.Heard) _heard[subscription] = types;
    }

    CrashShop(Shape shape, int timePassesAfterOrders, (string Key, string Value)[] settings)
    {
        (Shape, _timePassesAfterOrders, _settings) = (shape, timePassesAfterOrders, settings);
        var ports = HostProcess.FreePorts(Modules.Length + 1);
        _tokensPort = ports[^1];
        Parts = shape.Layout == Layout.Together ? [new("mall", Modules, ports[0])] : [.. Modules.Select((m, i) => new Part(m, [m], ports[i]))];
        foreach (var part in Parts) TestTokens.WriteKeys(_folder, part.Name);
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        _tokens = builder.Build();
        _tokens.Urls.Add($"http://127.0.0.1:{_tokensPort}");
        // Identity is not among the parts: this gives services their tokens.
        _tokens.MapPost("/connect/token", async (HttpRequest request) =>
            new Dictionary<string, object> { ["access_token"] = TestTokens.Service((await request.ReadFormAsync())["client_id"]!), ["expires_in"] = 3000 });
    }

    public Shape Shape { get; }

    public IReadOnlyList<Part> Parts { get; }

    /// <summary>What is sold, with more pieces than anybody orders.</summary>
    public IReadOnlyList<NewProduct> Goods { get; private set; } = [];

    /// <summary>Orders that the shop said it had taken.</summary>
    public int Acknowledged => _acknowledged.Count;

    /// <summary>Notes that the shop took an order.</summary>
    public void Acknowledge(Guid order) => _acknowledged[order] = true;

    /// <summary>How many of its orders had which status when the books were last right.</summary>
    public IReadOnlyDictionary<string, int> Ends { get; private set; } = new Dictionary<string, int>();

    public MallDatabases Stored => new(Shape.PostgreSql, Modules.ToDictionary(m => m, ConnectionString), _heard);

    public Part PartOf(string name) => Parts.Single(p => p.Name == name);

    public Customer NewCustomer() => new(this, Guid.CreateVersion7(), staff: false);

    public Customer Staff => field ??= new(this, Guid.CreateVersion7(), staff: true);

    public string ConnectionString(string module) => Shape.PostgreSql
        ? $"{TestDatabase.Server};Database=crash_{_run}_{module};Maximum Pool Size=20"
        : $"Data Source={Path.Combine(_folder, module + ".db")}";

    /// <summary>Where a path is served.</summary>
    public Uri AddressOf(string path)
    {
        var module = path.StartsWith("/sandbox-pay/", StringComparison.Ordinal) ? "sandboxpay" : path.Split('/')[2];
        return new Uri(Parts.First(p => p.Modules.Contains(module)).Url, path);
    }

    async Task KeepAlive(Part part)
    {
        while (!_closing)
        {
            if (part.IsDown)
            {
                await Task.Delay(20);
                continue;
            }
            using var process = part.Process = new HostProcess(Host, [part.Name, string.Join(',', part.Modules), string.Join(',', Modules)], _folder, part.Port, Settings(part));
            part.Starts++;
            await process.Ended;
        }
    }

    Dictionary<string, string> Settings(Part part)
    {
        var settings = new Dictionary<string, string>
        {
            ["Crash:ClockMinutes"] = $"{_clockMinutes}", ["Catalog:Sample"] = "false", ["Feeds:DeliverTwice"] = "true", ["Drain:DelaySeconds"] = "0", ["Orders:CompleteAfterDays"] = "1",
            ["SandboxPay:Secret"] = ProviderSecret, ["SandboxPay:Origin"] = AddressOf("/sandbox-pay/pay").GetLeftPart(UriPartial.Authority), ["SandboxPay:HangSeconds"] = "0.6", ["SandboxPay:DelaySeconds"] = "0.1",
            ["Payments:WebhookOrigin"] = AddressOf("/api/payments").GetLeftPart(UriPartial.Authority), ["Payments:CallTimeoutSeconds"] = "1", ["Payments:RetrySeconds"] = "0.1", ["Payments:WatchSeconds"] = "0.1",
        };
        foreach (var (key, value) in _settings) settings[key] = value;
        foreach (var other in new[] { "identity", "board" }) settings[$"Modules:{other}:Address"] = $"http://127.0.0.1:{_tokensPort}";
        foreach (var other in Parts.Where(p => p != part)) settings[$"Modules:{other.Name}:Address"] = other.Url.ToString();
        if (Shape.PostgreSql)
            foreach (var module in part.Modules) settings[$"ConnectionStrings:{module}"] = ConnectionString(module);
        return settings;
    }

    /// <summary>All boundaries of all parts, each once it is up.</summary>
    public async Task<List<(Part Part, BoundaryCounts Boundaries)>> Boundaries()
    {
        var all = new List<(Part, BoundaryCounts)>();
        foreach (var part in Parts)
        {
            await Arm(part, "none", nth: 0);
            all.Add((part, (await _control.GetFromJsonAsync<BoundaryCounts>(new Uri(part.Url, "/crash/boundaries"), MessageFormat.Json))!));
        }
        return all;
    }

    /// <summary>Lets a part die at a boundary, the n-th time it comes there.</summary>
    public Task Arm(Part part, string at, int nth) => Tell(part, () => $"arm?nth={nth}&at={Uri.EscapeDataString(at)}");

    /// <summary>What has not died by now lives on.</summary>
    public Task Disarm() => Everywhere(() => "arm?nth=0&at=none");

    /// <summary>Stops every part at a boundary until released; a part that dies forgets it.</summary>
    public Task Hold(string at) => Everywhere(Numbered($"hold?at={Uri.EscapeDataString(at)}"));

    public Task Release(string at) => Everywhere(Numbered($"release?at={Uri.EscapeDataString(at)}"));

    Func<string> Numbered(string order)
    {
        var word = Interlocked.Increment(ref _words);
        return () => $"{order}&word={word}";
    }

    /// <summary>What time it is at the shop, for all of its parts.</summary>
    public DateTimeOffset Now => DateTimeOffset.UtcNow.AddMinutes(_toldMinutes);

    /// <summary>Time passes for the whole shop; whoever wishes for it at about the same moment shares it.</summary>
    public Task Pass(int minutes)
    {
        lock (_wishing)
        {
            _wishedMinutes = Math.Max(_wishedMinutes, minutes);
            return _passing ??= Task.Run(PassSoon);
        }
    }

    async Task PassSoon()
    {
        await OrdersTaken(_timePassesAfterOrders, NobodyOrders());
        int minutes;
        lock (_wishing) (minutes, _wishedMinutes, _passing) = (_wishedMinutes, 0, null);
        await Jump(minutes);
    }

    /// <summary>Waits until so many more orders are taken, or it is enough: what happens at the shop counts and not the clock, so that a slow machine sees the same as a fast one.</summary>
    public async Task OrdersTaken(int more, Func<bool> enough)
    {
        for (var target = Acknowledged + more; Acknowledged < target && !enough();) await Task.Delay(20);
    }

    // When all are waiting for time to pass, nobody orders any more.
    Func<bool> NobodyOrders()
    {
        var (last, since) = (Acknowledged, DateTime.UtcNow);
        return () =>
        {
            if (Acknowledged != last) (last, since) = (Acknowledged, DateTime.UtcNow);
            return DateTime.UtcNow - since > Lull;
        };
    }

    /// <summary>The clocks of all parts jump. One that is just starting may have read the old time, so each is told until it has heard.</summary>
    public async Task Jump(int minutes)
    {
        await _jumping.WaitAsync();
        try
        {
            _clockMinutes += minutes;
            await Everywhere(Numbered($"clock?minutes={_clockMinutes}"));
            _toldMinutes = _clockMinutes;
        }
        finally
        {
            _jumping.Release();
        }
    }

    /// <summary>A module's database is locked for half a second (SQLite) or drops every connection several times (PostgreSQL).</summary>
    public Task Disturb(string module) => Shape.PostgreSql ? DropConnections(module) : Lock(module);

    async Task DropConnections(string module)
    {
        var database = new NpgsqlConnectionStringBuilder(ConnectionString(module)).Database;
        await using var source = NpgsqlDataSource.Create($"{TestDatabase.Server};Database=postgres;Pooling=false");
        for (var times = 0; times < 5; times++)
        {
            await using var drop = source.CreateCommand($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
            await drop.ExecuteNonQueryAsync();
            await Task.Delay(100);
        }
        // Those that this program keeps to read the books are among them.
        NpgsqlConnection.ClearAllPools();
    }

    async Task Lock(string module)
    {
        await using var other = new SqliteConnection(ConnectionString(module) + ";Pooling=False");
        await other.OpenAsync();
        await using var transaction = other.BeginTransaction(deferred: false);
        await Task.Delay(500);
        await transaction.RollbackAsync();
    }

    /// <summary>Everything that is not settled just now, for whoever looks for the reason of a failure.</summary>
    public async Task<string> Unsettled() => string.Join(Environment.NewLine, LedgerCheck.Violations(await LedgerCheck.Read(Stored)).Order().Take(50));

    /// <summary>Once all is quiet: the ledger check holds, every order that the shop took is there, and every order has ended.</summary>
    public async Task BooksAreRight(string after)
    {
        // Processes that have died start anew meanwhile, and everything else on the machine goes first.
        var books = await LedgerCheck.Holds(Stored, $"{Shape}; after {after}", quietSeconds: 300);
        var lost = _acknowledged.Keys.Except(books.Orders.Select(o => o.Id)).ToList();
        if (lost.Count > 0) throw new InvalidOperationException($"Orders that were taken and are not there ({Shape}; after {after}): {string.Join(", ", lost)}");
        var open = books.Orders.Where(o => o.Status is "Placed" or "AwaitingPayment").ToList();
        if (open.Count > 0) throw new InvalidOperationException($"Orders that never ended ({Shape}; after {after}): {string.Join(", ", open.Select(o => o.Id))}");
        Ends = books.Orders.CountBy(o => o.Status).ToDictionary();
    }

    Task Everywhere(Func<string> order) => Task.WhenAll(Parts.Select(part => Tell(part, order)));

    // Until it has heard, or it would stay held for ever; but one that is kept down starts as things are then.
    async Task Tell(Part part, Func<string> order)
    {
        for (var until = DateTime.UtcNow + Patience; !part.IsDown; await Task.Delay(50))
            try
            {
                (await _control.PostAsync(new Uri(part.Url, $"/crash/{order()}"), null)).EnsureSuccessStatusCode();
                return;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                if (DateTime.UtcNow > until) throw new TimeoutException($"{part.Name} did not come back: {part.Process?.Output}", e);
            }
    }

    /// <summary>Keeps a test card for a customer's instant payments, as the provider's own page would.</summary>
    public AuthenticationHeaderValue ProviderAuthorization { get; } = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(ProviderSecret + ":")));

    public async ValueTask DisposeAsync()
    {
        _closing = true;
        foreach (var part in Parts) part.Process?.Kill();
        await Task.WhenAll(_watches);
        await _tokens.DisposeAsync();
        _control.Dispose();
        _jumping.Dispose();
        if (Shape.PostgreSql)
        {
            await using var source = NpgsqlDataSource.Create($"{TestDatabase.Server};Database=postgres;Pooling=false");
            foreach (var module in Modules)
            {
                await using var drop = source.CreateCommand($"DROP DATABASE IF EXISTS crash_{_run}_{module} WITH (FORCE)");
                await drop.ExecuteNonQueryAsync();
            }
        }
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A process of the shop.</summary>
sealed class Part(string name, string[] modules, int port)
{
    public string Name => name;
    public string[] Modules => modules;
    public int Port => port;
    public Uri Url { get; } = new($"http://127.0.0.1:{port}");
    public volatile HostProcess? Process;

    /// <summary>Stays down until told otherwise.</summary>
    public volatile bool IsDown;
    public volatile int Starts;
}
