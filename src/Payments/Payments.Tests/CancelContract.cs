using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;

namespace Jangteo.Payments.Tests;

/// <summary>Every provider passes this.</summary>
public abstract class CancelContract(ProviderStandIn provider)
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task Refunds_all_that_was_captured_once(bool postgres)
    {
        await using var till = await Till.Open(provider, postgres);
        var order = await till.PaidOrder();
        await till.Staff.Refund(order, new(Money.Won(10_000), "하나가 상했어요"), "partial");

        await till.Hear(new CancelPayment(order, "buyer"));
        await till.Hear(new CancelPayment(order, "buyer"));

        await till.Becomes(order, PaymentStatus.Refunded);
        await till.BooksAreEqual();
        Assert.Equal([(10_000L, 10_000L), (20_000L, 30_000L)], (await till.Service.Announced<PaymentRefunded>()).Select(m => (m.Amount.Amount, m.RefundedTotal.Amount)));
    }

    [Fact]
    public async Task Before_the_request_leaves_a_mark_that_the_late_request_finds()
    {
        await using var till = await Till.Open(provider);
        var order = Guid.CreateVersion7();

        await till.Hear(new CancelPayment(order, "buyer"));
        Assert.Equal(404, (await till.Member().Get(order)).Problem!.Status);
        await till.Hear(Till.Request(order));

        Assert.Equal(PaymentStatus.Voided, (await till.Member().Get(order)).Required.Status);
        Assert.True((await till.Member().Start(order)).Problem!.Is("payment-closed"));
        await till.BooksAreEqual();
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
    }

    [Fact]
    public async Task Of_an_open_payment_closes_the_page_and_captures_nothing()
    {
        await using var till = await Till.Open(provider);
        var order = await till.CardOrder();
        var page = (await till.Member().Start(order)).Required.RedirectUrl;

        await till.Hear(new CancelPayment(order, "buyer"));
        await till.BooksAreEqual();

        Assert.Equal(provider.ClosesPages, await till.PayAt(page, Payer.Pays) is null);
        Assert.True((await till.Member().Start(order)).Problem!.Is("payment-closed"));
        Assert.True((await till.Member().Confirm(order, new(provider.KeyOf(page), Money.Won(30_000)))).Problem!.Is("payment-closed"));
        Assert.Equal(PaymentStatus.Voided, (await till.Load(order)).Status);
        await till.BooksAreEqual();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task During_the_capture_ends_refunded_or_voided_never_both_never_neither(bool postgres)
    {
        await using var till = await Till.Open(provider, postgres);
        var orders = new List<Guid>();
        for (var i = 0; i < 12; i++)
        {
            var order = await till.CardOrder();
            orders.Add(order);
            var key = await till.Pay(order, i % 3 == 0 ? Payer.LosesTheAnswer : Payer.Pays);
            var confirm = till.Member().Confirm(order, new(key!, Money.Won(30_000)));
            await till.Hear(new CancelPayment(order, "buyer"));
            await confirm;
        }
        foreach (var order in orders) await Till.Until(() => till.Load(order), p => p.Status is PaymentStatus.Voided or PaymentStatus.Refunded);
        await till.BooksAreEqual();
        foreach (var order in orders)
        {
            var payment = await till.Load(order);
            Assert.Equal(payment.Status == PaymentStatus.Refunded ? 30_000 : 0, payment.Refunded);
            Assert.Equal(payment.Captured, payment.Refunded);
        }
    }
}
