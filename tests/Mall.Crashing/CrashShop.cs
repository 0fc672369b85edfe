using System.Net.Http.Headers;
using System.Net.Http.Json;
using Jangteo.Mall.Testing;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Jangteo.Mall.Crashing;

/// <summary>What a checkout needs of the mall, together in one process or apart in six, each started again whenever it dies.</summary>
sealed class CrashShop : IAsyncDisposable
{
    public static readonly string[] Modules = ["catalog", "inventory", "cart", "orders", "payments", "sandboxpay"];
    const string ProviderSecret = "a secret of the crash tests";

    readonly string _folder = Directory.CreateTempSubdirectory("crash-").FullName;
    readonly string _run = Guid.NewGuid().ToString("N")[..12];
    readonly HttpClient _control = new() { Timeout = TimeSpan.FromSeconds(5) };
    readonly WebApplication _tokens;
    readonly int _tokensPort;
    readonly List<Task> _watches = [];
    readonly Dictionary<string, string[]> _heard = [];
    volatile bool _closing;
    volatile int _clockMinutes;
    volatile int _toldMinutes;

    /// <summary>Starts the shop and fills its shelves.</summary>
    public static async Task<CrashShop> Open(Shape shape)
    {
        var shop = new CrashShop(shape);
        await shop._tokens.StartAsync();
        foreach (var part in shop.Parts) shop._watches.Add(shop.KeepAlive(part));
        shop.Goods = await Errands.Stock(shop);
        foreach (var (_, boundaries) in await shop.Boundaries())
            foreach (var (subscription, types) in boundaries.Heard) shop._heard[subscription] = types;
        return shop;
    }

    CrashShop(Shape shape)
    {
        Shape = shape;
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

    public MallDatabases Stored => new(Shape.PostgreSql, Modules.ToDictionary(m => m, ConnectionString), _heard);

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
            using var process = part.Process = new HostProcess(typeof(CrashShop).Assembly.Location, ["host", part.Name, string.Join(',', part.Modules), string.Join(',', Modules)], _folder, part.Port, Settings(part));
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
            // Many short lives: compile quickly, and for nobody's profile.
            ["DOTNET_TieredPGO"] = "0",
        };
        foreach (var other in new[] { "identity", "board" }) settings[$"Modules:{other}:Address"] = $"http://127.0.0.1:{_tokensPort}";
        foreach (var other in Parts.Where(p => p != part)) settings[$"Modules:{other.Name}:Address"] = other.Url.ToString();
        if (Shape.PostgreSql)
            foreach (var module in part.Modules) settings[$"ConnectionStrings:{module}"] = ConnectionString(module);
        return settings;
    }

    /// <summary>All boundaries of all parts.</summary>
    public async Task<List<(Part Part, BoundaryCounts Boundaries)>> Boundaries()
    {
        var all = new List<(Part, BoundaryCounts)>();
        foreach (var part in Parts) all.Add((part, (await _control.GetFromJsonAsync<BoundaryCounts>(new Uri(part.Url, "/crash/boundaries"), MessageFormat.Json))!));
        return all;
    }

    /// <summary>Lets a part die at a boundary, the n-th time it comes there.</summary>
    public async Task Arm(Part part, string at, int nth)
    {
        for (var until = DateTime.UtcNow.AddSeconds(120); !await Control(part, $"arm?nth={nth}&at={Uri.EscapeDataString(at)}"); await Task.Delay(20))
            if (DateTime.UtcNow > until) throw new TimeoutException($"{part.Name} did not come back: {part.Process?.Output}");
    }

    /// <summary>What has not died by now lives on.</summary>
    public Task Disarm() => Everywhere("arm?nth=0&at=none");

    /// <summary>Stops every part at a boundary until released; a part that dies forgets it.</summary>
    public Task Hold(string at) => Everywhere($"hold?at={Uri.EscapeDataString(at)}");

    public Task Release(string at) => Everywhere($"release?at={Uri.EscapeDataString(at)}");

    /// <summary>What time it is at the shop, for all of its parts.</summary>
    public DateTimeOffset Now => DateTimeOffset.UtcNow.AddMinutes(_toldMinutes);

    /// <summary>Time passes for all parts. One that is just starting may have read the old time, so each is told until it has heard.</summary>
    public async Task Pass(int minutes)
    {
        var now = Interlocked.Add(ref _clockMinutes, minutes);
        var until = DateTime.UtcNow.AddSeconds(120);
        await Task.WhenAll(Parts.Select(async part =>
        {
            while (!await Control(part, $"clock?minutes={_clockMinutes}") && DateTime.UtcNow < until) await Task.Delay(20);
        }));
        _toldMinutes = now;
    }

    Task Everywhere(string order) => Task.WhenAll(Parts.Select(part => Control(part, order)));

    // One that is down just now starts with the time as it is, and holds nothing.
    async Task<bool> Control(Part part, string order)
    {
        try
        {
            (await _control.PostAsync(new Uri(part.Url, $"/crash/{order}"), null)).EnsureSuccessStatusCode();
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
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
