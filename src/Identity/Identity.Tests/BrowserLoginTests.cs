using System.Net;
using System.Net.Sockets;
using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Pages;
using Jangteo.Platform.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Identity.Tests;

/// <summary>A page host with Platform's browser login, together with Identity in one process.</summary>
public class BrowserLoginTests
{
    sealed class EchoClient(HttpClient http)
    {
        public Task<string> Echo() => http.GetStringAsync("/api/echo");
    }

    static async Task<(TestService<IdentityDb> Mall, HttpClient Browser, MovedTime Time)> Open()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var (origin, time) = ($"http://{probe.LocalEndpoint}", new MovedTime());
        probe.Stop();
        var mall = await TestService<IdentityDb>.Start("identity",
            builder =>
            {
                builder.Configuration["Urls"] = origin;
                builder.AddIdentity();
                builder.AddBrowserLogin("shop", "storefront", "/");
                builder.AddClient<IdentityClient>("identity").OnBehalfOfVisitor();
                builder.AddClient<EchoClient>("identity").OnBehalfOfVisitor();
            },
            app =>
            {
                app.MapIdentity();
                app.MapBrowserLogin("shop");
                app.MapGet("/", () => "home");
                app.MapGet("/mine", (HttpContext http) => http.User.Identity!.Name).RequireAuthorization(Policies.Member);
                app.MapGet("/my-record", async (IdentityClient identity) => (await identity.Me()).Required.Email);
                app.MapGet("/echo", (EchoClient echo) => echo.Echo());
                app.MapGet("/api/echo", (HttpContext http) =>
                {
                    http.Response.Cookies.Append("jangteo_cart", "fresh");
                    http.Response.Cookies.Append("other", "not for the visitor");
                    return $"{http.Request.Cookies["jangteo_cart"]} {http.Connection.RemoteIpAddress}";
                });
            },
            services => services.AddSingleton<TimeProvider>(time), ("Mall:Origin", origin), ("Identity:Staff:Password", Desk.StaffPassword));
        return (mall, new HttpClient(new HttpClientHandler { CookieContainer = new() }) { BaseAddress = new Uri(origin) }, time);
    }

    static async Task LogIn(TestService<IdentityDb> mall, HttpClient browser)
    {
        await new IdentityClient(mall.Http).SignUp(Desk.Form());
        var landed = await OpenIdConnectTests.Submit(browser, "/login?returnUrl=%2Fmine", new() { ["email"] = "minsu@example.com", ["password"] = Desk.Password });
        Assert.Equal("김민수", await landed.Content.ReadAsStringAsync());
        Assert.Equal("/mine", landed.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task A_visitor_logs_in_calls_modules_as_themselves_and_logs_out()
    {
        var (mall, browser, _) = await Open();
        await using var __ = mall;
        Assert.EndsWith("/identity/login", (await browser.GetAsync("/mine")).RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        await LogIn(mall, browser);
        Assert.Equal("minsu@example.com", await browser.GetStringAsync("/my-record"));

        Assert.Equal("/", (await browser.GetAsync("/logout")).RequestMessage!.RequestUri!.AbsolutePath);
        Assert.EndsWith("/identity/login", (await browser.GetAsync("/mine")).RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        Assert.Equal(0, await mall.Db(db => db.Sessions.CountAsync(s => s.EndedAt == null)));
    }

    [Fact]
    public async Task The_tokens_are_renewed_and_an_ended_session_ends_the_login()
    {
        var (mall, browser, time) = await Open();
        await using var __ = mall;
        await LogIn(mall, browser);
        for (var i = 0; i < 3; i++)
        {
            time.Forward(TimeSpan.FromMinutes(13));
            // All that a page loads at once renews at once.
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => browser.GetStringAsync("/my-record")));
            Assert.All(answers, a => Assert.Equal("minsu@example.com", a));
        }
        Assert.Equal(4, (await mall.Db(db => db.Sessions.SingleAsync())).Sequence);

        await mall.Db(async db =>
        {
            (await db.Sessions.SingleAsync()).EndedAt = time.GetUtcNow();
            return await db.SaveChangesAsync();
        });
        time.Forward(TimeSpan.FromMinutes(13));
        // Still logged in at Identity in this browser, so the shop gets a new session without a password.
        Assert.Equal("김민수", await browser.GetStringAsync("/mine"));
        Assert.Equal(2, await mall.Db(db => db.Sessions.CountAsync()));
    }

    [Fact]
    public async Task A_guests_cart_cookie_and_address_travel_with_calls()
    {
        var (mall, _, __) = await Open();
        await using var ___ = mall;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/echo");
        request.Headers.Add("Cookie", "jangteo_cart=mine; secret=page-only");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        var answer = await mall.Http.SendAsync(request);
        Assert.Equal("mine 203.0.113.7", await answer.Content.ReadAsStringAsync());
        Assert.StartsWith("jangteo_cart=fresh", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Theory, InlineData("https://evil.example/"), InlineData("//evil.example/"), InlineData("/\\evil.example")]
    public async Task A_login_never_leads_off_the_site(string returnUrl)
    {
        var (mall, browser, _) = await Open();
        await using var __ = mall;
        await new IdentityClient(mall.Http).SignUp(Desk.Form());
        var landed = await OpenIdConnectTests.Submit(browser, $"/login?returnUrl={Uri.EscapeDataString(returnUrl)}", new() { ["email"] = "minsu@example.com", ["password"] = Desk.Password });
        Assert.Equal("home", await landed.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_callback_without_its_cookies_begins_anew()
    {
        var (mall, _, __) = await Open();
        await using var ___ = mall;
        var answer = await mall.Http.GetAsync("/signin-oidc?code=x&state=y");
        Assert.Equal((HttpStatusCode.Found, "/"), (answer.StatusCode, answer.Headers.Location!.ToString()));
    }
}
