using System.Net;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jangteo.Payments.Tests;

public class SandboxPayContract() : PaymentContract(new CardWay(new SandboxPayStandIn(), SandboxPayStandIn.Secret));

public class TossContract() : PaymentContract(new CardWay(new TossStandIn(), TossStandIn.SecretKey));

public class StripeContract() : PaymentContract(new CardWay(new StripeStandIn(), StripeStandIn.SecretKey, StripeStandIn.WebhookSecret));

public class TossVirtualAccountContract() : PaymentContract(new VirtualAccountWay());

public class BankTransferContract() : PaymentContract(new BankTransferWay());

/// <summary>What holds for every provider's adapter, however its payers pay. What only pages, refunds and reports have are contracts of their own.</summary>
public abstract class PaymentContract(WayToPay way)
{
    Task<Till> Open(bool postgres, params (string, string)[] settings) => Till.Open(way.Provider, postgres, [.. way.Settings, .. settings]);

    /// <summary>An order that waits for its payer, and where they pay.</summary>
    async Task<(Guid Order, string Where)> Order(Till till)
    {
        var order = Guid.CreateVersion7();
        await till.Hear(Request(order));
        return (order, await way.Ready(till, order));
    }

    RequestPayment Request(Guid order) => Till.Request(order, WayToPay.Won, way.Method) with { ExpiresAt = DateTimeOffset.UtcNow.AddHours(1) };

    async Task<Guid> PaidOrder(Till till)
    {
        var (order, where) = await Order(till);
        await way.Pays(till, order, where);
        await till.Becomes(order, PaymentStatus.Captured);
        return order;
    }

    /// <summary>What was asked back has gone back: the provider did it, or staff say twice that they sent it.</summary>
    async Task GoesBack(Till till, Guid order, long inAll)
    {
        if (way.IsRefundedByHand)
        {
            var review = await Eventually.Sees(async () => (await till.Staff.Reviews()).Required.Items.SingleOrDefault(r => r.OrderId == order), r => r is not null);
            Assert.Equal("refund-refused", review!.Kind);
            for (var times = 0; times < 2; times++) Assert.True((await till.Staff.Decide(review.Id, new(PaymentAction.DoneOutside, "보냄"), $"{review.Id}")).Ok);
        }
        await Eventually.Sees(() => till.Load(order), p => p.Refunded == inAll);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Is_captured_once_however_often_its_payment_is_told(bool postgres)
    {
        await using var till = await Open(postgres);
        var (order, where) = await Order(till);

        await way.Pays(till, order, where);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => way.Tells(till, order, where)));

        await till.Becomes(order, PaymentStatus.Captured);
        await till.BooksAreEqual();
        Assert.Equal([new(order, Money.Won(WayToPay.Won))], await till.Service.Announced<PaymentCaptured>());
        Assert.Equal("capture", Assert.Single((await till.Staff.Get(order)).Required.Ledger).Kind);
        Assert.Empty((await till.Member().Get(order)).Required.Ledger);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Is_captured_once_though_the_word_of_it_is_lost(bool postgres)
    {
        await using var till = await Open(postgres);
        var (order, where) = await Order(till);

        await way.Pays(till, order, where, heard: false);

        await till.Becomes(order, PaymentStatus.Captured);
        await till.BooksAreEqual();
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
    }

