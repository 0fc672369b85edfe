using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;

namespace Jangteo.Payments.Tests;

/// <summary>Every provider passes this.</summary>
public abstract class InstantPaymentContract(ProviderStandIn provider)
{
    static async Task<Guid> Order(Till till, Guid? member = null)
    {
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order, method: PaymentMethods.Instant, member: member));
        return order;
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Is_charged_once_each_for_many_orders_at_once(bool postgres)
    {
        await using var till = await Till.Open(provider, postgres, ("Payments:CallTimeoutSeconds", "5"));
        var orders = Enumerable.Range(0, 100).Select(_ => Guid.CreateVersion7()).ToList();

        await till.Hear([.. orders.Select(o => Till.Request(o, method: PaymentMethods.Instant))]);
        await till.Hear([.. orders.Select(o => Till.Request(o, method: PaymentMethods.Instant))]);

        await Eventually.Sees(() => till.Service.Announced<PaymentCaptured>(), m => m.Count == 100);
        await till.BooksAreEqual();
        Assert.Equal(orders.Order(), (await till.Service.Announced<PaymentCaptured>()).Select(m => m.OrderId).Order());
    }

    [Fact]
    public async Task Is_declined_for_good()
    {
        await using var till = await Till.Open(provider);
        var member = Guid.CreateVersion7();
        await till.StoreCard(member, Payer.HasNoFunds);

        var order = await Order(till, member);

        await till.Becomes(order, PaymentStatus.Declined);
        Assert.Equal([new(order, "insufficient-funds", true)], await till.Service.Announced<PaymentDeclined>());
        Assert.True((await till.Member(member).Start(order)).Problem!.Is("no-page"));
        await till.BooksAreEqual();
    }

    // The slow card charges only after the caller has stopped waiting, several times over.
    [Theory, InlineData(Payer.LosesTheAnswer, false), InlineData(Payer.IsSlow, false), InlineData(Payer.LosesTheAnswer, true), InlineData(Payer.IsSlow, true)]
    public async Task Is_charged_once_when_the_answer_is_lost_or_late(Payer card, bool postgres)
    {
        await using var till = await Till.Open(provider, postgres);
        var member = Guid.CreateVersion7();
        await till.StoreCard(member, card);

        var order = await Order(till, member);

        await till.Becomes(order, PaymentStatus.Captured);
        await till.BooksAreEqual();
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
    }

    [Fact]
    public async Task Is_given_up_without_a_charge_when_the_provider_was_never_reached_and_the_order_goes_off()
    {
        await using var till = await Till.Open(provider, false, provider.Down);
        var order = await Order(till);
        await Task.Delay(300);
        Assert.Equal(PaymentStatus.Pending, (await till.Load(order)).Status);

        await till.Hear(new CancelPayment(order, "buyer"));

        await till.Becomes(order, PaymentStatus.Voided);
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
    }

    [Theory, InlineData(0), InlineData(5_000)]
    public async Task Does_not_fail_for_its_title(int length)
    {
        await using var till = await Till.Open(provider);
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order, method: PaymentMethods.Instant) with { Title = new string('사', length) });
        await till.Becomes(order, PaymentStatus.Captured);
    }

    [Fact]
    public async Task Is_not_charged_after_its_time()
    {
        await using var till = await Till.Open(provider);
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order, method: PaymentMethods.Instant) with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(-1) });
        Assert.Equal([new(order, "expired", true)], await till.Service.Announced<PaymentDeclined>());
        await till.BooksAreEqual();
    }

    [Fact]
    public async Task Is_not_charged_when_the_cancellation_came_first()
    {
        await using var till = await Till.Open(provider);
        var order = Guid.CreateVersion7();

        await till.Hear(new CancelPayment(order, "buyer"));
        Assert.Equal(404, (await till.Member().Get(order)).Problem!.Status);
        await till.Hear(Till.Request(order, method: PaymentMethods.Instant));

        Assert.Equal(PaymentStatus.Voided, (await till.Member().Get(order)).Required.Status);
        await till.BooksAreEqual();
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
    }

    [Fact]
    public async Task Refunds_an_instant_payment_whose_answer_comes_late()
    {
        await using var till = await Till.Open(provider);
        var member = Guid.CreateVersion7();
        await till.StoreCard(member, Payer.LosesTheAnswer);
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order, method: PaymentMethods.Instant, member: member));
        await till.Hear(new CancelPayment(order, "expired"));

        await till.Becomes(order, PaymentStatus.Refunded);
        await till.BooksAreEqual();
    }
}
