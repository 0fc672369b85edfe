using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Jangteo.Platform;

/// <summary>How a module is reached: over a socket when the configuration gives its address, else in this process.</summary>
public static class ModuleClients
{
    static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long a call may take that needs longer than others.</summary>
    internal static readonly HttpRequestOptionsKey<TimeSpan> Patience = new("jangteo.patience");

    /// <summary>The module's address, <c>Modules:{name}:Address</c> (the first, if it names several replicas); null when it lives in this process.</summary>
    public static Uri? AddressOf(this IConfiguration configuration, string module) =>
        configuration[$"Modules:{module}:Address"] is { Length: > 0 } address ? new Uri(address.Split(',')[0]) : null;

    /// <summary>True when the module is to run in this process.</summary>
    public static bool IsHere(this IConfiguration configuration, string module) => configuration.AddressOf(module) is null;

    /// <summary>Adds a module's typed client. Calls time out after 5 s, if they ask for no more; a GET is tried again when half of that is over, others never.</summary>
    public static IHttpClientBuilder AddClient<TClient>(this IHostApplicationBuilder builder, string module) where TClient : class =>
        builder.Reach(module, builder.Services.AddHttpClient<TClient>());

    /// <summary>Adds a client with a name of the host's own, so that two hosts of one process call a module for different visitors.</summary>
    public static IHttpClientBuilder AddClient(this IHostApplicationBuilder builder, string module, string name) =>
        builder.Reach(module, builder.Services.AddHttpClient(name));

    static IHttpClientBuilder Reach(this IHostApplicationBuilder builder, string module, IHttpClientBuilder client)
    {
        client.ConfigureHttpClient(http => http.BaseAddress = BaseAddress(builder.Configuration, module)).RemoveAllLoggers().UseTransportOfAddress();
        if (!builder.Configuration.IsHere(module))
            client.AddStandardResilienceHandler(resilience =>
            {
                resilience.AttemptTimeout.Timeout = CallTimeout;
                resilience.AttemptTimeout.TimeoutGenerator = call => new(PatienceOf(call.Context) / (call.Context.GetRequestMessage()!.Method == HttpMethod.Get ? 2 : 1));
                resilience.TotalRequestTimeout.TimeoutGenerator = call => new(PatienceOf(call.Context));
                resilience.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(10);
                resilience.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(2);
                resilience.Retry.MaxRetryAttempts = 1;
                // A page waits for this: a module that just restarts is back soon, one that is down should not cost seconds.
                resilience.Retry.Delay = TimeSpan.FromMilliseconds(100);
                resilience.Retry.DisableForUnsafeHttpMethods();
                var (budget, isWorthIt) = (new RetryBudget(), resilience.Retry.ShouldHandle);
                resilience.Retry.ShouldHandle = async attempt =>
                {
                    if (attempt.AttemptNumber == 0) budget.Earn();
                    // Asked once more after a retry that failed, which is the last.
                    return attempt.AttemptNumber == 0 && await isWorthIt(attempt) && budget.TrySpend();
                };
            });
        return client;
    }

    static TimeSpan PatienceOf(ResilienceContext call) => call.GetRequestMessage()!.Options.TryGetValue(Patience, out var patience) ? patience : CallTimeout;

    /// <summary>Makes the client call as this service instead of on behalf of a person.</summary>
    public static IHttpClientBuilder AsService(this IHttpClientBuilder client, string service) =>
        client.AddHttpMessageHandler(services => new ServiceIdentity(service, services.GetRequiredService<ServiceTokens>()));

    /// <summary>Sends calls to this process's own addresses (see <see cref="BaseAddress"/>) in process and all others over a socket.</summary>
    public static IHttpClientBuilder UseTransportOfAddress(this IHttpClientBuilder client) =>
        client.ConfigurePrimaryHttpMessageHandler(services => new TransportOfAddress((InProcessServer)services.GetRequiredService<IServer>()));

