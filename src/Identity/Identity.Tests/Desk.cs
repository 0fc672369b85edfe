using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Identity.Tests;

/// <summary>A clock that tests move.</summary>
sealed class MovedTime : TimeProvider
{
    TimeSpan _ahead;

    public void Forward(TimeSpan by) => _ahead += by;
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
}

/// <summary>Identity as tests use it: on SQLite or on a PostgreSQL database of its own, with a clock.</summary>
sealed class Desk : IAsyncDisposable
{
    public const string Password = "tangerine boat 77";
    public const string StaffPassword = "warehouse kite 42";

    static readonly Consent[] Consents = [new("terms", "2026-11-01", true), new("privacy", "2026-11-01", true), new("age-14", "2026-11-01", true)];

    readonly TestDatabase? _database;

    Desk(TestService<IdentityDb> service, TestDatabase? database, MovedTime time) => (Service, _database, Time) = (service, database, time);

    public TestService<IdentityDb> Service { get; }
    public MovedTime Time { get; }
    public HttpClient Http => Service.Http;

    public static async Task<Desk> Open(bool postgreSql = false, params (string, string)[] settings)
    {
        var database = postgreSql ? TestDatabase.New() : null;
        return await Open(database, new(), settings);
    }

    /// <summary>Another replica on the same database, data folder and clock.</summary>
    public Task<Desk> Replica() => Open(null, Time, ("ConnectionStrings:identity", _database!.ConnectionString), ("Data:Folder", Service.Services.GetRequiredService<IConfiguration>()["Data:Folder"]!));

    static async Task<Desk> Open(TestDatabase? database, MovedTime time, params (string, string)[] settings)
    {
        if (database is not null) settings = [.. settings, ("ConnectionStrings:identity", database.ConnectionString)];
        var service = await TestService<IdentityDb>.Start("identity", b => b.AddIdentity(), a => a.MapIdentity(),
            services => services.AddSingleton<TimeProvider>(time), [("Identity:Staff:Password", StaffPassword), ("Feeds:DeliverTwice", "true"), .. settings]);
        return new(service, database, time);
    }

    public IdentityClient Nobody => new(Http);

    public static SignUp Form(string email = "minsu@example.com", string name = "김민수", string password = Password, IReadOnlyList<Consent>? consents = null, string language = "ko") =>
        new(email, password, name, consents ?? Consents, language);

    /// <summary>A member who is logged in.</summary>
    public async Task<Visit> Member(string email = "minsu@example.com")
    {
        var signedUp = (await Nobody.SignUp(Form(email))).Required;
        return await LogIn(signedUp.Email);
    }

    public async Task<Visit> LogIn(string email, string password = Password) => Visit.With(Http.BaseAddress!, (await Nobody.Login(new(email, password))).Required);

    public async Task<Visit> Staff()
    {
        // Made in the background. Logging in before would count as wrong guesses, and after five of them even the right password waits.
        await Eventually.Holds(() => Service.Db(db => db.Members.AnyAsync(m => m.IsStaff)), "the staff account");
        return await LogIn("staff@jangteo.example", StaffPassword);
    }

    /// <summary>A login from another address, as the gateway reports it.</summary>
    public async Task<HttpResponseMessage> LogInFrom(string address, string email, string password, string? deviceCookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/identity/login") { Content = JsonContent.Create(new Login(email, password)) };
        request.Headers.Add("X-Forwarded-For", address);
        if (deviceCookie is not null) request.Headers.Add("Cookie", deviceCookie);
        return await Http.SendAsync(request);
    }

    /// <summary>The token in the newest mail to an address.</summary>
    public async Task<string> MailedToken(string to, string path)
    {
        var folder = Path.Combine(Service.Services.GetRequiredService<IConfiguration>()["Data:Folder"]!, "mails");
        return (await Eventually.Sees(Look, token => token is not null, $"a mail with {path} for {to}"))!;

        async Task<string?> Look()
        {
            foreach (var file in Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.eml").OrderDescending()] : Array.Empty<string>())
            {
                using var message = await MimeKit.MimeMessage.LoadAsync(file);
                if (message.To.Mailboxes.Any(m => m.Address == to) && message.TextBody!.Contains(path + "?token=", StringComparison.Ordinal))
                    return message.TextBody!.Split(path + "?token=")[1].Split('&', '\r', '\n')[0];
            }
            return null;
        }
    }

    public Task<Members.Member?> Stored(string email) => Service.Db(db => db.WholeMembers.AsNoTracking().FirstOrDefaultAsync(m => m.EmailKey == email));

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }
}

/// <summary>Somebody with tokens.</summary>
sealed record Visit(HttpClient Http, IdentityClient Identity, Contracts.Tokens Tokens)
{
    public static Visit With(Uri address, Contracts.Tokens tokens)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
        return new(http, new(http), tokens);
    }

    public static async Task<string> TypeOf(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString()!.Split(':')[^1];
}
