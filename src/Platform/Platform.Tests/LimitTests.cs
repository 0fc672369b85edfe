using System.Net;
using Jangteo.Platform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jangteo.Platform.Tests;

public class LimitTests
{
    [Fact]
    public async Task Beyond_the_requests_at_once_a_caller_is_told_to_come_again_and_readers_of_feeds_are_not_counted()
    {
        var (go, inside) = (new TaskCompletionSource(), new SemaphoreSlim(0));
        await using var toy = await TestService<ToyDb>.Start("toy", ToyModule.Add, app =>
        {
            ToyModule.Map(app);
            app.MapGet("/hold", async () =>
            {
                inside.Release();
                await go.Task;
            });
        }, null, ("Limits:RequestsAtOnce", "2"));
        var feed = toy.AsService("elsewhere").GetAsync("/feeds/toy?wait=10");
        Task<HttpResponseMessage>[] held = [toy.Http.GetAsync("/hold"), toy.Http.GetAsync("/hold")];
        for (var i = 0; i < held.Length; i++) Assert.True(await inside.WaitAsync(TimeSpan.FromSeconds(10)));

        using var refused = await toy.Http.GetAsync("/hold");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("urn:jangteo:problem:overloaded", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await toy.Http.GetAsync("/health/live")).StatusCode);

        go.SetResult();
        Assert.All(await Task.WhenAll(held), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await toy.Http.GetAsync("/hold")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await feed).StatusCode);
    }

    [Fact]
    public async Task A_module_in_trouble_gets_a_fifth_more_calls_than_offered_at_most()
    {
        const int Offered = 60;
        var attempts = 0;
        await using var troubled = await TestService<ToyDb>.Start("toy", ToyModule.Add, app => app.MapGet("/broken", () =>
        {
            Interlocked.Increment(ref attempts);
            return Results.StatusCode(503);
        }));
        await using var caller = await Caller(troubled.Http.BaseAddress!);
        using var http = caller.Services.GetRequiredService<IHttpClientFactory>().CreateClient("client");

        for (var i = 0; i < Offered; i++) Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/broken")).StatusCode);

        // The first retry is free; without a budget there would be one for each call.
        Assert.InRange(attempts, Offered + 1, Offered * 1.2 + 1);
    }

    [Fact]
    public async Task What_was_saved_up_in_good_times_is_a_retry_for_each_of_as_many_calls()
    {
        var (good, attempts) = (true, 0);
        await using var troubled = await TestService<ToyDb>.Start("toy", ToyModule.Add, app => app.MapGet("/broken", () =>
        {
            if (good) return Results.Ok();
            Interlocked.Increment(ref attempts);
            return Results.StatusCode(503);
        }));
        await using var caller = await Caller(troubled.Http.BaseAddress!);
        using var http = caller.Services.GetRequiredService<IHttpClientFactory>().CreateClient("client");
        for (var i = 0; i < 50; i++) Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/broken")).StatusCode);

        good = false;
        for (var i = 0; i < 10; i++) Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/broken")).StatusCode);
        Assert.Equal(20, attempts);
    }

    [Fact]
    public async Task A_call_that_changes_something_may_take_its_whole_time_and_one_that_asks_for_more_gets_it()
    {
        await using var slow = await TestService<ToyDb>.Start("toy", ToyModule.Add, app => app.MapPost("/after/{milliseconds:int}", (int milliseconds) => Task.Delay(milliseconds)));
        await using var caller = await Caller(slow.Http.BaseAddress!);
        using var http = caller.Services.GetRequiredService<IHttpClientFactory>().CreateClient("client");

        // Half of the time of a call is what a GET waits before it tries again.
        var answers = await Task.WhenAll(http.Ask<Nothing>(HttpMethod.Post, "/after/2700"), http.Ask<Nothing>(HttpMethod.Post, "/after/5500", patience: TimeSpan.FromSeconds(60)));
        Assert.All(answers, answer => Assert.True(answer.Ok));
    }

    static Task<TestService<ToyDb>> Caller(Uri elsewhere) => TestService<ToyDb>.Start("toy", builder =>
    {
        ToyModule.Add(builder);
        builder.AddClient("elsewhere", "client");
    }, ToyModule.Map, null, ("Modules:elsewhere:Address", elsewhere.ToString()));

    [Theory, InlineData("", "10.0.3.7", "http"), InlineData("10.0.3.7", "203.0.113.9", "https"), InlineData("192.0.2.1, 10.0.0.0/16", "203.0.113.9", "https"), InlineData("10.0.3.8,fd00::/8", "10.0.3.7", "http")]
    public async Task A_proxy_elsewhere_is_believed_about_the_visitor_when_the_settings_name_it(string trusted, string address, string scheme)
    {
        await using var toy = await From("10.0.3.7", ("Limits:TrustedProxies", trusted));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who") { Headers = { { "X-Forwarded-For", "203.0.113.9" }, { "X-Forwarded-Proto", "https" } } };
        Assert.Equal($"{address} {scheme}", await (await toy.Http.SendAsync(request)).Content.ReadAsStringAsync());
    }

    [Theory, InlineData("gateway"), InlineData("10.0.0.0/40"), InlineData("10.0.3.7,,::g")]
    public async Task A_proxy_that_is_no_address_stops_the_start(string trusted)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => From("127.0.0.1", ("Limits:TrustedProxies", trusted)));
        Assert.Contains("Limits:TrustedProxies", error.Message);
    }

    [Fact]
    public async Task A_network_of_IPv6_is_counted_as_one_address()
    {
        await using var toy = await From("2001:db8:0:1::7", ("Limits:RequestsPerSecondPerAddress", "1"), ("Limits:TrustedProxies", "2001:db8:0:1::7"));
        Task<HttpResponseMessage> Ask(string network, int host) => toy.Http.SendAsync(new(HttpMethod.Get, "/who") { Headers = { { "X-Forwarded-For", $"{network}::{host}" } } });

        var answers = await Task.WhenAll(Enumerable.Range(1, 60).Select(host => Ask("2001:db8:0:2", host)));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, (await Ask("2001:db8:0:3", 1)).StatusCode);
    }

    [Fact]
    public async Task Only_services_read_feeds_without_being_counted()
    {
        await using var toy = await From("127.0.0.1", ("Limits:RequestsPerSecondPerAddress", "1"));
        var service = toy.AsService("elsewhere");
        Task<HttpResponseMessage[]> Read(HttpClient reader) => Task.WhenAll(Enumerable.Range(0, 60).Select(_ => reader.GetAsync("/feeds/toy")));

        Assert.Contains(await Read(toy.Http), answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Contains(await Read(toy.As(Guid.CreateVersion7(), staff: true)), answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.All(await Read(service), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    /// <summary>A toy whose connections all come from one address.</summary>
    static Task<TestService<ToyDb>> From(string address, params (string, string)[] settings) => TestService<ToyDb>.Start("toy", ToyModule.Add, app =>
    {
        ToyModule.Map(app);
        app.MapGet("/who", (HttpContext http) => $"{http.Connection.RemoteIpAddress} {http.Request.Scheme}");
    }, services => services.AddSingleton<IStartupFilter>(new ComesFrom(IPAddress.Parse(address))), settings);

    sealed class ComesFrom(IPAddress address) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((http, go) =>
            {
                http.Connection.RemoteIpAddress = address;
                return go(http);
            });
            next(app);
        };
    }
}