    /// <summary>The address at which this process reaches a module: the configured one, or one that only its own clients understand.</summary>
    public static Uri BaseAddress(IConfiguration configuration, string module) =>
        configuration.AddressOf(module) ?? new Uri($"http://{module}.in-process/");
}

sealed class TransportOfAddress(InProcessServer server) : HttpMessageHandler
{
    readonly HttpMessageInvoker _here = new(new InProcessHandler(server));
    readonly HttpMessageInvoker _elsewhere = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) =>
        (request.RequestUri!.Host.EndsWith(".in-process", StringComparison.Ordinal) ? _here : _elsewhere).SendAsync(request, ct);

    protected override void Dispose(bool disposing) => _elsewhere.Dispose();
}

/// <summary>Signs a call with the service's own identity.</summary>
sealed class ServiceIdentity(string service, ServiceTokens tokens) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        request.Options.Set(InProcessHandler.Service, service);
        if (!request.RequestUri!.Host.EndsWith(".in-process", StringComparison.Ordinal))
            request.Headers.Authorization = new("Bearer", await tokens.TokenOf(service, ct));
        return await base.SendAsync(request, ct);
    }
}

/// <summary>Service tokens by client credentials from Identity, kept until shortly before they end: asking costs milliseconds.</summary>
public sealed class ServiceTokens(IHttpClientFactory clients, IConfiguration configuration, TimeProvider time)
{
    readonly SemaphoreSlim _asking = new(1);
    readonly Dictionary<string, (string Value, DateTimeOffset RenewAt)> _tokens = [];

    /// <summary>The token of a service of this process.</summary>
    /// <exception cref="HttpRequestException">Identity is not reachable and no token is at hand.</exception>
    public async Task<string> TokenOf(string service, CancellationToken ct)
    {
        await _asking.WaitAsync(ct);
        try
        {
            if (_tokens.TryGetValue(service, out var known) && known.RenewAt > time.GetUtcNow()) return known.Value;
            try
            {
                return await Ask(service, ct);
            }
            // Identity is down or hangs, but the old token may still hold for its last minute.
            catch (Exception e) when (known.Value is not null && e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
            {
                return (_tokens[service] = (known.Value!, time.GetUtcNow().AddSeconds(30))).Value;
            }
        }
        finally
        {
            _asking.Release();
        }
    }

    async Task<string> Ask(string service, CancellationToken ct)
    {
        using var response = await clients.CreateClient("identity-tokens").PostAsync("/connect/token", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = service,
            ["client_secret"] = ServiceSecrets.Of(service, configuration),
            ["scope"] = "service",
        }), ct);
        response.EnsureSuccessStatusCode();
        var answer = (await response.Content.ReadFromJsonAsync<Answer>(ct))!;
        _tokens[service] = (answer.AccessToken, time.GetUtcNow().AddSeconds(answer.ExpiresInSeconds * 0.9));
        return answer.AccessToken;
    }

    sealed record Answer([property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresInSeconds);
}

/// <summary>The secrets with which services identify themselves to Identity.</summary>
public static class ServiceSecrets
{
    /// <summary>
    /// <c>Services:{service}:Secret</c>, or on one machine a secret derived from the key file that all processes of the
    /// mall share in the data folder (made at first use, readable by its owner only).
    /// </summary>
    public static string Of(string service, IConfiguration configuration) =>
        configuration[$"Services:{service}:Secret"] is { Length: > 0 } configured
            ? configured
            : Convert.ToHexStringLower(HMACSHA256.HashData(SharedKey(configuration), Encoding.UTF8.GetBytes(service)));

    static byte[] SharedKey(IConfiguration configuration)
    {
        var file = Path.Combine(configuration.DataFolder(), "keys", "services.key");
        if (File.Exists(file)) return File.ReadAllBytes(file);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var fresh = $"{file}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(fresh, options)) stream.Write(RandomNumberGenerator.GetBytes(32));
        try
        {
            // Whoever is first wins; the others read what won.
            File.Move(fresh, file, overwrite: false);
        }
        catch (IOException)
        {
            File.Delete(fresh);
        }
        return File.ReadAllBytes(file);
    }
}
