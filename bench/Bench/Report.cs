using System.Diagnostics;
using Jangteo.Platform;
using Microsoft.Extensions.Configuration;

namespace Jangteo.Bench;

/// <summary>Runs everything once, together and apart, each beside its ceiling, and prints a table.</summary>
sealed class Report(double seconds)
{
    const int Connections = 32;
    const int BuyersAtOnce = 16;
    const int CeilingPort = 5470;
    const int OverloadSeconds = 60;
    const double WarmUpSeconds = 5;
    const int MaxWarmUps = 18;

    public async Task Run()
    {
        Console.WriteLine($"{"",-44}{"per second",12}{"p50 ms",10}{"p99 ms",10}{"of ceiling",12}");
        var commits = Ceilings.SqliteCommits(Directory.CreateTempSubdirectory().FullName, Math.Min(3, seconds));
        Console.WriteLine($"{"ceiling: raw SQLite commits, FULL",-44}{commits,12:N0}");
        await Measure("together", MallProcesses.Together, commits);
        await Measure("apart", MallProcesses.Apart, commits);
        Console.WriteLine($"{"what the guards cost, together",-44}{"per second",12}{"p50 ms",10}{"p99 ms",10}{"an order",12}");
        await GuardsOnly();
        await StartUp();
    }

    /// <summary>Only the checkout with and without its guards.</summary>
    public Task GuardsOnly() => new Guards(Confirmed, Buyers).Run();

    async Task Measure(string shape, Func<Task<MallProcesses>> start, double commits)
    {
        await using var mall = await start();
        using var http = new HttpClient { BaseAddress = mall.Origin };
        var list = await http.GetStringAsync("/api/catalog/products?limit=24");
        var page = (await http.GetByteArrayAsync("/categories/fruit")).Length;
        Console.WriteLine($"{shape}: idle {mall.Memory()}");

        var listFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(listFile, list);
        var (listCeiling, pageCeiling) = await Ceiling(listFile, page);
        Print("ceiling: bare Kestrel, the same list", listCeiling);
        Print($"ceiling: bare Kestrel, {page:N0} fixed bytes", pageCeiling);
        Print($"{shape}: product list API", await Load.Get(new(mall.Origin, "/api/catalog/products?limit=24"), Connections, seconds), listCeiling.PerSecond);
        Print($"{shape}: category page", await Load.Get(new(mall.Origin, "/categories/fruit"), Connections, seconds), pageCeiling.PerSecond);
        Print($"{shape}: product page", await Load.Get(new(mall.Origin, "/products/fuji-apples-3kg"), Connections, seconds), pageCeiling.PerSecond);

        var checkout = await Buyers(mall);
        Print($"{shape}: add to cart", await checkout.AddToCart(seconds), commits);
        var capacity = await OrderToConfirmed(shape, mall, checkout, commits);
        if (shape == "together") await Overload(shape, checkout, capacity);
        Console.WriteLine($"{shape}: after load {mall.Memory()}");
    }

    /// <summary>Only the checkout in one shape, for work on its speed.</summary>
    public async Task CheckoutOnly(string shape)
    {
        await using var mall = await (shape == "apart" ? MallProcesses.Apart() : MallProcesses.Together());
        await OrderToConfirmed(shape, mall, await Buyers(mall), 0);
        Console.WriteLine($"{shape}: after load {mall.Memory()}");
    }

    static async Task<Checkout> Buyers(MallProcesses mall, bool sendsTwice = false, bool takesDiscounts = false)
    {
        var checkout = new Checkout(mall.Origin) { SendsTwice = sendsTwice, TakesDiscounts = takesDiscounts, Secret = ServiceSecrets.Of("bench", new ConfigurationBuilder().AddInMemoryCollection([new("Data:Folder", mall.Folder)]).Build()) };
        await checkout.Prepare(BuyersAtOnce);
        return checkout;
    }

    async Task<double> OrderToConfirmed(string shape, MallProcesses mall, Checkout checkout, double commits)
    {
        var (result, milliseconds) = await Confirmed(mall, checkout);
        Print($"{shape}: order to confirmed, {BuyersAtOnce} buyers", result, commits);
        Console.WriteLine($"{shape}: processor time of an order {milliseconds:N1} ms");
        return result.PerSecond;
    }

    async Task<(LoadResult Result, double Milliseconds)> Confirmed(MallProcesses mall, Checkout checkout)
    {
        await WarmUp(checkout);
        var before = mall.ProcessorSeconds();
        var result = await checkout.OrderToConfirmed(seconds);
        return (result, (mall.ProcessorSeconds() - before) * 1000 / Math.Max(1, result.Good));
    }

    /// <summary>It takes some thousand orders until all of their way is compiled at its best, in every process: until it gets no faster any more.</summary>
    static async Task WarmUp(Checkout checkout)
    {
        var (best, since) = (0.0, 0);
        for (var round = 0; round < MaxWarmUps && since < 3; round++)
        {
            var reached = (await checkout.OrderToConfirmed(WarmUpSeconds)).PerSecond;
            since = reached > best * 1.03 ? 0 : since + 1;
            best = Math.Max(best, reached);
        }
    }

    /// <summary>A minute at twice what was reached, then less than that.</summary>
    static async Task Overload(string shape, Checkout checkout, double capacity)
    {
        var result = await new Overload(checkout).Run(capacity, OverloadSeconds);
        Console.WriteLine($"{shape}: {OverloadSeconds} s at twice that: {result.Good:N0}/s good, {result.Attempts:N2} attempts an order; after it, "
            + (result.BackAfterSeconds is { } back ? $"90 % are confirmed within a second again after {back} s" : "not itself again within a minute"));
    }

    async Task<(LoadResult List, LoadResult Page)> Ceiling(string listFile, int pageBytes)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Report).Assembly.Location, "--ceiling", CeilingPort.ToString(), listFile, pageBytes.ToString()]))!;
        try
        {
            await MallProcesses.FirstAnswer(new($"http://127.0.0.1:{CeilingPort}/page"), 60);
            var list = await Load.Get(new($"http://127.0.0.1:{CeilingPort}/list"), Connections, seconds / 2);
            return (list, await Load.Get(new($"http://127.0.0.1:{CeilingPort}/page"), Connections, seconds / 2));
        }
        finally
        {
            process.Kill();
            // The next one listens at the same port.
            await process.WaitForExitAsync();
        }
    }

    static async Task StartUp()
    {
        await using var mall = await MallProcesses.Together();
        Console.WriteLine($"together: first start, empty folder, to the first page {mall.StartMilliseconds:N0} ms");
        var starts = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            await mall.Restart();
            starts.Add(mall.StartMilliseconds);
        }
        Console.WriteLine($"together: start with data, to the first page {starts.Order().ElementAt(2):N0} ms (median of 5)");
    }

    static void Print(string name, LoadResult result, double ceiling = 0) =>
        Console.WriteLine($"{name,-44}{result.PerSecond,12:N0}{result.P50,10:N1}{result.P99,10:N1}{(ceiling > 0 ? $"{result.PerSecond / ceiling:P0}" : ""),12}{(result.Failures > 0 ? $"  {result.Failures} failed!" : "")}");
}
