using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Jangteo.Platform;

/// <summary>The defaults that every process of the mall shares. Use: CreateBuilder, add modules, BuildService, map modules, RunService.</summary>
public static class ServiceHost
{
    /// <summary>True while the build asks for the API documents: no database is opened and nothing is pumped then.</summary>
    public static bool IsBuildingApiDocuments { get; } = Assembly.GetEntryAssembly()?.GetName().Name == "GetDocument.Insider";

    /// <summary>A process with the shared defaults, listening on <c>Urls</c>.</summary>
    /// <param name="name">The process's name, for telemetry and as its service identity.</param>
    /// <param name="args">Command line; <c>--Section:Key value</c> overrides any setting.</param>
    /// <param name="settings">Settings that override all others, for tests.</param>
    public static WebApplicationBuilder CreateBuilder(string name, string[] args, IEnumerable<KeyValuePair<string, string?>>? settings = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        // Pages' files are found beside the build as well as in a published folder.
        builder.WebHost.UseStaticWebAssets();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Service:Name"] = name.ToLowerInvariant() });
        if (settings is not null) builder.Configuration.AddInMemoryCollection(settings);
        // Making the API documents must leave nothing in the source folder.
        if (IsBuildingApiDocuments) builder.Configuration["Data:Folder"] = Path.Combine(Path.GetTempPath(), "jangteo-api-documents");
        builder.Configuration["Mall:Origin"] ??= "http://localhost:5080";
        builder.Configuration["Mall:Currency"] ??= "KRW";

        builder.Logging.AddSimpleConsole(console => { console.SingleLine = true; console.TimestampFormat = "HH:mm:ss "; });
        foreach (var noisy in new[] { "Microsoft", "System.Net.Http", "Polly", "Yarp", "OpenIddict" }) builder.Logging.AddFilter(noisy, LogLevel.Warning);
        // What EF logs as errors (a lost race, a refused constraint) are answers; what is one we log where it ends.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Critical);

        // Readers that wait for news are told to stop at once and all together, not one after the other.
        builder.Services.Configure<HostOptions>(host => { host.ServicesStopConcurrently = true; host.ShutdownTimeout = TimeSpan.FromSeconds(15); });
        builder.Services.AddOptions<LimitOptions>().BindConfiguration("Limits").ValidateDataAnnotations().ValidateOnStart()
            .Validate(limits => limits.Proxies.All(p => p is not null), "Limits:TrustedProxies: addresses or networks with commas between, for example 10.0.3.7,10.0.4.0/24.");
        builder.Services.AddOptions<DrainOptions>().BindConfiguration("Drain").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.ConfigureHttpJsonOptions(json => MessageFormat.Configure(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = Problems.Complete).AddExceptionHandler<ProblemExceptions>();
        builder.Services.AddHttpContextAccessor();
        // Cookies and forms of one host are understood by all its replicas on the machine, and after a restart.
        builder.Services.AddDataProtection().SetApplicationName("jangteo")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(builder.Configuration.DataFolder(), "keys", "pages")));
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.AddSingleton<IHostLifetime, DrainingLifetime>();
        builder.Services.AddSingleton<Readiness>().AddHealthChecks();
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, StartDatabases>());
        builder.AddMallAuthentication();
        builder.AddTelemetry(name);
        builder.AddLimits();
        return builder;
    }

    /// <summary>Builds the process and its pipeline, ready for routes.</summary>
    public static WebApplication BuildService(this WebApplicationBuilder builder)
    {
        var sockets = builder.Services.Last(s => s.ServiceType == typeof(IServer));
        builder.Services.AddSingleton<IServer>(services => new InProcessServer(
            (IServer)(sockets.ImplementationFactory?.Invoke(services) ?? ActivatorUtilities.CreateInstance(services, sockets.ImplementationType!))));

        var app = builder.Build();
        app.UseForwardedHeaders();
        app.Use(AddSecurityHeaders);
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        // A page that fails shows a page; only the API answers in problem documents.
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/api") || http.Request.Path.StartsWithSegments("/feeds"), api => api.UseStatusCodePages());
        app.UseRouting();
        // Whether a feed is read by a service, which is not counted, is known before the counting.
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/feeds"), feeds => feeds.UseAuthentication());
        app.UseRateLimiter();
        if (app.Services.GetService<Microsoft.AspNetCore.OutputCaching.IOutputCacheStore>() is not null) app.UseOutputCache();
        app.UseAuthentication();
        app.UseAuthorization();
        // The answer to a repeated key depends on the body, so it is read twice.
        app.Use((http, next) =>
        {
            if (http.Request.Headers.ContainsKey("Idempotency-Key")) http.Request.EnableBuffering();
            return next(http);
        });
        app.MapHealth();
        app.MapApiDocuments();
        return app;
    }

    /// <summary>Runs until told to stop. A wrong setting or a taken port ends the process with one clear line and exit code 1.</summary>
    public static async Task RunService(this WebApplication app)
    {
        try
        {
            await app.RunAsync();
        }
        catch (Exception e) when (e is OptionsValidationException or TimeoutException or IOException)
        {
            await Console.Error.WriteLineAsync($"Cannot start: {e.Message}");
            Environment.ExitCode = 1;
        }
    }

    static Task AddSecurityHeaders(HttpContext http, RequestDelegate next)
    {
        // At the end, and only what is missing: behind the gateway the service has set them already.
        http.Response.OnStarting(static state =>
        {
            var http = (HttpContext)state;
            var headers = http.Response.Headers;
            headers.TryAdd("X-Content-Type-Options", "nosniff");
            headers.TryAdd("X-Frame-Options", "DENY");
            headers.TryAdd("Referrer-Policy", "strict-origin-when-cross-origin");
            headers.TryAdd("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
            if (http.Request.IsHttps) headers.TryAdd("Strict-Transport-Security", "max-age=31536000");
            // The API reader at /docs brings inline scripts; all pages of the mall do without.
            if (!http.Request.Path.StartsWithSegments("/docs"))
                headers.TryAdd("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'");
            return Task.CompletedTask;
        }, http);
        return next(http);
    }

    static void AddLimits(this WebApplicationBuilder builder)
    {
        var limits = builder.Configuration.GetSection("Limits").Get<LimitOptions>() ?? new();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.BodyBytes;
            kestrel.Limits.MaxConcurrentConnections = limits.Connections;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            foreach (var proxy in limits.Proxies) options.KnownIPNetworks.Add(proxy!.Value);
        });
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = async (context, ct) =>
            {
                context.HttpContext.Response.Headers.RetryAfter = "1";
                // Only the limit for an address knows when there will be room again.
                await (context.Lease.TryGetMetadata(MetadataName.RetryAfter, out _)
                    ? Problems.Of(429, "too-many-requests", "Too many requests: wait a moment.")
                    : Problems.Of(503, "overloaded", "Too much is asked of this service just now: wait a moment.")).ExecuteAsync(context.HttpContext);
            };
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(PerAddress(limits), AtOnce(limits));
        });
    }

    // Beyond this, everybody would wait for everybody: who comes then is told at once to come again.
    static PartitionedRateLimiter<HttpContext> AtOnce(LimitOptions limits) => PartitionedRateLimiter.Create<HttpContext, bool>(http => IsOurs(http)
        ? RateLimitPartition.GetNoLimiter(true)
        : RateLimitPartition.GetConcurrencyLimiter(false, _ => new() { PermitLimit = limits.RequestsAtOnce, QueueLimit = 0 }));

    static PartitionedRateLimiter<HttpContext> PerAddress(LimitOptions limits) => PartitionedRateLimiter.Create<HttpContext, string>(http => IsOurs(http)
        ? RateLimitPartition.GetNoLimiter("ours")
        : RateLimitPartition.GetTokenBucketLimiter(LimitOptions.AddressOf(http), _ => PerSecond(limits.RequestsPerSecondPerAddress)));

    // The kind of response tells, because a stranger may send any Host header. Readers of feeds only wait, and those of one machine have the same address.
    static bool IsOurs(HttpContext http) => http.Features.Get<IHttpResponseFeature>() is InProcessResponse
        || http.Request.Path.StartsWithSegments("/feeds") && Caller.Of(http.User).Service is not null;

    static TokenBucketRateLimiterOptions PerSecond(int requests) =>
        new() { TokenLimit = requests * 5, TokensPerPeriod = requests, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true };
}

