using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Validation;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Jangteo.Platform;

/// <summary>Who calls: a member, a member of staff, a service, or nobody. Bind it as a handler parameter.</summary>
/// <param name="MemberId">The member, from the token's subject; null for nobody and for services.</param>
/// <param name="IsStaff">The member works here.</param>
/// <param name="Service">The calling service; null for people.</param>
// Validation of request records would evaluate Member, which throws for nobody; the attribute is still marked experimental.
#pragma warning disable ASP0029
[SkipValidation]
#pragma warning restore ASP0029
public sealed record Caller(Guid? MemberId, bool IsStaff, string? Service)
{
    /// <summary>The member, on routes that require one.</summary>
    /// <exception cref="InvalidOperationException">The route let somebody else in.</exception>
    public Guid Member => MemberId ?? throw new InvalidOperationException("The route does not require a member.");

    /// <summary>A stable name of the caller, for keys and limits.</summary>
    public string Name => MemberId?.ToString() ?? Service ?? "anonymous";

    /// <summary>Reads the caller from the validated token; never from what the caller sends otherwise.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context.User));

    /// <summary>Reads the caller from a principal.</summary>
    public static Caller Of(ClaimsPrincipal user)
    {
        var isService = user.HasClaim("scope", Policies.Service);
        return new(
            !isService && Guid.TryParse(user.FindFirstValue("sub"), out var member) ? member : null,
            !isService && user.HasClaim("role", Policies.Staff),
            isService ? user.FindFirstValue("client_id") ?? user.FindFirstValue("sub") : null);
    }
}

/// <summary>The names of the authorization policies.</summary>
public static class Policies
{
    /// <summary>A logged-in member.</summary>
    public const string Member = "member";

    /// <summary>A member with the staff role.</summary>
    public const string Staff = "staff";

    /// <summary>A service with its own token.</summary>
    public const string Service = "service";
}

/// <summary>Which authentication scheme serves which paths: bearer tokens on the API, a host's own cookie on its pages.</summary>
public sealed class AuthenticationPaths
{
    readonly List<(PathString Prefix, string Scheme)> _paths = [("/api", JwtBearerDefaults.AuthenticationScheme), ("/feeds", JwtBearerDefaults.AuthenticationScheme)];

    /// <summary>Lets a scheme serve all paths below a prefix; the longest prefix wins.</summary>
    public void Use(PathString prefix, string scheme) => _paths.Add((prefix, scheme));

    internal string SchemeFor(HttpContext context)
    {
        if (context.Features.Get<InProcessCaller>() is not null) return InProcessAuthentication.Scheme;
        var (best, length) = (JwtBearerDefaults.AuthenticationScheme, -1);
        foreach (var (prefix, scheme) in _paths)
            if ((prefix.Value is "/" || context.Request.Path.StartsWithSegments(prefix)) && prefix.Value!.Length > length)
                (best, length) = (scheme, prefix.Value.Length);
        return best;
    }
}

static class Authentication
{
    public const string Audience = "jangteo";
    const string ByPath = "by-path";

    public static void AddMallAuthentication(this WebApplicationBuilder builder)
    {
        var origin = builder.Configuration["Mall:Origin"]!.TrimEnd('/');
        builder.Services.AddHttpClient("identity-tokens", http => (http.BaseAddress, http.Timeout) = (ModuleClients.BaseAddress(builder.Configuration, "identity"), TimeSpan.FromSeconds(5))).UseTransportOfAddress();
        builder.Services.AddSingleton<ServiceTokens>().AddSingleton<SigningKeys>().AddOptions<AuthenticationPaths>();
        builder.Services.AddAuthentication(ByPath)
            .AddPolicyScheme(ByPath, null, options => options.ForwardDefaultSelector = context =>
                context.RequestServices.GetRequiredService<IOptions<AuthenticationPaths>>().Value.SchemeFor(context))
            .AddScheme<AuthenticationSchemeOptions, InProcessAuthentication>(InProcessAuthentication.Scheme, null)
            .AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<SigningKeys>((options, signingKeys) =>
        {
            options.ConfigurationManager = signingKeys;
            options.MapInboundClaims = false;
            options.TokenValidationParameters = new()
            {
                ValidIssuers = [origin, origin + "/"],
                ValidAudience = Audience,
                ClockSkew = TimeSpan.FromSeconds(30),
                NameClaimType = "name",
                RoleClaimType = "role",
            };
        });
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Member, policy => policy.RequireAssertion(c => Caller.Of(c.User).MemberId is not null))
            .AddPolicy(Policies.Staff, policy => policy.RequireAssertion(c => Caller.Of(c.User).IsStaff))
            .AddPolicy(Policies.Service, policy => policy.RequireAssertion(c => Caller.Of(c.User).Service is not null));
    }
}

