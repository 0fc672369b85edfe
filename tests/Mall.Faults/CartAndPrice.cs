using System.Net.Http.Json;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Mall.Faults;

public abstract partial class Scenarios
{
    [Theory, InlineData(0), InlineData(200)]
    public Task Fifty_tabs_change_one_cart_while_it_is_ordered_and_what_was_confirmed_is_charged(int latencyMilliseconds) => Latency.Of(latencyMilliseconds, async () =>
    {
        var (tea, cup) = (await shop.Staff.NewProduct(stock: 100), await shop.Staff.NewProduct(stock: 100));
        using var buyer = await new Visitor(shop.Mall, repeats: false).SignUp();
        await Eventually.Holds(async () => (await buyer.Cart.Put(tea.Sku, 2)).Ok && (await buyer.Cart.Put(cup.Sku, 1)).Ok, "the cart knows both");
        var placing = buyer.PlaceOrder(PaymentMethods.Instant, Pieces(tea, 2));
        var answers = await FaultMall.AtOnce(Callers, i => Refusal(i % 2 == 0 ? buyer.Cart.Put(cup.Sku, 1 + i % 5) : buyer.Cart.Remove(cup.Sku)));
        // Who loses the race for the row again and again is told so; nobody is told nonsense.
        Assert.All(answers, problem => Assert.True(problem is null or { Status: 404 or 409 }, problem?.Title));
        var order = await FaultMall.Ended(buyer, (await placing).Id);
        Assert.Equal((tea.Sku, 2, 20_000L), (Assert.Single(order.Lines).Sku, order.Lines[0].Quantity, order.Subtotal.Amount));
        await Eventually.Holds(async () => (await buyer.Cart.Get()).Required.Lines.All(l => l.Sku == cup.Sku), "only what was bought has left the cart");
        await shop.BooksAreRight();
    });

    [Fact]
    public async Task Prices_and_discounts_of_the_caller_are_ignored_and_impossible_quantities_refused()
    {
        var product = await shop.Staff.NewProduct(stock: 10);
        var total = (await shop.Buyer().Orders.Quote(Pieces(product))).Required.Total;
        foreach (var quantity in new[] { -1L, 0, 1_000_000, long.MaxValue })
            Assert.Equal(400, (await Put(new { lines = new[] { new { sku = product.Sku, quantity } }, shipTo = Buying.Address, expectedTotal = total, paymentMethod = "instant" })).Status);
        var (status, id) = await Put(new
        {
            lines = new[] { new { sku = product.Sku, quantity = 1, unitPrice = Money.Won(1), price = 1 } }, shipTo = Buying.Address, expectedTotal = total, paymentMethod = "instant",
            discount = 9_999, total = Money.Won(1), memberId = Guid.CreateVersion7(), status = "confirmed",
        });
        Assert.Equal(202, status);
        Assert.Equal(total, (await FaultMall.Ended(shop.Buyer(), id)).Total);
        await shop.BooksAreRight();
    }

    async Task<(int Status, Guid Id)> Put(object body)
    {
        var id = Guid.CreateVersion7();
        using var answer = await shop.Buyer().Http.PutAsync($"/api/orders/{id}", JsonContent.Create(body, body.GetType(), options: MessageFormat.Json));
        return ((int)answer.StatusCode, id);
    }

    [Theory, InlineData(0), InlineData(200)]
    public Task While_the_price_changes_every_order_is_refused_or_charged_what_its_buyer_confirmed(int latencyMilliseconds) => Latency.Of(latencyMilliseconds, async () =>
    {
        var product = await shop.Staff.NewProduct(stock: 100, price: 10_000);
        var seen = (await shop.Buyer().Orders.Quote(Pieces(product))).Required.Total;
        var repricing = shop.Staff.Reprice(product, 12_000);
        var answers = await FaultMall.AtOnce(Callers, async i =>
        {
            // Some look again before they order.
            var confirmed = i % 2 == 0 ? seen : (await shop.Buyer(i).Orders.Quote(Pieces(product))).Required.Total;
            return (Caller: i, Confirmed: confirmed, Answer: await shop.Buyer(i).Orders.Place(Guid.CreateVersion7(), new(Pieces(product), Buying.Address, confirmed, PaymentMethods.Instant)));
        });
        await repricing;
        Assert.All(answers.Where(a => !a.Answer.Ok), a => Assert.True(a.Answer.Problem!.Is("price-changed"), a.Answer.Problem.Title));
        foreach (var (caller, confirmed, answer) in answers.Where(a => a.Answer.Ok))
        {
            var order = await FaultMall.Ended(shop.Buyer(caller), answer.Value!.Id);
            Assert.Equal((OrderStatus.Confirmed, confirmed), (order.Status, order.Total));
            Assert.Equal(confirmed, (await shop.Buyer(caller).Payments.Get(order.Id)).Required.Captured);
            Assert.Contains(order.Lines[0].UnitPrice.Amount, new long[] { 10_000, 12_000 });
        }
        await shop.BooksAreRight();
    });

