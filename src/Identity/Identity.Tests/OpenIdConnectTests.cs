using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Jangteo.Identity.Logins;
using Jangteo.Platform;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Jangteo.Identity.Tests;

public partial class OpenIdConnectTests
{
    const string Callback = "http://localhost:5080/signin-oidc";

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_service_token_opens_feeds_and_nothing_of_members(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var answer = await Token(desk, new() { ["grant_type"] = "client_credentials", ["scope"] = "service" }, "orders");
        Assert.InRange(answer.GetProperty("expires_in").GetInt32(), 3590, 3600);
        using var service = Bearer(desk, answer);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/feeds/identity?after=&limit=10&wait=0")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await service.GetAsync("/api/identity/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await service.GetAsync("/api/identity/members")).StatusCode);

        Assert.Equal("invalid_client", await Refusal(desk, new() { ["grant_type"] = "client_credentials", ["scope"] = "service", ["client_secret"] = "guess" }, "orders"));
        Assert.Equal("invalid_scope", await Refusal(desk, new() { ["grant_type"] = "client_credentials", ["scope"] = "openid" }, "orders"));
        var member = await desk.Member();
        Assert.Equal(HttpStatusCode.Forbidden, (await member.Http.GetAsync("/feeds/identity?after=&limit=10&wait=0")).StatusCode);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_visitor_logs_in_by_code_with_proof_key_and_a_replayed_code_ends_it_all(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        await desk.Nobody.SignUp(Desk.Form());
        using var browser = Browser(desk);
        var (verifier, authorize) = Request();

        var toLogin = await browser.GetAsync(authorize);
        Assert.StartsWith("/identity/login?returnUrl=", Location(toLogin), StringComparison.Ordinal);
        var back = await Submit(browser, Location(toLogin), new() { ["email"] = "minsu@example.com", ["password"] = Desk.Password });
        var code = await CodeOf(browser, Location(back));

        var exchange = new Dictionary<string, string> { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = Callback, ["code_verifier"] = verifier };
        Assert.Equal("invalid_grant", await Refusal(desk, new(exchange) { ["code_verifier"] = new string('x', 50) }));
        var tokens = await Token(desk, exchange);
        var identity = new JsonWebToken(tokens.GetProperty("id_token").GetString());
        Assert.Equal(("nonce-1", "김민수", "http://localhost:5080/"), (identity.GetClaim("nonce").Value, identity.GetClaim("name").Value, identity.Issuer));
        using var member = Bearer(desk, tokens);
        Assert.Equal(HttpStatusCode.OK, (await member.GetAsync("/api/identity/me")).StatusCode);
        Assert.Equal("김민수", (await member.GetFromJsonAsync<JsonElement>("/connect/userinfo")).GetProperty("name").GetString());
        Assert.Single(await member.GetFromJsonAsync<JsonElement[]>("/api/identity/me/sessions") ?? []);

        var next = await Token(desk, Refresh(tokens));
        Assert.Equal("invalid_grant", await Refusal(desk, exchange));
        Assert.Equal("invalid_grant", await Refusal(desk, Refresh(next)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_second_page_host_needs_no_password_and_logging_out_ends_both(bool asked)
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form());
        using var browser = Browser(desk);
        var shop = await LogIn(desk, browser, "storefront", Callback);
        const string backoffice = "http://localhost:5080/backoffice/signin-oidc";
        var (verifier, authorize) = Request("backoffice", backoffice);
        var code = await CodeOf(browser, authorize);
        var office = await Token(desk, new() { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = backoffice, ["code_verifier"] = verifier }, "backoffice");

        var crossSite = new HttpRequestMessage(HttpMethod.Get, "/connect/logout");
        crossSite.Headers.Add("Sec-Fetch-Site", "cross-site");
        await browser.SendAsync(crossSite);
        shop = await Token(desk, Refresh(shop));

        var back = "/connect/logout?post_logout_redirect_uri=" + Uri.EscapeDataString("http://localhost:5080/signout-callback-oidc") + "&state=s";
        // Neither a link nor the token of somebody else logs out who is here: they are asked.
        await desk.Nobody.SignUp(Desk.Form("other@example.com"));
        using var elsewhere = Browser(desk);
        var stranger = (await LogIn(desk, elsewhere, "storefront", Callback, "other@example.com")).GetProperty("id_token").GetString();
        foreach (var link in new[] { back, $"{back}&id_token_hint={stranger}" }) Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(link)).StatusCode);
        shop = await Token(desk, Refresh(shop));

        var gone = asked
            ? await Submit(browser, back, new() { ["post_logout_redirect_uri"] = "http://localhost:5080/signout-callback-oidc", ["state"] = "s" })
            : await browser.GetAsync($"{back}&id_token_hint={shop.GetProperty("id_token").GetString()}");
        Assert.Equal("http://localhost:5080/signout-callback-oidc?state=s", Location(gone));
        Assert.Equal("invalid_grant", await Refusal(desk, Refresh(shop)));
        Assert.Equal("invalid_grant", await Refusal(desk, Refresh(office), "backoffice"));
        Assert.StartsWith("/identity/login", Location(await browser.GetAsync(authorize)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_tokens_of_pages_rotate_and_an_old_one_ends_the_session()
    {
        await using var desk = await Desk.Open();
        await desk.Nobody.SignUp(Desk.Form());
        using var browser = Browser(desk);
        var first = await LogIn(desk, browser, "storefront", Callback);
        var second = await Token(desk, Refresh(first));
        await Token(desk, Refresh(first));
        desk.Time.Forward(TimeSpan.FromMinutes(1));
        Assert.Equal("invalid_grant", await Refusal(desk, Refresh(first)));
        Assert.Equal("invalid_grant", await Refusal(desk, Refresh(second)));
    }

    [Fact]
    public async Task One_code_in_twenty_hands_is_exchanged_once_at_most()
    {
        await using var desk = await Desk.Open(postgreSql: true);
        await desk.Nobody.SignUp(Desk.Form());
        using var browser = Browser(desk);
        var (verifier, authorize) = Request();
        await Submit(browser, "/identity/login", new() { ["email"] = "minsu@example.com", ["password"] = Desk.Password });
        var code = await CodeOf(browser, authorize);
        var exchange = new Dictionary<string, string> { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = Callback, ["code_verifier"] = verifier };
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Ask(desk, exchange, "storefront")));
        Assert.InRange(answers.Count(a => a.StatusCode == HttpStatusCode.OK), 0, 1);
        Assert.DoesNotContain(answers, a => (int)a.StatusCode >= 500);
    }

    [Theory]
    [InlineData("client_id=stranger", "invalid_client|invalid_request"), InlineData("redirect_uri=https%3A%2F%2Fevil.example%2F", "invalid_request"), InlineData("code_challenge=", "invalid_request"), InlineData("code_challenge_method=plain", "invalid_request")]
    [InlineData("scope=openid%20service", "invalid_scope"), InlineData("response_type=token", "unsupported_response_type|invalid_request|unauthorized_client")]
    public async Task A_wrong_authorization_request_is_refused(string change, string errors)
    {
        await using var desk = await Desk.Open();
        using var browser = Browser(desk);
        var query = QueryHelpers.ParseQuery(Request().Authorize.Split('?')[1]).ToDictionary(p => p.Key, p => p.Value.ToString());
        var changed = QueryHelpers.ParseQuery(change).Single();
        query[changed.Key] = changed.Value.ToString();
        var answer = await browser.GetAsync(QueryHelpers.AddQueryString("/connect/authorize", query!));
        var text = answer.Headers.Location?.ToString() ?? await answer.Content.ReadAsStringAsync();
        Assert.Contains(errors.Split('|'), text.Contains);
        Assert.DoesNotContain("evil.example/?", text);
        Assert.DoesNotContain("code=", text.Replace("code_challenge", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Withdrawing_ends_the_login_at_the_pages_too()
    {
        await using var desk = await Desk.Open();
        var member = await desk.Member();
        using var browser = Browser(desk);
        var shop = await LogIn(desk, browser, "storefront", Callback);
        await member.Identity.Withdraw(new(Desk.Password));
        Assert.Equal("invalid_grant", await Refusal(desk, Refresh(shop)));
        Assert.StartsWith("/identity/login", Location(await browser.GetAsync(Request().Authorize)), StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Sessions_that_began_while_a_reset_ended_all_others_are_over_with_them(bool postgreSql)
    {
        await using var desk = await Desk.Open(postgreSql);
        var api = (await desk.Member()).Tokens;
        using var browser = Browser(desk);
        var shop = await LogIn(desk, browser, "storefront", Callback);
        await Submit(browser, "/identity/forgot", new() { ["email"] = "minsu@example.com" });
        var token = await desk.MailedToken("minsu@example.com", "/identity/reset");
        Assert.Equal(HttpStatusCode.OK, (await Submit(browser, $"/identity/reset?token={token}", new() { ["token"] = token, ["password"] = "another lantern 5" })).StatusCode);

        // As logins that had read the member before leave them: the reset did not see them.
        await Sessions(set => set.SetProperty(s => s.EndedAt, (DateTimeOffset?)null).SetProperty(s => s.SignedOut, false));
        Assert.True((await desk.Nobody.Refresh(api.RefreshToken)).Problem!.Is("session-over"));
        Assert.Equal("invalid_grant", await Refusal(desk, Refresh(shop)));
        // Those of a version that knew no stamps go on.
        await Sessions(set => set.SetProperty(s => s.Stamp, (Guid?)null));
        Assert.True((await desk.Nobody.Refresh(api.RefreshToken)).Ok);
        await Token(desk, Refresh(shop));

        Task Sessions(Action<UpdateSettersBuilder<MemberSession>> set) => desk.Service.Db(async db =>
        {
            await db.Unit(() => db.Sessions.ExecuteUpdateAsync(set), CancellationToken.None);
            return true;
        });
    }

    [Fact]
    public async Task The_discovery_document_names_what_is_served()
    {
        await using var desk = await Desk.Open();
        var document = await desk.Http.GetFromJsonAsync<JsonElement>("/.well-known/openid-configuration");
        Assert.Equal("http://localhost:5080/", document.GetProperty("issuer").GetString());
        Assert.Equal(["S256"], document.GetProperty("code_challenge_methods_supported").EnumerateArray().Select(m => m.GetString()!));
        var keys = await desk.Http.GetFromJsonAsync<JsonElement>(new Uri(document.GetProperty("jwks_uri").GetString()!).PathAndQuery);
        var key = Assert.Single(keys.GetProperty("keys").EnumerateArray());
        Assert.False(key.TryGetProperty("d", out _));
        Assert.DoesNotContain("PRIVATE", await desk.Service.Db(db => db.Keys.Select(k => k.Protected).SingleAsync()));
    }

    internal static (string Verifier, string Authorize) Request(string client = "storefront", string callback = Callback)
    {
        var verifier = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        return (verifier, QueryHelpers.AddQueryString("/connect/authorize", new Dictionary<string, string?>
        {
            ["response_type"] = "code", ["client_id"] = client, ["redirect_uri"] = callback, ["scope"] = "openid profile offline_access", ["state"] = "state-1", ["nonce"] = "nonce-1",
            ["code_challenge"] = challenge, ["code_challenge_method"] = "S256",
        }));
    }

    static async Task<JsonElement> LogIn(Desk desk, HttpClient browser, string client, string callback, string email = "minsu@example.com")
    {
        var (verifier, authorize) = Request(client, callback);
        await Submit(browser, "/identity/login", new() { ["email"] = email, ["password"] = Desk.Password });
        var code = await CodeOf(browser, authorize);
        return await Token(desk, new() { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = callback, ["code_verifier"] = verifier }, client);
    }

    internal static HttpClient Browser(Desk desk) => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new() }) { BaseAddress = desk.Http.BaseAddress };

    internal static string Location(HttpResponseMessage answer) => answer.Headers.Location?.ToString() ?? throw new InvalidOperationException($"{answer.StatusCode} leads nowhere.");

    /// <summary>Opens a page and posts its form with the given fields.</summary>
    internal static async Task<HttpResponseMessage> Submit(HttpClient browser, string page, Dictionary<string, string> fields)
    {
        var html = await browser.GetStringAsync(page);
        fields["__RequestVerificationToken"] = WebUtility.HtmlDecode(Guard().Match(html).Groups[1].Value);
        return await browser.PostAsync(WebUtility.HtmlDecode(Form().Match(html).Groups[1].Value), new FormUrlEncodedContent(fields));
    }

    static async Task<string> CodeOf(HttpClient browser, string authorize)
    {
        var callback = new Uri(Location(await browser.GetAsync(authorize)));
        var query = QueryHelpers.ParseQuery(callback.Query);
        Assert.Equal("state-1", query["state"]);
        return query["code"]!;
    }

    static Dictionary<string, string> Refresh(JsonElement tokens) => new() { ["grant_type"] = "refresh_token", ["refresh_token"] = tokens.GetProperty("refresh_token").GetString()! };

    static async Task<HttpResponseMessage> Ask(Desk desk, Dictionary<string, string> form, string client)
    {
        form = new(form) { ["client_id"] = client };
        form.TryAdd("client_secret", ServiceSecrets.Of(client, desk.Service.Services.GetRequiredService<IConfiguration>()));
        return await desk.Http.PostAsync("/connect/token", new FormUrlEncodedContent(form));
    }

    static async Task<JsonElement> Token(Desk desk, Dictionary<string, string> form, string client = "storefront")
    {
        var answer = await Ask(desk, form, client);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    static async Task<string> Refusal(Desk desk, Dictionary<string, string> form, string client = "storefront")
    {
        var answer = await Ask(desk, form, client);
        Assert.InRange((int)answer.StatusCode, 400, 401);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!;
    }

    static HttpClient Bearer(Desk desk, JsonElement tokens)
    {
        var http = new HttpClient { BaseAddress = desk.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new("Bearer", tokens.GetProperty("access_token").GetString());
        return http;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")] private static partial Regex Guard();
    [GeneratedRegex("<form method=\"post\" action=\"([^\"]+)\"")] private static partial Regex Form();
}
