using System.Collections.Concurrent;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Platform.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Jangteo.Mall.Faults;

/// <summary>What one module asks of another in a checkout fails: singly and in every pair, by an error, by being late, or by losing the answer after the effect.</summary>
public class DependencyTests
{
    enum Fault { Error, Late, AnswerLost }

    static readonly string[] Dependencies = ["feed:inventory:orders", "feed:orders:inventory", "feed:payments:orders", "feed:orders:payments", "feed:cart:orders", "SandboxPayProvider"];

    // Who hears of an order too, and has no word in it.
    static readonly string[] Onlookers = ["feed:identity:orders", "feed:board:orders", "feed:cart:inventory", "feed:catalog:inventory"];

    static readonly ConcurrentDictionary<string, Fault> Armed = new();
    static TimeSpan _late;

    // A pair says the same in both shapes and takes its time, so pairs are tried in one.
    public static TheoryData<Layout, bool, bool> Shapes => new() { { Layout.Together, false, true }, { Layout.Apart, true, false } };

    [Theory, MemberData(nameof(Shapes))]
    public async Task Every_fault_and_every_pair_of_faults_leaves_the_order_confirmed_and_charged_once(Layout layout, bool postgreSql, bool inPairs)
    {
        var read = new HashSet<string>();
        await using var mall = await TestMall.Open(new(layout, postgreSql), process =>
        {
            read.UnionWith(process.Services.Select(s => s.ServiceKey).OfType<string>().Where(IsReadInACheckout));
            process.Services.AddSingleton<IHttpMessageHandlerBuilderFilter>(new FaultyCalls());
        }, ("Catalog:Sample", "false"), ("Payments:CallTimeoutSeconds", "0.3"), ("Payments:RetrySeconds", "0.1"));
        // Who begins to listen to a checkout must be listed above.
        Assert.Equal(Dependencies.Where(d => d.StartsWith("feed:", StringComparison.Ordinal)).Concat(Onlookers).Order(), read.Order());
        using var staff = await new Visitor(mall, repeats: false).AsStaff();
        using var buyer = await new Visitor(mall, repeats: false).SignUp();
        (await staff.Catalog.SaveCategory("fruit", new(new("과일", "Fruit")))).Required.ToString();
        var product = await staff.NewProduct(stock: 1_000);

        var singles = (from d in Dependencies.Concat(Onlookers) from f in Enum.GetValues<Fault>() select (Dependency: d, Fault: f)).ToList();
        var pairs = from a in singles from b in singles where !Onlookers.Contains(a.Dependency) && !Onlookers.Contains(b.Dependency) && string.CompareOrdinal(a.Dependency, b.Dependency) < 0 select new[] { a, b };
        // Longer than the provider's calls may take; five seconds, below, is more of the same.
        _late = TimeSpan.FromSeconds(0.4);
        var orders = new List<Guid>();
        foreach (var faults in singles.Select(s => new[] { s }).Concat(inPairs ? pairs : [])) orders.Add(await Buy(buyer, product, faults));
        _late = TimeSpan.FromSeconds(5);
        orders.Add(await Buy(buyer, product, [.. Dependencies.Select(d => (d, Fault.Late))]));

        foreach (var order in orders) Assert.Equal(OrderStatus.Confirmed, (await FaultMall.Ended(buyer, order)).Status);
        await LedgerCheck.Holds(mall, quietSeconds: 60);
    }

    // The shop's pages only refresh what they keep.
    static bool IsReadInACheckout(string client) => client.Split(':') is ["feed", not "storefront", "orders" or "inventory" or "payments"];

    /// <summary>Places an order into the faults, and waits until they have struck: a feed is read and a provider asked for every order.</summary>
    static async Task<Guid> Buy(Visitor buyer, NewProduct product, (string Dependency, Fault Fault)[] faults)
    {
        foreach (var (dependency, fault) in faults) Armed[dependency] = fault;
        var order = await buyer.PlaceOrder(PaymentMethods.Instant, new SkuQuantity(product.Sku, 1));
        await Eventually.Holds(() => Task.FromResult(Armed.IsEmpty), "the faults strike");
        return order.Id;
    }

    sealed class FaultyCalls : IHttpMessageHandlerBuilderFilter
    {
        public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
        {
            next(builder);
            if (Dependencies.Contains(builder.Name) || Onlookers.Contains(builder.Name)) builder.AdditionalHandlers.Add(new Faulty(builder.Name!));
        };
    }

    sealed class Faulty(string dependency) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            // A reader waits for news in an open call: what goes wrong goes wrong with its answer.
            if (dependency.StartsWith("feed:", StringComparison.Ordinal))
            {
                var answer = await base.SendAsync(request, ct);
                if (answer.Content.Headers.ContentLength is not > 2 || !Armed.TryRemove(dependency, out var hit)) return answer;
                if (hit != Fault.Late) throw new HttpRequestException(HttpRequestError.ResponseEnded, $"{hit} of the test.");
                await Task.Delay(_late, ct);
                return answer;
            }
            if (!Armed.TryRemove(dependency, out var fault)) return await base.SendAsync(request, ct);
            if (fault == Fault.Error) throw new HttpRequestException(HttpRequestError.ConnectionError, "Error of the test.");
            if (fault == Fault.Late) await Task.Delay(_late, ct);
            else (await base.SendAsync(request, ct)).Dispose();
            return fault == Fault.Late ? await base.SendAsync(request, ct) : throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer is lost in the test.");
        }
    }
}
