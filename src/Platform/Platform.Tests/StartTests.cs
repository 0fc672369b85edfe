using System.Net;
using System.Net.Sockets;
using Jangteo.Platform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
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

    [Fact]
    public async Task Of_replicas_that_start_before_there_is_a_database_one_makes_it()
    {
        await using var database = TestDatabase.New();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:toy", database.ConnectionString)]).Build();
        var leases = new Leases(new ModuleStore("toy", configuration, TimeProvider.System));

        await using (var first = await leases.TryTake("migrations", CancellationToken.None))
        {
            Assert.NotNull(first);
            Assert.Null(await leases.TryTake("migrations", CancellationToken.None));
        }
        await using var next = await leases.TryTake("migrations", CancellationToken.None);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_process_with_a_failure_and_no_exception()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var folder = Directory.CreateTempSubdirectory("jangteo-").FullName;
        await using var app = ServiceHost.CreateBuilder("toy", [], [new("Urls", $"http://{taken.LocalEndpoint}"), new("Data:Folder", folder)]).BuildService();

        await app.RunService().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(1, Environment.ExitCode);
        Environment.ExitCode = 0;
        Directory.Delete(folder, recursive: true);
    }
}
