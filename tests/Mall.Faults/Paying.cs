using System.Security.Cryptography;
using System.Text;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Mall.Faults;

public abstract partial class Scenarios
{
    [Theory, InlineData(0), InlineData(200)]
    public Task One_order_id_sent_fifty_times_at_once_is_one_order(int latencyMilliseconds) => Latency.Of(latencyMilliseconds, async () =>
    {
        var product = await shop.Staff.NewProduct(stock: 100);
        var (id, total) = (Guid.CreateVersion7(), (await shop.Buyer().Orders.Quote(Pieces(product))).Required.Total);
        var answers = await FaultMall.AtOnce(Callers, _ => shop.Buyer().Orders.Place(id, new(Pieces(product), Buying.Address, total, PaymentMethods.Instant)));
        Assert.All(answers, a => Assert.Equal(id, a.Required.Id));
        Assert.Equal(422, (await shop.Buyer().Orders.Place(id, new(Pieces(product, 2), Buying.Address, total + Money.Won(10_000), PaymentMethods.Instant))).Problem!.Status);
        Assert.Equal(OrderStatus.Confirmed, (await FaultMall.Ended(shop.Buyer(), id)).Status);
        await Eventually.Holds(async () => (await shop.Staff.Inventory.Stock([product.Sku])).Required.Single().Sold == 1, "one is sold");
        await shop.BooksAreRight();
    });

    [Theory, InlineData(0), InlineData(200)]
    public Task One_key_sent_fifty_times_at_once_has_one_effect_and_with_another_body_none(int latencyMilliseconds) => Latency.Of(latencyMilliseconds, async () =>
    {
        var product = await shop.Staff.NewProduct(stock: 10);
        var order = await FaultMall.Ended(shop.Buyer(), (await shop.Buyer().PlaceOrder(PaymentMethods.Instant, Pieces(product))).Id);
        var (adjusting, refunding) = (Key(), Key());
        var answers = await FaultMall.AtOnce(Callers, async i => i % 2 == 0
            ? await Refusal(shop.Staff.Inventory.Adjust(new(product.Sku, 5, "found"), adjusting))
            : await Refusal(shop.Staff.Payments.Refund(order.Id, new(Money.Won(700), "bruised"), refunding)));
        Assert.All(answers, problem => Assert.True(problem is null or { Status: 409 }, problem?.Title));
        Assert.Equal(422, (await shop.Staff.Inventory.Adjust(new(product.Sku, 6, "found"), adjusting)).Problem!.Status);
        Assert.Equal(422, (await shop.Staff.Payments.Refund(order.Id, new(Money.Won(701), "bruised"), refunding)).Problem!.Status);
        await Eventually.Holds(async () => (await shop.Buyer().Orders.Get(order.Id)).Required.Refunded.Amount == 700, "it is refunded once");
        Assert.Equal(14, await Available(product));
        await shop.BooksAreRight();
    });

    [Fact]
    public async Task A_retry_after_a_failure_is_not_told_success_without_an_order()
    {
        var product = await shop.Staff.NewProduct(stock: 5);
        var (id, total) = (Guid.CreateVersion7(), (await shop.Buyer().Orders.Quote(Pieces(product))).Required.Total);
        Task<Answer<OrderView>> Place() => shop.Buyer().Orders.Place(id, new(Pieces(product), Buying.Address, total, PaymentMethods.Instant));
        Boundary.Reached = boundary => { if (boundary.StartsWith("before commit of HTTP: PUT /api/orders", StringComparison.Ordinal)) throw new IOException("The disk is full."); };
        try
        {
            await Assert.ThrowsAsync<HttpRequestException>(Place);
            await Assert.ThrowsAsync<HttpRequestException>(Place);
        }
        finally
        {
            Boundary.Reached = null;
        }
        Assert.Equal(404, (await shop.Buyer().Orders.Get(id)).Problem!.Status);
        Assert.Equal(id, (await Place()).Required.Id);
        Assert.Equal(OrderStatus.Confirmed, (await FaultMall.Ended(shop.Buyer(), id)).Status);
        await shop.BooksAreRight();
    }

    /// <summary>SQLite's files may not grow any more, as on a full disk: what it then says is its own SQLITE_FULL.</summary>
    [Fact]
    public async Task While_the_disk_is_full_nobody_is_told_success_without_an_order_and_afterwards_every_order_ends()
    {
        Assert.SkipWhen(shop.Mall.Shape.PostgreSql, "All databases of the tests are on one PostgreSQL server, which cannot be filled for some of them.");
        var product = await shop.Staff.NewProduct(stock: 5_000);
        var total = (await shop.Buyer().Orders.Quote(Pieces(product))).Required.Total;
        var answers = new Dictionary<Guid, Answer<OrderView>?>();
        Task<Answer<OrderView>> Place(Guid id) => shop.Buyer().Orders.Place(id, new(Pieces(product), Buying.Address, total, PaymentMethods.Instant));
        async Task<(Guid, Answer<OrderView>?)> Tried(Guid id) => (id, await OrNothing(Place(id)));
        try
        {
            // It cannot be less than there is, so there is no more than there is.
            await Grow("PRAGMA max_page_count = 1");
            // What earlier tests freed in the files is filled first.
            for (var round = 0; round < 40 && !answers.ContainsValue(null); round++)
                foreach (var (id, answer) in await FaultMall.AtOnce(Callers, _ => Tried(Guid.CreateVersion7()))) answers[id] = answer;
            Assert.Contains(null, answers.Values);
            var stored = (await LedgerCheck.Read(shop.Mall)).Orders.Select(o => o.Id).ToHashSet();
            Assert.All(answers.Where(a => a.Value is { Ok: true }), a => Assert.Contains(a.Key, stored));
        }
        finally
        {
            await Grow("PRAGMA max_page_count = 4294967294");
        }
        foreach (var id in answers.Keys) Assert.Equal(id, (await Place(id)).Required.Id);
        await shop.AllEnded(answers.Keys);
        Assert.All(await Task.WhenAll(answers.Keys.Select(id => FaultMall.Ended(shop.Buyer(), id))), order => Assert.Equal(OrderStatus.Confirmed, order.Status));
        await shop.BooksAreRight();
    }