    [Theory, InlineData(1), InlineData(-1)]
    public async Task Takes_no_other_amount_than_the_orders(long more)
    {
        await using var till = await Open(false);
        var (order, where) = await Order(till);
        await way.Misprice(till, order, more);

        await way.Pays(till, order, where);
        await way.Tells(till, order, where);

        await till.BooksAreEqual();
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
        var payment = await till.Load(order);
        // What came in all the same is on its way back, if need be by people.
        Assert.True(payment.Captured == 0 || payment.IsCancelled && (await till.Staff.Reviews()).Required.Items.Any(r => r.OrderId == order), $"{payment.Status} {payment.Captured}");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Takes_no_money_once_the_order_is_off(bool postgres)
    {
        await using var till = await Open(postgres);
        var (order, where) = await Order(till);

        await till.Hear(new CancelPayment(order, "expired"));
        await till.BooksAreEqual();
        await way.Pays(till, order, where);
        await way.Tells(till, order, where);

        await till.BooksAreEqual();
        Assert.Equal((PaymentStatus.Voided, 0), ((await till.Load(order)).Status, (await till.Load(order)).Captured));
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Gives_back_a_part_and_with_the_cancellation_the_rest_each_once(bool postgres)
    {
        await using var till = await Open(postgres);
        var order = await PaidOrder(till);

        for (var times = 0; times < 2; times++) await till.Staff.Refund(order, new(Money.Won(10_000), "하나가 상했어요"), "partial");
        await GoesBack(till, order, 10_000);
        for (var times = 0; times < 2; times++) await till.Hear(new CancelPayment(order, "buyer"));
        await GoesBack(till, order, WayToPay.Won);

        Assert.Equal(PaymentStatus.Refunded, (await till.Load(order)).Status);
        await till.BooksAreEqual();
        Assert.Equal([(10_000L, 10_000L), (20_000L, 30_000L)], (await till.Service.Announced<PaymentRefunded>()).Select(m => (m.Amount.Amount, m.RefundedTotal.Amount)));
        Assert.True((await till.Staff.Refund(order, new(Money.Won(1), "more"), "more")).Problem!.Is("refund-exceeds-captured"));
        Assert.Empty((await till.Staff.Reviews()).Required.Items);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Ends_voided_or_given_back_never_both_never_neither_when_the_cancellation_races_the_payment(bool postgres)
    {
        await using var till = await Open(postgres);
        var orders = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Order(till)));

        await Task.WhenAll(orders.SelectMany((o, i) => new[] { way.Pays(till, o.Order, o.Where, heard: i % 3 != 0), way.Tells(till, o.Order, o.Where), till.Hear(new CancelPayment(o.Order, "buyer")) }));

        await till.BooksAreEqual();
        foreach (var (order, _) in orders)
            if ((await till.Load(order)).Captured > 0) await GoesBack(till, order, WayToPay.Won);
        await till.BooksAreEqual();
        foreach (var (order, _) in orders)
        {
            var payment = await till.Load(order);
            Assert.Contains(payment.Status, new[] { PaymentStatus.Voided, PaymentStatus.Refunded });
            Assert.Equal(payment.Status == PaymentStatus.Refunded ? WayToPay.Won : 0, payment.Refunded);
            Assert.Equal(payment.Captured, payment.Refunded);
        }
    }

    [Fact]
    public async Task Changes_nothing_any_more_when_word_comes_after_the_end()
    {
        await using var till = await Open(false);
        var (order, where) = await Order(till);
        await way.Pays(till, order, where);
        await till.Becomes(order, PaymentStatus.Captured);
        await till.Hear(new CancelPayment(order, "buyer"));
        await GoesBack(till, order, WayToPay.Won);
        var before = (await till.Staff.Get(order)).Required;

        for (var times = 0; times < 3; times++) await way.Tells(till, order, where);
        await till.Hear(new CancelPayment(order, "again"), Request(order));

        await till.BooksAreEqual();
        var after = (await till.Staff.Get(order)).Required;
        Assert.Equal((before.Status, before.Captured, before.Refunded, before.Ledger.Count), (after.Status, after.Captured, after.Refunded, after.Ledger.Count));
        Assert.Equal((1, 1), ((await till.Service.Announced<PaymentCaptured>()).Count, (await till.Service.Announced<PaymentRefunded>()).Count));
    }

    [Fact]
    public async Task Is_one_payment_at_one_place_however_often_it_is_asked_for()
    {
        await using var till = await Open(false);
        var (order, where) = await Order(till);
        await till.Hear(Request(order), Request(order));
        Assert.Equal([where], (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => way.Ready(till, order)))).Distinct());
        Assert.Equal(1, await till.Service.Db(db => db.Payments.CountAsync()));
    }

    [Fact]
    public async Task Is_off_from_the_first_when_the_cancellation_overtook_the_request()
    {
        await using var till = await Open(false);
        var order = Guid.CreateVersion7();

        await till.Hear(new CancelPayment(order, "buyer"));
        Assert.Equal(404, (await till.Member().Get(order)).Problem!.Status);
        await till.Hear(Request(order));

        Assert.Equal(PaymentStatus.Voided, (await till.Member().Get(order)).Required.Status);
        Assert.False((await till.Member().Start(order)).Ok);
        await till.BooksAreEqual();
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
    }

    [Fact]
    public async Task Believes_nobody_who_says_that_it_was_paid()
    {
        await using var till = await Open(false);
        var (order, where) = await Order(till);

        using var forged = way.Forge(order, where);
        var answer = await till.Service.Http.SendAsync(forged);

        // One that is not signed at all is only a hint to ask.
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.OK });
        await till.BooksAreEqual();
        Assert.Equal((PaymentStatus.Open, 0), ((await till.Load(order)).Status, (await till.Load(order)).Captured));
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
    }

    [Fact]
    public async Task Is_not_found_by_strangers()
    {
        await using var till = await Open(false);
        var (order, _) = await Order(till);
        var stranger = till.Member(Guid.CreateVersion7());
        Assert.Equal(404, (await stranger.Get(order)).Problem!.Status);
        Assert.Equal(404, (await stranger.Start(order)).Problem!.Status);
        Assert.Equal(404, (await stranger.Confirm(order, new("key", Money.Won(WayToPay.Won)))).Problem!.Status);
        Assert.Equal(403, (await stranger.Refund(order, new(Money.Won(1), "mine"), "k")).Problem!.Status);
    }

    [Fact]
    public async Task Is_off_with_its_order_though_the_provider_was_never_reached()
    {
        await using var till = await Open(false, [.. way.Provider.Down, ("Payments:AnswerWaitSeconds", "0.5")]);
        var order = Guid.CreateVersion7();
        await till.Hear(Request(order));
        await till.Service.As(Till.Buyer).PostAsync($"/api/payments/{order}/start", null);

        await till.Hear(new CancelPayment(order, "expired"));

        await till.Becomes(order, PaymentStatus.Voided);
        await Eventually.Sees(() => till.Service.Db(db => db.Calls.CountAsync(c => c.NextTryAt != null)), open => open == 0);
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
    }

    [Fact]
    public async Task Writes_no_secret_into_the_log_not_even_into_the_most_talkative()
    {
        var lines = new Listener();
        await using var till = await Till.Open(way.Provider, false, b =>
        {
            b.Logging.ClearProviders().AddProvider(lines);
            // Our own filters are off as well.
            b.Services.Configure<LoggerFilterOptions>(filters =>
            {
                filters.Rules.Clear();
                filters.MinLevel = LogLevel.Trace;
            });
        }, way.Settings);
        var (order, where) = await Order(till);
        using var forged = way.Forge(order, where);
        await till.Service.Http.SendAsync(forged);
        await way.Pays(till, order, where);
        await till.Becomes(order, PaymentStatus.Captured);
        await till.Staff.Refund(order, new(Money.Won(1_000), "part"), "key");
        await till.BooksAreEqual();

        Assert.Contains(lines.Lines, l => l.Contains("Executing endpoint", StringComparison.Ordinal));
        foreach (var secret in way.Secrets.SelectMany(s => new[] { s, Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{s}:")) }))
            Assert.DoesNotContain(lines.Lines, l => l.Contains(secret, StringComparison.Ordinal));
    }
}
