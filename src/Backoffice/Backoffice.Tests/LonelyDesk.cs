using System.Net;
using System.Security.Claims;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jangteo.Backoffice.Tests;

/// <summary>The backoffice as a process of its own while every module is down, or what the test plays in their place answers; and a way to sit down at it without Identity.</summary>
sealed class LonelyDesk : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly WebApplication? _modules;
    readonly string _folder;

    LonelyDesk(WebApplication app, WebApplication? modules, string folder) => (_app, _modules, _folder) = (app, modules, folder);

    public static async Task<LonelyDesk> Open(Action<WebApplication>? play = null)
    {
        var folder = Directory.CreateTempSubdirectory("jangteo-desk-").FullName;
        var modules = play is null ? null : await Play(play);
        // Nothing listens on the discard port.
        var addresses = Modules.Names.Select(m => KeyValuePair.Create<string, string?>($"Modules:{m}:Address", modules?.Urls.First() ?? "http://127.0.0.1:9"));
        var builder = ServiceHost.CreateBuilder("Backoffice", [], [new("Data:Folder", folder), new("Urls", "http://127.0.0.1:0"), .. addresses]);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddBackoffice();
        var app = builder.BuildService();
        app.MapBackoffice();
        app.MapGet("/backoffice/sit-down/{role}", SitDown);
        await app.StartAsync();
        return new(app, modules, folder);
    }

    static async Task<WebApplication> Play(Action<WebApplication> play)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.ConfigureHttpJsonOptions(json => MessageFormat.Configure(json.SerializerOptions));
        var modules = builder.Build();
        modules.Urls.Add("http://127.0.0.1:0");
        play(modules);
        await modules.StartAsync();
        return modules;
    }

    // What the login leaves behind: a name, perhaps a role, and tokens that last a while.
    static Task SitDown(string role, HttpContext http)
    {
        var properties = new AuthenticationProperties();
        properties.StoreTokens([new() { Name = "access_token", Value = "a" }, new() { Name = "refresh_token", Value = "r" }, new() { Name = "renew_at", Value = DateTimeOffset.UtcNow.AddHours(1).ToString("O") }]);
        return http.SignInAsync("backoffice", new(new ClaimsIdentity([new("sub", Guid.CreateVersion7().ToString()), new("name", "Kim"), new("role", role)], "backoffice", "name", "role")), properties);
    }

    public HttpClient Stranger() => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = new(_app.Urls.First()) };

    public async Task<HttpClient> Member(string role)
    {
        var http = Stranger();
        (await http.GetAsync($"/backoffice/sit-down/{role}")).EnsureSuccessStatusCode();
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_modules is not null) await _modules.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
