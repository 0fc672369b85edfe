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
        public Task<string> Who() => http.GetStringAsync("/api/who");
    }

    /// <summary>What keeps Identity from renewing tokens.</summary>
    sealed class Outage
    {
        public volatile bool IsOn;
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
                app.Use((http, next) =>
                {
                    if (http.Request.Path != "/connect/token" || !app.Services.GetRequiredService<Outage>().IsOn) return next(http);
                    http.Response.StatusCode = 503;
                    return Task.CompletedTask;
                });
                app.MapIdentity();
                app.MapBrowserLogin("shop");
                app.MapGet("/", () => "home");
                app.MapGet("/mine", (HttpContext http) => http.User.Identity!.Name).RequireAuthorization(Policies.Member);
                app.MapGet("/my-record", async (IdentityClient identity) => (await identity.Me()).Required.Email);
                app.MapGet("/echo", (EchoClient echo) => echo.Echo());
                app.MapGet("/who", (EchoClient echo) => echo.Who());
                app.MapGet("/api/who", (HttpContext http) => http.User.Identity?.Name ?? "nobody");
                app.MapGet("/api/echo", (HttpContext http) =>
                {
                    http.Response.Cookies.Append("jangteo_cart", "fresh");
                    http.Response.Cookies.Append("other", "not for the visitor");
                    return $"{http.Request.Cookies["jangteo_cart"]} {http.Connection.RemoteIpAddress}";
                });
            },
            services => services.AddSingleton<TimeProvider>(time).AddSingleton(new Outage()), ("Mall:Origin", origin), ("Identity:Staff:Password", Desk.StaffPassword));
        return (mall, Browser(new(origin), new()), time);
    }

    static HttpClient Browser(Uri origin, CookieContainer cookies) => new(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = origin };

    static void Forget(CookieContainer cookies, string name)
    {
        foreach (Cookie cookie in cookies.GetAllCookies()) cookie.Expired |= cookie.Name.StartsWith(name, StringComparison.Ordinal);
    }

    static async Task LogIn(TestService<IdentityDb> mall, HttpClient browser)
    {
        await new IdentityClient(mall.Http).SignUp(Desk.Form());
        await GivePassword(browser);
    }

    static async Task GivePassword(HttpClient browser)
    {
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

        Assert.Equal("/", await PathOf(browser.PostAsync("/logout", null)));
        Assert.EndsWith("/identity/login", await PathOf(browser.GetAsync("/mine")), StringComparison.Ordinal);
        Assert.Equal(0, await mall.Db(db => db.Sessions.CountAsync(s => s.EndedAt == null)));
        await GivePassword(browser);
    }

    static async Task<string> PathOf(Task<HttpResponseMessage> answer) => (await answer).RequestMessage!.RequestUri!.AbsolutePath;

    [Fact]
    public async Task A_link_that_somebody_wrote_logs_nobody_out()
    {
        var (mall, browser, _) = await Open();
        await using var __ = mall;
        await LogIn(mall, browser);
        Assert.Equal("/", await PathOf(browser.GetAsync("/logout")));
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/logout");
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal("/", await PathOf(browser.SendAsync(foreign)));
        Assert.Equal("김민수", await browser.GetStringAsync("/mine"));

        // Identity cannot know where the link was, so it asks.
        var asked = await browser.GetAsync("/connect/logout");
        Assert.Contains("<form method=\"post\" action=\"/connect/logout\">", await asked.Content.ReadAsStringAsync());
        Assert.Equal(1, await mall.Db(db => db.Sessions.CountAsync(s => s.EndedAt == null)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Logging_out_ends_the_session_though_the_browser_has_lost_its_login_at_Identity(bool tokensAreOld)
    {
        var (mall, _, time) = await Open();
        await using var __ = mall;
        var cookies = new CookieContainer();
        using var browser = Browser(mall.Http.BaseAddress!, cookies);
        await LogIn(mall, browser);
        // Proxies take 8 KB of headers.
        Assert.InRange(cookies.GetCookieHeader(browser.BaseAddress!).Length, 1, 7000);
        time.Forward(TimeSpan.FromHours(1));
        mall.Services.GetRequiredService<Outage>().IsOn = tokensAreOld;
        Forget(cookies, "jangteo_identity");
        Assert.Equal("/", await PathOf(browser.PostAsync("/logout", null)));
        Assert.Equal(0, await mall.Db(db => db.Sessions.CountAsync(s => s.EndedAt == null)));
    }

    [Fact]
    public async Task A_browser_that_the_member_signs_out_from_elsewhere_needs_the_password_again_and_others_do_not()
    {
        var (mall, browser, time) = await Open();
        await using var __ = mall;
        await LogIn(mall, browser);
        var session = await mall.Db(db => db.Sessions.SingleAsync());
        var cookies = new CookieContainer();
        using var other = Browser(browser.BaseAddress!, cookies);
        await GivePassword(other);
        var owner = Visit.With(browser.BaseAddress!, (await new IdentityClient(mall.Http).Login(new("minsu@example.com", Desk.Password))).Required);
        Assert.True((await owner.Identity.EndSession(session.Id)).Ok);

        time.Forward(TimeSpan.FromMinutes(13));
        Assert.Equal("/identity/login", await PathOf(browser.GetAsync("/mine")));
        Forget(cookies, "jangteo_shop");
        Assert.Equal("김민수", await other.GetStringAsync("/mine"));

        await GivePassword(browser);
        time.Forward(TimeSpan.FromMinutes(13));
        Assert.Equal("김민수", await browser.GetStringAsync("/mine"));
    }

    [Fact]
    public async Task A_browser_that_was_signed_out_cannot_keep_its_login_until_that_is_forgotten()
    {
        var (mall, browser, time) = await Open();
        await using var __ = mall;
        var cookies = new CookieContainer();
        using var thief = Browser(browser.BaseAddress!, cookies);
        await LogIn(mall, thief);
        var owner = Visit.With(browser.BaseAddress!, (await new IdentityClient(mall.Http).Login(new("minsu@example.com", Desk.Password))).Required);
        var session = await mall.Db(db => db.Sessions.SingleAsync(s => s.ClientId == "storefront"));
        Assert.True((await owner.Identity.EndSession(session.Id)).Ok);
        var copy = cookies.GetAllCookies().Single(c => c.Name == "jangteo_identity");
        // More than half of its time: a cookie that still counts would be given anew.
        time.Forward(TimeSpan.FromDays(8));
        using var look = new HttpRequestMessage(HttpMethod.Get, "/identity/login");
        look.Headers.Add("Cookie", $"jangteo_identity={copy.Value}");
        var answer = await mall.Http.SendAsync(look);
        Assert.StartsWith("jangteo_identity=;", Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("jangteo_identity=", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_Identity_does_not_renew_a_token_its_member_is_not_taken_for_a_guest()
    {
        var (mall, browser, time) = await Open();
        await using var __ = mall;
        await LogIn(mall, browser);
        var outage = mall.Services.GetRequiredService<Outage>();
        outage.IsOn = true;
        time.Forward(TimeSpan.FromMinutes(13));
        Assert.Equal("김민수", await browser.GetStringAsync("/who"));
        time.Forward(TimeSpan.FromMinutes(2));
        Assert.Equal("김민수", await browser.GetStringAsync("/mine"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await browser.GetAsync("/who")).StatusCode);
        Assert.Equal("nobody", await mall.Http.GetStringAsync("/who"));
        outage.IsOn = false;
        Assert.Equal("김민수", await browser.GetStringAsync("/who"));
    }

    [Fact]
    public async Task A_member_is_called_by_a_new_name_once_the_tokens_are_renewed()
    {
        var (mall, browser, time) = await Open();
        await using var __ = mall;
        await LogIn(mall, browser);
        var member = Visit.With(browser.BaseAddress!, (await new IdentityClient(mall.Http).Login(new("minsu@example.com", Desk.Password))).Required);
        Assert.True((await member.Identity.Change(new("김지우"))).Ok);
        time.Forward(TimeSpan.FromMinutes(13));
        Assert.Equal("김지우", await browser.GetStringAsync("/mine"));
        Assert.Equal("김지우", await browser.GetStringAsync("/mine"));
    }

    [Fact]
    public async Task The_tokens_are_renewed_and_a_session_that_broke_off_begins_anew()
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
        // Nobody signed this browser out of Identity, so the shop gets a new session without a password.
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