/// <summary>Believes the transport about which service of this process calls.</summary>
sealed class InProcessAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "in-process";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var identity = new ClaimsIdentity([new("client_id", Context.Features.Get<InProcessCaller>()!.Service), new("scope", Policies.Service)], Scheme);
        return Task.FromResult(AuthenticateResult.Success(new(new(identity), Scheme)));
    }
}

/// <summary>
/// Identity's public keys: fetched from it, kept in memory and on disk, so that tokens are validated while Identity is
/// down and even after a restart in that time.
/// </summary>
sealed class SigningKeys(IHttpClientFactory clients, IConfiguration configuration, TimeProvider time, ILogger<SigningKeys> log)
    : IConfigurationManager<OpenIdConnectConfiguration>
{
    static readonly TimeSpan RefreshEvery = TimeSpan.FromMinutes(10);
    static readonly TimeSpan RefreshAtMost = TimeSpan.FromSeconds(2);

    readonly SemaphoreSlim _fetching = new(1);
    readonly string _file = Path.Combine(configuration.DataFolder(), "keys", $"jwks-{configuration["Service:Name"]}.json");
    volatile OpenIdConnectConfiguration? _known;
    DateTimeOffset _fetchedAt;
    DateTimeOffset _refreshAt;

    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken ct) =>
        _known is { } known && time.GetUtcNow() < _refreshAt ? Task.FromResult(known) : Fetch(ct);

    public void RequestRefresh()
    {
        // A token with an unknown key must not let a stranger make us ask Identity all the time.
        if (time.GetUtcNow() - _fetchedAt > RefreshAtMost) _refreshAt = default;
    }

    async Task<OpenIdConnectConfiguration> Fetch(CancellationToken ct)
    {
        // One asks; the others do not wait long for an Identity that hangs, while the keys that are known are good.
        if (!await _fetching.WaitAsync(_known is null ? Timeout.Infinite : 200, ct)) return _known!;
        try
        {
            if (_known is { } known && time.GetUtcNow() < _refreshAt) return known;
            var json = await FetchOrRead(ct);
            var configured = new OpenIdConnectConfiguration { JsonWebKeySet = new JsonWebKeySet(json) };
            foreach (var key in configured.JsonWebKeySet.GetSigningKeys()) configured.SigningKeys.Add(key);
            return _known = configured;
        }
        finally
        {
            _fetching.Release();
        }
    }

    async Task<string> FetchOrRead(CancellationToken ct)
    {
        _fetchedAt = time.GetUtcNow();
        string? json = null;
        try
        {
            json = await clients.CreateClient("identity-tokens").GetStringAsync("/.well-known/jwks", ct);
            _refreshAt = time.GetUtcNow() + RefreshEvery;
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            await File.WriteAllTextAsync(_file + ".new", json, ct);
            File.Move(_file + ".new", _file, overwrite: true);
            return json;
        }
        // Identity is down or hangs; or there is no room to keep its keys.
        catch (Exception e) when (json is not null || e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested && File.Exists(_file))
        {
            log.LogWarning("Identity's keys are not fetched and kept ({Reason}); those at hand are used, or those in {File}", e.Message, _file);
            _refreshAt = time.GetUtcNow() + RefreshAtMost;
            return json ?? await File.ReadAllTextAsync(_file, ct);
        }
    }
}
