using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Jangteo.Storefront.Tests;

public sealed class LeavingTests
{
    sealed class ShopWithSilentCatalog(int port) : ShopWithoutModules(KeyValuePair.Create<string, string?>("Modules:catalog:Address", $"http://127.0.0.1:{port}"));

    [Fact]
    public async Task A_visitor_who_leaves_does_not_spoil_the_page_for_those_who_wait_for_the_same()
    {
        using var catalog = new TcpListener(IPAddress.Loopback, 0);
        catalog.Start();
        await using var shop = new ShopWithSilentCatalog(((IPEndPoint)catalog.LocalEndpoint).Port);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var over = new CancellationTokenSource();
        var silence = HearInSilence(catalog, asked, over.Token);
        await shop.InitializeAsync();

        using var leaves = new CancellationTokenSource();
        var first = shop.Http.GetAsync("/", leaves.Token);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var second = shop.Http.GetAsync("/");
        // Nothing tells that the second one waits by now; were it too late, the test would only see less.
        await Task.Delay(500);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Task.Delay(500);
        await over.CancelAsync();
        await silence;

        Assert.Equal(HttpStatusCode.OK, (await second).StatusCode);
    }

    /// <summary>Takes every connection and answers none, until it is over; tells when a page has asked.</summary>
    static async Task HearInSilence(TcpListener catalog, TaskCompletionSource asked, CancellationToken over)
    {
        var callers = new List<TcpClient>();
        try
        {
            while (true)
            {
                var caller = await catalog.AcceptTcpClientAsync(over);
                callers.Add(caller);
                var heard = new byte[32];
                if (await caller.GetStream().ReadAsync(heard, over) > 0 && Encoding.ASCII.GetString(heard).Contains("/api/", StringComparison.Ordinal)) asked.TrySetResult();
            }
        }
        catch (OperationCanceledException)
        {
            catalog.Stop();
            foreach (var caller in callers) caller.Dispose();
        }
    }
}
