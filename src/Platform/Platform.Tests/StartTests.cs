using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Jangteo.Platform.Tests;

public class StartTests
{
    [Fact]
    public async Task What_is_held_up_at_the_start_holds_up_nothing_else()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.Urls.Add("http://127.0.0.1:0");
        using var released = new ManualResetEventSlim();
        var others = Enumerable.Range(0, 2).Select(_ => app.Lifetime.Started(CancellationToken.None)).ToList();
        var held = Hold();
        others.Add(app.Lifetime.Started(CancellationToken.None));

        var starting = Task.Run(() => app.StartAsync());
        await Task.WhenAll(others.Append(starting)).WaitAsync(TimeSpan.FromSeconds(20));

        released.Set();
        await held;
        await app.StopAsync();

        async Task Hold()
        {
            await app.Lifetime.Started(CancellationToken.None);
            released.Wait(TimeSpan.FromSeconds(30));
        }
    }
}