    [Fact]
    public async Task What_is_retired_in_mid_checkout_is_sold_as_confirmed_or_refused()
    {
        var product = await shop.Staff.NewProduct(stock: 100);
        var total = (await shop.Buyer().Orders.Quote(Pieces(product))).Required.Total;
        var retiring = shop.Staff.Catalog.Retire(product.ProductId);
        var answers = await FaultMall.AtOnce(Callers, async i => (Caller: i, Answer: await shop.Buyer(i).Orders.Place(Guid.CreateVersion7(), new(Pieces(product), Buying.Address, total, PaymentMethods.Instant))));
        Assert.True((await retiring).Ok);
        Assert.All(answers.Where(a => !a.Answer.Ok), a => Assert.True(a.Answer.Problem!.Is("no-longer-sold"), a.Answer.Problem.Title));
        foreach (var (caller, answer) in answers.Where(a => a.Answer.Ok))
        {
            var order = await FaultMall.Ended(shop.Buyer(caller), answer.Value!.Id);
            Assert.Equal((OrderStatus.Confirmed, total), (order.Status, order.Total));
        }
        await Eventually.Holds(async () => (await shop.Buyer().Orders.Quote(Pieces(product))).Required.NoLongerSold.Count == 1, "nobody can order it any more");
        await shop.BooksAreRight();
    }

    [Fact]
    public async Task Anothers_order_and_payment_are_not_found()
    {
        var (order, confirmation) = await Authorised(await shop.Staff.NewProduct(stock: 5));
        var stranger = shop.Buyer(1);
        Assert.Equal(404, (await stranger.Orders.Get(order.Id)).Problem!.Status);
        Assert.Equal(404, (await stranger.Orders.Cancel(order.Id)).Problem!.Status);
        Assert.Equal(404, (await stranger.Payments.Get(order.Id)).Problem!.Status);
        Assert.Equal(404, (await stranger.Payments.Start(order.Id)).Problem!.Status);
        Assert.Equal(404, (await stranger.Payments.Confirm(order.Id, confirmation)).Problem!.Status);
        Assert.Equal(404, (await stranger.Orders.Place(order.Id, new([new(order.Lines[0].Sku, 1)], Buying.Address, order.Total, PaymentMethods.Card))).Problem!.Status);
        await FaultMall.Ended(shop.Buyer(), order.Id);
        await shop.BooksAreRight();
    }

    /// <summary>As a newer version of Orders would say it while a release rolls out.</summary>
    [Fact]
    public async Task A_message_of_a_newer_version_is_ignored_or_parked_and_others_flow()
    {
        var order = (await Authorised(await shop.Staff.NewProduct(stock: 5))).Order;
        await FaultMall.Ended(shop.Buyer(), order.Id);
        await Announce(new GiftWrapped(order.Id), new OrderProgressed(order.Id, order.Number, shop.Buyer().MemberId, "teleported", null, null, DateTimeOffset.UtcNow));
        await Eventually.Holds(async () => (await LedgerCheck.Read(shop.Mall)).Parked is [var parked] && parked.Contains("order-progressed", StringComparison.Ordinal), "what is not understood is parked");

        var other = await Authorised(await shop.Staff.NewProduct(stock: 5));
        Assert.Equal(OrderStatus.Confirmed, (await FaultMall.Ended(shop.Buyer(), other.Order.Id)).Status);
        await shop.Tamper("identity", "DELETE FROM parked");
        await shop.BooksAreRight();
    }

    sealed record GiftWrapped(Guid OrderId) : IMessage
    {
        string IMessage.Key => OrderId.ToString();
    }

    sealed record OrderProgressed(Guid OrderId, string Number, Guid MemberId, string Status, string? Courier, string? TrackingNumber, DateTimeOffset At) : IMessage
    {
        string IMessage.Key => OrderId.ToString();
    }

    Task Announce(params IMessage[] messages) => InModule("OrdersDb", db =>
    {
        foreach (var message in messages) db.Send(message);
        return db.SaveChangesAsync();
    });

    /// <summary>Works in a module's own process, with its own way to its database.</summary>
    async Task InModule(string name, Func<ModuleDb, Task> work)
    {
        var type = Latency.Modules.Single(m => m.Name == name);
        await using var scope = shop.Mall.Processes.First(p => p.GetKeyedService<ModuleStore>(type) is not null).CreateAsyncScope();
        await work((ModuleDb)scope.ServiceProvider.GetRequiredService(type));
    }
}
