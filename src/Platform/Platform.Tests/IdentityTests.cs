using System.Net;
using System.Net.Sockets;
using Jangteo.Platform.Testing;

namespace Jangteo.Platform.Tests;

/// <summary>Who is logged in stays so, whatever becomes of Identity.</summary>
public class IdentityTests
{
    [Fact]
    public async Task An_identity_that_hangs_holds_up_nobody_for_long()
    {
        // Connections wait in the backlog, and nobody takes them.
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        await using var toy = await TestService<ToyDb>.Start("toy", ToyModule.Add, ToyModule.Map, null, ("Modules:identity:Address", $"http://{hanging.LocalEndpoint}"));
        using var staff = toy.As(Guid.CreateVersion7(), staff: true);
        var path = "/api/toy/parked";

        Assert.Equal(HttpStatusCode.OK, (await staff.GetAsync(path)).StatusCode);
        // The keys are asked for anew soon: one caller waits for that, and the others go on with those that are known.
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => staff.GetAsync(path))).WaitAsync(TimeSpan.FromSeconds(30)), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }
}
