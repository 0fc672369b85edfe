using System.Net;
using System.Text.RegularExpressions;
using Jangteo.Identity.Logins;
using Jangteo.Identity.Members;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;
using static Jangteo.Identity.Tests.OpenIdConnectTests;

namespace Jangteo.Identity.Tests;

public class PageTests
{
    [Theory, InlineData("login"), InlineData("sign-up"), InlineData("verify?token=x"), InlineData("forgot"), InlineData("reset?token=x")]
    public async Task Every_page_speaks_both_languages_and_brings_no_script(string path)
    {
        await using var desk = await Desk.Open();
        foreach (var (language, word) in new[] { ("ko", "장터"), ("en", "Jangteo") })
        {
            var answer = await desk.Http.GetAsync($"/identity/{path}{(path.Contains('?') ? '&' : '?')}lang={language}");
            var html = await answer.Content.ReadAsStringAsync();
            Assert.Contains($"<html lang=\"{language}\">", html);
            Assert.Contains(word, WebUtility.HtmlDecode(html));
            Assert.DoesNotMatch(@"<script|style=|\son\w+=", html);
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
            Assert.All(Regex.Matches(html, "<input(?![^>]*type=\"(hidden|checkbox)\")[^>]*id=\"([^\"]+)\""), m => Assert.Contains($"<label for=\"{m.Groups[2].Value}\">", html));
        }
    }

    [Fact]
    public async Task Sign_up_by_the_page_logs_in_and_the_mailed_link_verifies()
    {
        await using var desk = await Desk.Open();
        using var browser = Browser(desk);
        Dictionary<string, string> form = new() { ["email"] = "minsu@example.com", ["name"] = "김민수", ["password"] = "short", ["terms"] = "yes", ["privacy"] = "yes" };
        var refused = await Submit(browser, "/identity/sign-up?lang=en", form);
        var html = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("at least 10 characters", html);
        Assert.Contains("the required consents: terms, privacy and age-14", html);
        Assert.Contains("value=\"minsu@example.com\"", html);
        Assert.DoesNotContain("value=\"short\"", html);

        form = new(form) { ["password"] = Desk.Password, ["age-14"] = "yes" };
        Assert.Equal(HttpStatusCode.OK, (await Submit(browser, "/identity/sign-up?lang=en", form)).StatusCode);
        Assert.StartsWith("http://localhost:5080/signin-oidc", Location(await browser.GetAsync(Request().Authorize)), StringComparison.Ordinal);

        var token = await desk.MailedToken("minsu@example.com", "/identity/verify");
        Assert.Equal("en", (await desk.Stored("minsu@example.com"))!.Language);
        Assert.Equal(HttpStatusCode.OK, (await Submit(browser, $"/identity/verify?token={token}", new() { ["token"] = token })).StatusCode);
        Assert.NotNull((await desk.Stored("minsu@example.com"))!.EmailVerifiedAt);
    }

