using System.Net;
using System.Security.Claims;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jangteo.Storefront.Tests;

/// <summary>A storefront that nobody has set up.</summary>
public sealed class LonelyShop() : ShopWithoutModules();

/// <summary>The storefront as a real process on a socket, with every module down.</summary>
public abstract class ShopWithoutModules(params KeyValuePair<string, string?>[] settings) : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("jangteo-").FullName;
    WebApplication _app = null!;

    public HttpClient Http { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // Nothing listens on the discard port.
        var down = new[] { "identity", "catalog", "inventory", "cart", "orders", "payments", "board" }
            .Select(module => KeyValuePair.Create<string, string?>($"Modules:{module}:Address", "http://127.0.0.1:9")).ExceptBy(settings.Select(s => s.Key), d => d.Key);
        var builder = ServiceHost.CreateBuilder("Storefront", [], [new("Data:Folder", _folder), new("Urls", "http://127.0.0.1:0"), .. down, .. settings]);
        builder.Logging.ClearProviders();
        builder.AddStorefront();
        _app = builder.BuildService();
        _app.MapStorefront();
        await _app.StartAsync();
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Http = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new(address) };
    }

    /// <summary>The browser of a member who logged in before the modules went down.</summary>
    public HttpClient Member()
    {
        var options = _app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("shop");
        var login = new AuthenticationProperties();
        login.StoreTokens([new() { Name = "access_token", Value = "a" }, new() { Name = "refresh_token", Value = "r" }, new() { Name = "renew_at", Value = DateTimeOffset.UtcNow.AddHours(1).ToString("O") }]);
        var member = new ClaimsPrincipal(new ClaimsIdentity([new("sub", Guid.CreateVersion7().ToString()), new("name", "김민수")], "shop", "name", "role"));
        var cookies = new CookieContainer();
        cookies.Add(Http.BaseAddress!, new Cookie(options.Cookie.Name!, options.TicketDataFormat.Protect(new(member, login, "shop"))));
        return new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = Http.BaseAddress };
    }

    public async ValueTask DisposeAsync()
    {
        // A start that was stopped had no client yet.
        Http?.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