    async Task Grow(string pragma)
    {
        foreach (var module in new[] { "OrdersDb", "InventoryDb", "PaymentsDb" }) await InModule(module, db => db.Unit(() => db.Database.ExecuteSqlRawAsync(pragma), default));
    }

    [Fact]
    public async Task A_provider_that_charges_and_never_answers_is_asked_and_the_order_settled()
    {
        var (order, confirmation) = await Authorised(await shop.Staff.NewProduct(stock: 5), card: "4000000000005209");
        await shop.Buyer().Payments.Confirm(order.Id, confirmation);
        Assert.Equal(OrderStatus.Confirmed, (await FaultMall.Ended(shop.Buyer(), order.Id)).Status);
        await shop.BooksAreRight();
    }

    [Theory, InlineData(0), InlineData(200)]
    public Task Webhooks_duplicated_forged_stale_and_of_unknown_orders_race_the_return_page_and_it_is_captured_once(int latencyMilliseconds) => Latency.Of(latencyMilliseconds, async () =>
    {
        var (order, confirmation) = await Authorised(await shop.Staff.NewProduct(stock: 5), card: "4000000000005308");
        var answers = await FaultMall.AtOnce(Callers, async i => (Kind: i % 5, Status: (i % 5) switch
        {
            0 => await Notify(order.Id, confirmation.PaymentKey, DateTimeOffset.UtcNow, FaultMall.ProviderSecret),
            1 => await Notify(order.Id, confirmation.PaymentKey, DateTimeOffset.UtcNow, "not the provider's secret"),
            2 => await Notify(order.Id, confirmation.PaymentKey, DateTimeOffset.UtcNow.AddHours(-1), FaultMall.ProviderSecret),
            3 => await Notify(Guid.CreateVersion7(), confirmation.PaymentKey, DateTimeOffset.UtcNow, FaultMall.ProviderSecret),
            _ => (await Refusal(shop.Buyer().Payments.Confirm(order.Id, confirmation)))?.Status ?? 200,
        }));
        Assert.All(answers.Where(a => a.Status != 504), a => Assert.Equal(a.Kind switch { 1 => 401, 2 => 400, 3 => 202, _ => 200 }, a.Status));
        Assert.Equal(OrderStatus.Confirmed, (await FaultMall.Ended(shop.Buyer(), order.Id)).Status);
        await shop.BooksAreRight();
    });

    async Task<int> Notify(Guid order, string paymentKey, DateTimeOffset at, string secret)
    {
        var body = $$$"""{"id":"{{{Guid.CreateVersion7()}}}","type":"payment.authorised","payment":{"paymentKey":"{{{paymentKey}}}","reference":"{{{order}}}","status":"authorised","amount":{"amount":13000,"currency":"KRW"},"refunded":0,"declines":0,"lastDecline":null}}""";
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), "webhooks"u8);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{at.ToUnixTimeSeconds()}.{body}")));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/payments/webhooks/sandboxpay")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"), Headers = { { "Sandbox-Signature", $"t={at.ToUnixTimeSeconds()},v1={signature}" } },
        };
        using var answer = await shop.Buyer().Http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    [Fact]
    public async Task An_order_whose_payer_never_returns_is_confirmed_by_the_webhook()
    {
        var (order, _) = await Authorised(await shop.Staff.NewProduct(stock: 5));
        Assert.Equal(OrderStatus.Confirmed, (await FaultMall.Ended(shop.Buyer(), order.Id)).Status);
        await shop.BooksAreRight();
    }

    [Theory, InlineData(0), InlineData(200)]
    public Task Captures_refunds_and_cancels_at_once_never_return_more_than_was_captured(int latencyMilliseconds) => Latency.Of(latencyMilliseconds, async () =>
    {
        var (order, confirmation) = await Authorised(await shop.Staff.NewProduct(stock: 5));
        var answers = await FaultMall.AtOnce(Callers, async i => (i % 5) switch
        {
            0 or 1 => await Refusal(shop.Buyer().Payments.Confirm(order.Id, confirmation)),
            // Of thirteen thousand, twenty times an odd thousand is asked back.
            2 or 3 => await Refusal(shop.Staff.Payments.Refund(order.Id, new(Money.Won(1_001), "bruised"), Key())),
            _ => i < Callers / 2 ? null : await Refusal(shop.Buyer().Orders.Cancel(order.Id)),
        });
        Assert.All(answers, problem => Assert.True(problem is null or { Status: 409 }, problem?.Title));
        await FaultMall.Ended(shop.Buyer(), order.Id);
        await shop.BooksAreRight();
        var payment = (await shop.Staff.Payments.Get(order.Id)).Required;
        Assert.InRange(payment.Refunded.Amount, 0, payment.Captured.Amount);
    });
}
