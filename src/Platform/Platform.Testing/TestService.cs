using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Jangteo.Platform.Testing;

/// <summary>One module as a real process-like service: real pipeline, real database, a socket of its own, all other modules down.</summary>
public sealed class TestService<TDb> : IAsyncDisposable where TDb : ModuleDb
{
    readonly WebApplication _app;
    readonly string? _folder;

    TestService(WebApplication app, string? folder) => (_app, _folder) = (app, folder);

    /// <summary>The services of the process, for looking into its database.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Nobody's client.</summary>
    public HttpClient Http => field ??= Client(null);

    /// <summary>Starts the module alone on a new data folder, or a given <c>Data:Folder</c>; <c>ConnectionStrings:{name}</c> in the settings puts it on PostgreSQL.</summary>
    public static async Task<TestService<TDb>> Start(string name, Action<WebApplicationBuilder> add, Action<WebApplication> map,
        Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        var given = settings.FirstOrDefault(s => s.Key == "Data:Folder").Value;
        var folder = given ?? Directory.CreateTempSubdirectory("jangteo-").FullName;
        TestTokens.WriteKeys(folder, name);
        // Nothing listens on the discard port: the other modules are down, and the keys come from disk.
        var all = new[] { "identity", "catalog", "inventory", "cart", "orders", "payments", "board" }.Where(m => m != name).ToDictionary(m => $"Modules:{m}:Address", string? (_) => "http://127.0.0.1:9");
        (all["Data:Folder"], all["Urls"], all["Limits:RequestsPerSecondPerAddress"]) = (folder, "http://127.0.0.1:0", "100000");
        foreach (var (key, value) in settings) all[key] = value;
        var builder = ServiceHost.CreateBuilder(name, [], all);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        add(builder);
        services?.Invoke(builder.Services);
        var app = builder.BuildService();
        map(app);
        await app.StartAsync();
        return new(app, given is null ? folder : null);
    }

    /// <summary>A member's client.</summary>
    public HttpClient As(Guid member, bool staff = false) => Client(TestTokens.Member(member, staff));

    /// <summary>Another service's client.</summary>
    public HttpClient AsService(string service) => Client(TestTokens.Service(service));

    /// <summary>Delivers messages as a feed of the producer would, and commits.</summary>
    public async Task Deliver<THandler>(string producer, params IMessage[] messages) where THandler : class
    {
        var log = Services.GetRequiredService<ILoggerFactory>().CreateLogger("test");
        await using var delivery = new Delivery<TDb>(Services, Subscription.Of<THandler>([producer]), producer, Services.GetRequiredService<IConfiguration>().GetValue<bool>("Feeds:DeliverTwice"), log);
        await delivery.Deliver([.. messages.Select(m => new Envelope("", Guid.CreateVersion7(), MessageFormat.NameOf(m.GetType()), m.Key, null, JsonSerializer.Serialize(m, m.GetType(), MessageFormat.Json)))],
            _ => Task.CompletedTask, CancellationToken.None);
    }

    /// <summary>All messages of a type that the module has announced, oldest first.</summary>
    public async Task<List<TMessage>> Announced<TMessage>() where TMessage : IMessage
    {
        await using var scope = Services.CreateAsyncScope();
        var type = MessageFormat.NameOf(typeof(TMessage));
        var rows = await scope.ServiceProvider.GetRequiredService<TDb>().Feed.AsNoTracking().Where(f => f.Type == type).OrderBy(f => f.Seq).ToListAsync();
        return [.. rows.Select(r => JsonSerializer.Deserialize<TMessage>(r.Data, MessageFormat.Json)!)];
    }

    /// <summary>Looks into, or prepares, the module's database.</summary>
    public async Task<T> Db<T>(Func<TDb, Task<T>> look)
    {
        await using var scope = Services.CreateAsyncScope();
        return await look(scope.ServiceProvider.GetRequiredService<TDb>());
    }

    HttpClient Client(string? token)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(_app.Urls.First()) };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Tokens as Identity signs them, with a key of the tests' own that the service finds in its key file.</summary>
public static class TestTokens
{
    static readonly RsaSecurityKey Key = new(RSA.Create(2048)) { KeyId = "test" };

    /// <summary>Gives a service the public key, as if Identity had answered once.</summary>
    public static void WriteKeys(string folder, string service)
    {
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(Key.Rsa.ExportParameters(false)) { KeyId = Key.KeyId });
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        File.WriteAllText(Path.Combine(folder, "keys", $"jwks-{service}.json"),
            JsonSerializer.Serialize(new { keys = new[] { new { kty = jwk.Kty, kid = jwk.Kid, n = jwk.N, e = jwk.E, use = "sig", alg = "RS256" } } }));
    }

    /// <summary>A member's token.</summary>
    public static string Member(Guid id, bool staff) => Sign(staff
        ? new() { ["sub"] = id.ToString(), ["role"] = "staff" }
        : new() { ["sub"] = id.ToString() });

    /// <summary>A service's token.</summary>
    public static string Service(string name) => Sign(new() { ["sub"] = name, ["client_id"] = name, ["scope"] = "service" });

    static string Sign(Dictionary<string, object> claims) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "http://localhost:5080/",
        Audience = "jangteo",
        Claims = claims,
        Expires = DateTime.UtcNow.AddHours(1),
        SigningCredentials = new(Key, SecurityAlgorithms.RsaSha256),
        TokenType = "at+jwt",
    });
}