/// <summary>Limits of a process, section <c>Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>The largest request body, bytes. Routes for uploads set their own.</summary>
    [System.ComponentModel.DataAnnotations.Range(1024, 1L << 30)]
    public long BodyBytes { get; set; } = 1 << 20;

    /// <summary>Connections open at once.</summary>
    [System.ComponentModel.DataAnnotations.Range(1, 100_000)]
    public int Connections { get; set; } = 10_000;

    /// <summary>Requests worked on at once, beyond which further ones are refused with 503 and Retry-After.</summary>
    [System.ComponentModel.DataAnnotations.Range(1, 100_000)]
    public int RequestsAtOnce { get; set; } = 512;

    /// <summary>Sustained requests per second from one address; five seconds' worth may come at once.</summary>
    [System.ComponentModel.DataAnnotations.Range(1, 1_000_000)]
    public int RequestsPerSecondPerAddress { get; set; } = 200;

    /// <summary>
    /// Who is believed about where a visitor comes from, beside what runs on this machine: addresses or networks with commas
    /// between. The gateway, the hosts of pages and a proxy for TLS, where they run elsewhere; else all visitors count as one.
    /// </summary>
    public string TrustedProxies { get; set; } = "";

    internal IEnumerable<IPNetwork?> Proxies => TrustedProxies.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(proxy =>
        IPNetwork.TryParse(proxy.Contains('/') ? proxy : proxy + (proxy.Contains(':') ? "/128" : "/32"), out var network) ? network : (IPNetwork?)null);

    /// <summary>What limits count as one address: an IPv4 address, or an IPv6 /64, because a household or a server gets a whole one.</summary>
    public static string AddressOf(HttpContext http) =>
        http.Connection.RemoteIpAddress is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } address
            ? new IPAddress([.. address.GetAddressBytes()[..8], .. new byte[8]]) + "/64"
            : $"{http.Connection.RemoteIpAddress?.MapToIPv4()}";
}

/// <summary>Migrates all databases of the process at once, before it listens and before anything else starts.</summary>
sealed class StartDatabases(IEnumerable<IDatabaseStart> databases) : IHostedService
{
    Task _warming = Task.CompletedTask;

    public async Task StartAsync(CancellationToken ct)
    {
        await Task.WhenAll(databases.Select(d => Task.Run(() => d.Start(ct), ct)));
        // Meanwhile the web server starts. One after the other, for EF lets only one pass at a time.
        _warming = Task.Run(async () => { foreach (var database in databases) await database.Warm(); }, CancellationToken.None);
    }

    public Task StopAsync(CancellationToken ct) => _warming;
}
