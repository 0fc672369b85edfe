using System.Net;
using Jangteo.Platform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

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
        await using var caller = await TestService<ToyDb>.Start("toy", builder =>
        {
            ToyModule.Add(builder);
            builder.AddClient("elsewhere", "client");
        }, ToyModule.Map, null, ("Modules:elsewhere:Address", troubled.Http.BaseAddress!.ToString()));
        using var http = caller.Services.GetRequiredService<IHttpClientFactory>().CreateClient("client");

        for (var i = 0; i < Offered; i++) Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/broken")).StatusCode);

        // The first retry is free; without a budget there would be one for each call.
        Assert.InRange(attempts, Offered + 1, Offered * 1.2 + 1);
    }
}
