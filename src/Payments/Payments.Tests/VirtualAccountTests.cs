using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;

namespace Jangteo.Payments.Tests;

/// <summary>가상계좌 at Toss Payments.</summary>
public class VirtualAccountTests
{
    readonly TossStandIn _toss = new();

    static async Task<Guid> Order(Till till)
    {
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order, method: PaymentMethods.VirtualAccount) with { ExpiresAt = DateTimeOffset.UtcNow.AddHours(72) });
        await Eventually.Sees(async () => (await till.Member().Get(order)).Required, p => p.Deposit is not null);
        return order;
    }

    [Theory, InlineData(false, true), InlineData(true, true), InlineData(false, false)]
    public async Task Is_opened_for_the_order_and_captured_once_when_the_deposit_comes_even_if_its_notice_is_lost(bool postgres, bool notified)
    {
        await using var till = await Till.Open(_toss, postgres);
        var order = await Order(till);
        var deposit = (await till.Member().Get(order)).Required.Deposit!;
        Assert.Equal(("우리은행", "X6505636518308", ""), (deposit.Bank, deposit.AccountNumber, deposit.Code));
        Assert.InRange(deposit.Until, DateTimeOffset.UtcNow.AddHours(71), DateTimeOffset.UtcNow.AddHours(73));
        Assert.True((await till.Member().Start(order)).Problem!.Is("no-page"));

        Assert.True(_toss.Deposit(order, notified));

        await till.Becomes(order, PaymentStatus.Captured);
        await till.BooksAreEqual();
        Assert.Equal([new(order, Money.Won(30_000))], await till.Service.Announced<PaymentCaptured>());
    }

    [Fact]
    public async Task Takes_no_money_once_the_order_is_off()
    {
        await using var till = await Till.Open(_toss);
        var order = await Order(till);

        await till.Hear(new CancelPayment(order, "expired"));
        await till.BooksAreEqual();

        Assert.False(_toss.Deposit(order));
        Assert.Empty(await ReconciliationTests.Compare(till));
        Assert.Equal(PaymentStatus.Voided, (await till.Load(order)).Status);
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
    }

    [Fact]
    public async Task A_deposit_that_races_the_deadline_is_found_and_what_cannot_be_refunded_is_shown_to_staff()
    {
        await using var till = await Till.Open(_toss, false, ("Payments:WatchSeconds", "60"));
        var order = await Order(till);
        Assert.True(_toss.Deposit(order, notify: false));

        await till.Hear(new CancelPayment(order, "expired"));

        var review = await Eventually.Sees(async () => (await till.Staff.Reviews()).Required.Items, r => r.Count == 1);
        Assert.Equal((order, "refund-refused", Refunding.ByHand), (review[0].OrderId, review[0].Kind, review[0].Answer));
        Assert.Equal(30_000, (await till.Load(order)).Captured);
    }

    [Fact]
    public async Task A_deposit_that_the_watch_has_not_seen_yet_is_no_difference()
    {
        await using var till = await Till.Open(_toss, false, ("Payments:WatchSeconds", "60"));
        var order = await Order(till);
        Assert.True(_toss.Deposit(order, notify: false));

        Assert.Empty(await ReconciliationTests.Compare(till));

        await _toss.TellOfDeposit(order);
        await till.Becomes(order, PaymentStatus.Captured);
        await till.BooksAreEqual();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Parts_that_wait_to_be_sent_back_are_together_never_more_than_was_deposited(bool postgres)
    {
        await using var till = await Till.Open(_toss, postgres);
        var order = await Order(till);
        Assert.True(_toss.Deposit(order));
        await till.Becomes(order, PaymentStatus.Captured);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => till.Staff.Refund(order, new(Money.Won(20_000), "part"), $"{i}")));
        Assert.Equal(1, answers.Count(a => a.Ok));
        Assert.All(answers.Where(a => !a.Ok), a => Assert.True(a.Problem!.Is("refund-exceeds-captured")));
        Assert.True((await till.Staff.Refund(order, new(Money.Won(10_000), "part"), "more")).Ok);
        Assert.True((await till.Staff.Refund(order, new(Money.Won(1), "part"), "too much")).Problem!.Is("refund-exceeds-captured"));

        foreach (var review in (await till.Staff.Reviews()).Required.Items) Assert.True((await till.Staff.Decide(review.Id, new(PaymentAction.DoneOutside, "보냄"), $"{review.Id}")).Ok);
        Assert.Equal((PaymentStatus.Refunded, 30_000), ((await till.Load(order)).Status, (await till.Load(order)).Refunded));
    }

    [Fact]
    public async Task That_cannot_be_opened_ends_the_order()
    {
        await using var till = await Till.Open(_toss);
        _toss.RefuseAccounts = true;
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order, method: PaymentMethods.VirtualAccount));
        await till.Becomes(order, PaymentStatus.Declined);
        Assert.Equal([new(order, "failed-virtual-account", true)], await till.Service.Announced<PaymentDeclined>());
    }

    [Fact]
    public async Task Is_not_offered_without_a_bank_to_open_it_at()
    {
        await using var till = await Till.Open(_toss, false, ("Payments:Toss:VirtualAccountBank", ""));
        Assert.Equal(["card"], (await new PaymentsClient(till.Service.Http).Methods()).Required.Methods);
    }
}