    [Fact]
    public async Task A_forgotten_password_is_replaced_by_mail_and_ends_all_sessions()
    {
        await using var desk = await Desk.Open();
        var member = await desk.Member();
        using var browser = Browser(desk);
        var (known, unknown) = (await Submit(browser, "/identity/forgot", new() { ["email"] = "minsu@example.com" }), await Submit(browser, "/identity/forgot", new() { ["email"] = "nobody@example.com" }));
        Assert.Equal(await known.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());

        var token = await desk.MailedToken("minsu@example.com", "/identity/reset");
        Assert.Equal(HttpStatusCode.BadRequest, (await Submit(browser, $"/identity/reset?token={token}", new() { ["token"] = token, ["password"] = "password12" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Submit(browser, $"/identity/reset?token={token}", new() { ["token"] = token, ["password"] = "another lantern 5" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Submit(browser, $"/identity/reset?token={token}", new() { ["token"] = token, ["password"] = "third lantern 5" })).StatusCode);
        Assert.True((await desk.Nobody.Refresh(member.Tokens.RefreshToken)).Problem!.Is("session-over"));
        Assert.False((await desk.Nobody.Login(new("minsu@example.com", Desk.Password))).Ok);
        Assert.True((await desk.Nobody.Login(new("minsu@example.com", "another lantern 5"))).Ok);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Whoever_stole_a_token_keeps_its_owner_from_neither_a_new_password_nor_leaving(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var member = await desk.Member();
        using var browser = Browser(desk);
        await Submit(browser, "/identity/forgot", new() { ["email"] = "minsu@example.com" });
        var token = await desk.MailedToken("minsu@example.com", "/identity/reset");
        using var enough = new CancellationTokenSource();
        var changes = 0;
        var thieves = Enumerable.Range(0, 3).Select(_ => Change()).ToList();
        await Eventually.Holds(() => Task.FromResult(changes > 5), "the thief is at work");

        Assert.Equal(HttpStatusCode.OK, (await Submit(browser, $"/identity/reset?token={token}", new() { ["token"] = token, ["password"] = "another lantern 5" })).StatusCode);
        Assert.True((await member.Identity.Withdraw(new("another lantern 5"))).Ok);
        await enough.CancelAsync();
        await Task.WhenAll(thieves);

        async Task Change()
        {
            while (!enough.IsCancellationRequested) await member.Identity.Change(new(Language: Interlocked.Increment(ref changes) % 2 == 0 ? "ko" : "en"));
        }
    }

    [Fact]
    public async Task A_new_password_makes_older_links_worthless()
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form());
        using var browser = Browser(desk);
        await Submit(browser, "/identity/forgot", new() { ["email"] = "minsu@example.com" });
        var older = await desk.MailedToken("minsu@example.com", "/identity/reset");
        desk.Time.Forward(TimeSpan.FromMinutes(1));
        await Submit(browser, "/identity/forgot", new() { ["email"] = "minsu@example.com" });
        var newer = await Eventually.Sees(() => desk.MailedToken("minsu@example.com", "/identity/reset"), t => t != older, "the second link");
        Assert.Equal(HttpStatusCode.OK, (await Submit(browser, $"/identity/reset?token={newer}", new() { ["token"] = newer, ["password"] = "another lantern 5" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Submit(browser, $"/identity/reset?token={older}", new() { ["token"] = older, ["password"] = "third lantern 5" })).StatusCode);
        Assert.True((await desk.Nobody.Login(new("minsu@example.com", "another lantern 5"))).Ok);
    }

    [Fact]
    public async Task A_stranger_who_asks_for_mails_keeps_nobody_from_theirs_and_floods_no_mailbox()
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form());
        for (var i = 0; i < 5; i++) await Forget("203.0.113.7");
        Assert.Equal(3, await Links());
        await Forget("198.51.100.1");
        Assert.Equal(4, await Links());

        for (var i = 0; i < 30; i++) await Forget($"192.0.2.{i}");
        Assert.Equal(20, await Links());
        // However long that goes on, even from one address: there is a mail again within the hour for which the last one's link works.
        for (var i = 1; i <= 8; i++)
        {
            desk.Time.Forward(TimeSpan.FromHours(1));
            await Forget("203.0.113.7");
            await Forget($"192.0.2.{100 + i}");
            Assert.Equal(20 + i, await Links());
        }

        async Task Forget(string address)
        {
            using var browser = Browser(desk);
            browser.DefaultRequestHeaders.Add("X-Forwarded-For", address);
            Assert.Equal(HttpStatusCode.OK, (await Submit(browser, "/identity/forgot", new() { ["email"] = "minsu@example.com" })).StatusCode);
        }

        Task<int> Links() => desk.Service.Db(db => db.MailedTokens.CountAsync(t => t.Purpose == MailedPurpose.ResetPassword));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_member_of_many_devices_resets_the_password_and_only_this_device_is_known_after_it(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var member = await desk.Member();
        for (var i = 0; i < KnownDevice.MaxPerMember; i++) await desk.LogInFrom($"203.0.113.{i}", "minsu@example.com", Desk.Password);
        Assert.Equal(KnownDevice.MaxPerMember, await desk.Service.Db(db => db.Devices.CountAsync()));

        using var browser = Browser(desk);
        await Submit(browser, "/identity/forgot", new() { ["email"] = "minsu@example.com" });
        var token = await desk.MailedToken("minsu@example.com", "/identity/reset");
        var answer = await Submit(browser, $"/identity/reset?token={token}", new() { ["token"] = token, ["password"] = "another lantern 5" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, await desk.Service.Db(db => db.Devices.CountAsync()));
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("jangteo_device=", StringComparison.Ordinal));
        Assert.True((await desk.Nobody.Refresh(member.Tokens.RefreshToken)).Problem!.Is("session-over"));
        Assert.True((await desk.Nobody.Login(new("minsu@example.com", "another lantern 5"))).Ok);
    }

    [Fact]
    public async Task A_form_that_is_not_ours_is_refused()
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form());
        using var browser = Browser(desk);
        var answer = await browser.PostAsync("/identity/login", new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = "minsu@example.com", ["password"] = Desk.Password }));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [], c => c.StartsWith("jangteo_identity", StringComparison.Ordinal));
    }

    [Theory, InlineData("https://evil.example/"), InlineData("//evil.example"), InlineData("/\\evil.example"), InlineData("javascript:alert(1)")]
    public async Task A_login_link_never_leads_off_the_site(string returnUrl)
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form());
        using var browser = Browser(desk);
        var answer = await Submit(browser, $"/identity/login?returnUrl={Uri.EscapeDataString(returnUrl)}", new() { ["email"] = "minsu@example.com", ["password"] = Desk.Password });
        Assert.Equal("/", Location(answer));
    }

    [Fact]
    public async Task Cookies_are_out_of_reach_of_scripts_and_foreign_sites()
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form());
        using var browser = Browser(desk);
        var answer = await Submit(browser, "/identity/login", new() { ["email"] = "minsu@example.com", ["password"] = Desk.Password });
        var cookies = answer.Headers.GetValues("Set-Cookie").ToList();
        Assert.Equal(2, cookies.Count);
        Assert.All(cookies, c => Assert.True(c.Contains("httponly", StringComparison.OrdinalIgnoreCase) && c.Contains("samesite=lax", StringComparison.OrdinalIgnoreCase), c));
    }
}
