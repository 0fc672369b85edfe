using System.Net;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;

namespace Jangteo.Payments.Tests;

/// <summary>What every provider with a page passes, beyond the contract of all.</summary>
public abstract class CardPaymentContract(ProviderStandIn provider)
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task Is_captured_once_when_the_payer_comes_back(bool postgres)
    {
        await using var till = await Till.Open(provider, postgres);
        var order = await till.CardOrder();

        var key = await till.Pay(order, Payer.Pays);
        var first = await till.Member().Confirm(order, new(key!, Money.Won(30_000)));
        var again = await till.Member().Confirm(order, new(key!, Money.Won(30_000)));

        Assert.Equal(PaymentStatus.Captured, first.Required.Status);
        Assert.Equal(Money.Won(30_000), again.Required.Captured);
        Assert.Empty(first.Required.Ledger);
        await till.BooksAreEqual();
        Assert.Equal([new(order, Money.Won(30_000))], await till.Service.Announced<PaymentCaptured>());
        var ledger = (await till.Staff.Get(order)).Required.Ledger;
        Assert.Equal("capture", Assert.Single(ledger).Kind);
    }

    [Fact]
    public async Task Has_no_page_before_the_order_awaits_payment_and_none_for_strangers()
    {
        await using var till = await Till.Open(provider);
        var order = Guid.CreateVersion7();
        Assert.Equal(404, (await till.Member().Start(order)).Problem!.Status);

        await till.Hear(Till.Request(order));
        Assert.Equal(404, (await till.Member(Guid.CreateVersion7()).Start(order)).Problem!.Status);
        Assert.Equal(404, (await till.Member(Guid.CreateVersion7()).Get(order)).Problem!.Status);
        Assert.Equal(401, (await new PaymentsClient(till.Service.Http).Start(order)).Problem!.Status);
        Assert.Equal(PaymentStatus.Open, (await till.Member().Get(order)).Required.Status);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Keeps_one_page_however_often_and_at_once_it_is_started(bool postgres)
    {
        await using var till = await Till.Open(provider, postgres);
        var order = await till.CardOrder();

        var starts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => till.Member().Start(order)));

        Assert.Single(starts.Select(s => s.Required.RedirectUrl).Distinct());
        Assert.Equal((await till.Member().Start(order)).Required, starts[0].Required);
    }

    [Fact]
    public async Task Is_captured_though_the_payer_never_comes_back()
    {
        await using var till = await Till.Open(provider);
        var order = await till.CardOrder();

        await till.Pay(order, Payer.Pays);

        await till.Becomes(order, PaymentStatus.Captured);
        await till.BooksAreEqual();
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Is_captured_once_when_return_pages_and_notices_race(bool postgres)
    {
        await using var till = await Till.Open(provider, postgres);
        var order = await till.CardOrder();

        var key = await till.Pay(order, Payer.NotifiesTwice);
        var confirms = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => till.Member().Confirm(order, new(key!, Money.Won(30_000)))));

        Assert.All(confirms, c => Assert.Equal(PaymentStatus.Captured, c.Required.Status));
        await till.BooksAreEqual();
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
    }

    [Fact]
    public async Task Is_settled_when_the_provider_times_out_though_it_captured()
    {
        await using var till = await Till.Open(provider);
        var order = await till.CardOrder();

        var key = await till.Pay(order, Payer.LosesTheAnswer);
        var confirmed = await till.Member().Confirm(order, new(key!, Money.Won(30_000)));

        Assert.Equal(PaymentStatus.Captured, confirmed.Required.Status);
        await till.BooksAreEqual();
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
    }

    [Theory, InlineData(Payer.NotifiesLate), InlineData(Payer.IsSlow)]
    public async Task Is_captured_once_when_the_issuer_or_the_notice_is_late(Payer card)
    {
        await using var till = await Till.Open(provider);
        var order = await till.CardOrder();

        var key = await till.Pay(order, card);
        Assert.Equal(PaymentStatus.Captured, (await till.Member().Confirm(order, new(key!, Money.Won(30_000)))).Required.Status);

        await Task.Delay(1_200);
        await till.BooksAreEqual();
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
    }

    [Fact]
    public async Task Tells_of_each_decline_once_and_can_be_tried_again()
    {
        await using var till = await Till.Open(provider);
        var order = await till.CardOrder();

        Assert.Null(await till.Pay(order, Payer.HasNoFunds));
        await Eventually.Sees(() => till.Service.Announced<PaymentDeclined>(), m => m.Count == 1);
        Assert.Null(await till.Pay(order, Payer.IsDeclined));
        await Eventually.Sees(() => till.Service.Announced<PaymentDeclined>(), m => m.Count == 2);
        Assert.Equal("card-declined", (await till.Member().Get(order)).Required.LastDecline);

        var key = await till.Pay(order, Payer.Pays);
        Assert.True((await till.Member().Confirm(order, new(key!, Money.Won(30_000)))).Ok);
        await till.BooksAreEqual();
        Assert.Equal([new(order, "insufficient-funds", false), new(order, "card-declined", false)], await till.Service.Announced<PaymentDeclined>());
    }

    [Fact]
    public async Task Is_not_confirmed_with_another_amount_or_key_or_before_the_payer_paid()
    {
        await using var till = await Till.Open(provider);
        var order = await till.CardOrder();
        var page = (await till.Member().Start(order)).Required.RedirectUrl;
        var key = provider.KeyOf(page);

        Assert.True((await till.Member().Confirm(order, new(key, Money.Won(1)))).Problem!.Is("amount-mismatch"));
        Assert.True((await till.Member().Confirm(order, new(key, new(30_000, "USD")))).Problem!.Is("amount-mismatch"));
        Assert.Contains("paymentKey", (await till.Member().Confirm(order, new("pay_other", Money.Won(30_000)))).Problem!.Errors!.Keys);
        Assert.True((await till.Member().Confirm(order, new(key, Money.Won(30_000)))).Problem!.Is("not-authorised"));
        Assert.Equal(404, (await till.Member(Guid.CreateVersion7()).Confirm(order, new(key, Money.Won(30_000)))).Problem!.Status);

        Assert.Equal(key, await till.Pay(order, Payer.Pays));
        Assert.True((await till.Member().Confirm(order, new(key, Money.Won(30_000)))).Ok);
        await till.BooksAreEqual();
    }

    [Fact]
    public async Task Of_an_order_that_is_off_has_a_closed_page_and_captures_nothing()
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

    [Fact]
    public async Task Is_not_started_after_its_time()
    {
        await using var till = await Till.Open(provider);
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order) with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(-1) });
        Assert.True((await till.Member().Start(order)).Problem!.Is("payment-expired"));
    }

    [Fact]
    public async Task Is_told_unavailable_while_the_provider_is_down()
    {
        await using var till = await Till.Open(provider, false, [.. provider.Down, ("Payments:AnswerWaitSeconds", "0.5")]);
        var order = await till.CardOrder();
        var started = await till.Service.As(Till.Buyer).PostAsync($"/api/payments/{order}/start", null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, started.StatusCode);
    }
}
