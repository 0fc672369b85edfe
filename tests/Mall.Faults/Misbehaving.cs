using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Jangteo.SandboxPay;

namespace Jangteo.Mall.Faults;

public abstract partial class Scenarios
{
    /// <summary>What is bought of each kind: charged at once; charged and cancelled; paid on the page; paid there and refunded in part; paid by somebody who never returns.</summary>
    enum Trade { AtOnce, Cancelled, OnThePage, RefundedInPart, NeverReturns }

    [Fact]
    public async Task Whatever_the_provider_does_wrong_every_order_ends_or_comes_to_staff_and_the_books_agree()
    {
        var product = await shop.Staff.NewProduct(stock: 1_000);
        // Each scenario by itself, always, and a new one too; every payment that meets it is of another kind.
        var each = new Misbehaviour { Seed = 1, Attempts = 2, OneForEach = true };
        foreach (var scenario in Misbehaviour.Scenarios) scenario.SetValue(each, 1.0);
        // Who never returns and whose notice never comes is not known to have paid: nothing is captured, and the order ends with its time.
        await Misbehave(each, product, [.. from scenario in Misbehaviour.Scenarios from trade in Enum.GetValues<Trade>()
            where (scenario.Name, trade) != (nameof(Misbehaviour.NotifiesNever), Trade.NeverReturns) select (IdThatMeets(each, scenario.Name), trade)]);

        var mix = new Misbehaviour { Seed = 2 };
        foreach (var scenario in Misbehaviour.Scenarios) scenario.SetValue(mix, 0.2);
        await Misbehave(mix, product, [.. Enumerable.Range(0, 20).Select(i => (Guid.CreateVersion7(), (Trade)(i % (int)Trade.NeverReturns)))]);
    }

    static Guid IdThatMeets(Misbehaviour misbehaviour, string scenario)
    {
        while (true)
            if (Guid.CreateVersion7() is var id && misbehaviour.ScenarioOf($"{id}") == scenario) return id;
    }

    async Task Misbehave(Misbehaviour misbehaviour, NewProduct product, (Guid Id, Trade Trade)[] orders)
    {
        await Choose(misbehaviour);
        try
        {
            await Task.WhenAll(orders.Select((order, i) => Buy(shop.Buyer(i), order.Id, order.Trade, product)));
            await shop.AllEnded(orders.Select(o => o.Id));
            await Task.WhenAll(orders.Select((order, i) => Undo(shop.Buyer(i), order.Id, order.Trade)));
            await shop.BooksAreRight();
        }
        finally
        {
            await Choose(new());
        }
        var stored = (await LedgerCheck.Read(shop.Mall)).Orders.Where(o => orders.Any(order => order.Id == o.Id)).ToList();
        Assert.Equal(orders.Length, stored.Count);
        // Attempts are few, so nothing is left for staff; and what is declined is an instant charge.
        Assert.All(stored, o => Assert.Contains(o.Status, new[] { "Confirmed", "Cancelled" }));
        Assert.All(stored.Where(o => o.Status == "Cancelled"), o => Assert.Contains(orders.Single(order => order.Id == o.Id).Trade, new[] { Trade.AtOnce, Trade.Cancelled }));
        Assert.Empty((await shop.Staff.Payments.Reviews()).Required.Items);
        Assert.Empty((await shop.Staff.Orders.Reviews()).Required.Items);
    }

    async Task Choose(Misbehaviour misbehaviour)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/sandbox-pay/api/misbehaviour") { Content = JsonContent.Create(misbehaviour, options: MessageFormat.Json) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{FaultMall.ProviderSecret}:")));
        (await shop.Staff.Http.SendAsync(request)).EnsureSuccessStatusCode();
    }

    static async Task Buy(Visitor buyer, Guid id, Trade trade, NewProduct product)
    {
        var method = trade is Trade.AtOnce or Trade.Cancelled ? PaymentMethods.Instant : PaymentMethods.Card;
        var total = (await buyer.Orders.Quote(Pieces(product))).Required.Total;
        (await buyer.Orders.Place(id, new(Pieces(product), Buying.Address, total, method))).Required.ToString();
        if (method == PaymentMethods.Instant) return;
        await Eventually.Holds(async () =>
        {
            var start = await OrNothing(buyer.Payments.Start(id));
            Assert.False(start?.Problem?.Is("payment-closed") is true, start?.Problem?.Title);
            return start?.Ok is true;
        }, "its page opens");
        var confirmation = await buyer.AuthoriseAtProvider(id);
        if (trade != Trade.NeverReturns) await OrNothing(buyer.Payments.Confirm(id, confirmation));
    }

    Task Undo(Visitor buyer, Guid id, Trade trade) => trade switch
    {
        Trade.Cancelled => OrNothing(buyer.Orders.Cancel(id)),
        Trade.RefundedInPart => OrNothing(shop.Staff.Payments.Refund(id, new(Money.Won(1_001), "bruised"), $"part of {id}")),
        _ => Task.CompletedTask,
    };

    /// <summary>The answer, or nothing when the provider's trouble shows as ours.</summary>
    static async Task<Answer<T>?> OrNothing<T>(Task<Answer<T>> call) where T : class
    {
        try
        {
            return await call;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
