using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jangteo.Payments.Tests;

/// <summary>Answers that no provider should give, and processes that die between the intent and the answer.</summary>
public class SettlementTests
{
    static (string, string)[] Down => new SandboxPayStandIn().Down;

    static async Task<Guid> PendingOrder(Till till)
    {
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order, method: PaymentMethods.Instant));
        return order;
    }

    [Fact]
    public async Task Another_amount_than_the_orders_is_never_accepted_but_sent_back()
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), false, Down);
        var order = await PendingOrder(till);

        await till.Answer(order, new ProviderAnswer.Captured("pay_1", Money.Won(29_999)));

        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
        Assert.Equal([new(order, "amount-mismatch", true)], await till.Service.Announced<PaymentDeclined>());
        var refund = await till.Service.Db(db => db.Refunds.SingleAsync(r => r.OrderId == order));
        Assert.Equal(29_999, refund.Amount);
    }

    [Fact]
    public async Task Another_currency_is_never_booked()
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), false, Down);
        var order = await PendingOrder(till);

        await till.Answer(order, new ProviderAnswer.Captured("pay_1", new(30_000, "USD")));

        Assert.Equal(PaymentStatus.Pending, (await till.Load(order)).Status);
        Assert.Equal(0, await till.Service.Db(db => db.Ledger.CountAsync()));
    }

    [Fact]
    public async Task An_answer_that_comes_twice_is_booked_once()
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), false, Down);
        var order = await PendingOrder(till);

        await till.Answer(order, new ProviderAnswer.Captured("pay_1", Money.Won(30_000)));
        await till.Answer(order, new ProviderAnswer.Captured("pay_1", Money.Won(30_000)));
        await till.Answer(order, new ProviderAnswer.Declined("late"));

        Assert.Equal(PaymentStatus.Captured, (await till.Load(order)).Status);
        Assert.Equal(1, await till.Service.Db(db => db.Ledger.CountAsync()));
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Money_that_came_for_a_call_that_was_given_up_as_never_sent_is_booked_once_and_goes_back(bool postgres)
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), postgres, Down);
        var order = await PendingOrder(till);
        await till.Hear(new CancelPayment(order, "buyer"));
        await till.Becomes(order, PaymentStatus.Voided);
        Assert.Equal("Never sent: the order is off.", await till.Service.Db(db => db.Calls.Select(c => c.Answer).SingleAsync()));

        await till.Answer(order, new ProviderAnswer.Captured("pay_1", new(30_000, "USD")));
        Assert.Equal(0, await till.Service.Db(db => db.Ledger.CountAsync()));
        for (var times = 0; times < 2; times++) await till.Answer(order, new ProviderAnswer.Captured("pay_1", Money.Won(30_000)), CallKind.Charge);

        Assert.Equal((PaymentStatus.Captured, 30_000, 30_000), ((await till.Load(order)).Status, (await till.Load(order)).Captured, (await till.Load(order)).RefundsAsked));
        Assert.Equal(["pay_1"], await till.Service.Db(db => db.Ledger.Select(e => e.Reference).ToListAsync()));
        Assert.Equal(30_000, (await till.Service.Db(db => db.Refunds.SingleAsync())).Amount);
        Assert.Contains("pay_1", (await till.Staff.Path(order)).Required.Calls.Single(c => c.Kind == "charge").Answer);
    }

    [Fact]
    public async Task What_was_authorised_for_an_order_that_is_off_is_let_go_though_its_capture_was_never_sent()
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), false, [.. Down, ("Payments:AnswerWaitSeconds", "0.5")]);
        var order = await till.CardOrder();
        await till.Service.Db(async db =>
        {
            var payment = await db.Payments.FirstAsync(p => p.OrderId == order);
            (payment.ProviderKey, payment.PayPageUrl) = ("pay_1", "http://127.0.0.1:9/pay_1");
            return await db.SaveChangesAsync();
        });
        await till.Member().Confirm(order, new("pay_1", Money.Won(30_000)));

        await till.Hear(new CancelPayment(order, "buyer"));

        await till.Becomes(order, PaymentStatus.Voided);
        Assert.True(await till.Service.Db(db => db.Calls.AnyAsync(c => c.OrderId == order && c.Kind == CallKind.Void && c.NextTryAt != null)));
    }

    [Fact]
    public async Task A_payer_who_authorises_while_an_early_confirm_is_being_refused_need_not_come_back()
    {
        await using var till = await Till.Open(new SandboxPayStandIn());
        await till.AtProvider("/misbehaviour", new { notifiesNever = 1 }, HttpMethod.Put);
        var order = await till.CardOrder();
        var page = (await till.Member().Start(order)).Required.RedirectUrl;
        await till.Service.Db(async db =>
        {
            var payment = await db.Payments.FirstAsync(p => p.OrderId == order);
            payment.Status = PaymentStatus.Pending;
            db.Add(new ProviderCall { Id = Guid.CreateVersion7(), OrderId = order, Kind = CallKind.Confirm, Amount = 30_000, MayHaveReached = true, CreatedAt = DateTimeOffset.UtcNow, NextTryAt = DateTimeOffset.UtcNow.AddHours(1) });
            return await db.SaveChangesAsync();
        });

        Assert.NotNull(await till.PayAt(page, Payer.Pays));
        await till.Answer(order, new ProviderAnswer.Refused("not-authorised"), CallKind.Confirm);

        await till.Becomes(order, PaymentStatus.Captured);
        await till.BooksAreEqual();
    }

    [Fact]
    public async Task A_call_that_a_dead_process_left_behind_is_made_by_the_next_one()
    {
        var provider = new SandboxPayStandIn();
        var first = await Till.Open(provider, true, Down);
        var order = await PendingOrder(first);
        var left = await first.Leave();

        await using var second = await Till.Open(provider, true, left);

        await second.Becomes(order, PaymentStatus.Captured);
        await second.BooksAreEqual();
    }

    [Fact]
    public async Task A_start_takes_up_the_calls_of_a_former_life_early_and_not_those_of_its_own()
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), false, b => b.Services.AddHostedService<TwoLives>());

        await till.Becomes(TwoLives.Former, PaymentStatus.Captured);
        Assert.Equal(0, await till.Service.Db(db => db.Calls.Where(c => c.OrderId == TwoLives.Own).Select(c => c.Attempts).SingleAsync()));
    }

    /// <summary>Two charges that are to be tried in 50 s: one was begun an hour ago, the other before the start is over.</summary>
    sealed class TwoLives(IServiceScopeFactory scopes) : IHostedService
    {
        public static readonly Guid Former = Guid.CreateVersion7(), Own = Guid.CreateVersion7();

        public async Task StartAsync(CancellationToken ct)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PaymentsDb>();
            foreach (var (order, begun) in new[] { (Former, DateTimeOffset.UtcNow.AddHours(-1)), (Own, DateTimeOffset.UtcNow) })
            {
                db.Add(Payment.Of(Till.Request(order, method: PaymentMethods.Instant), "sandboxpay", begun));
                db.Add(new ProviderCall { Id = Guid.CreateVersion7(), OrderId = order, Kind = CallKind.Charge, Amount = 30_000, MayHaveReached = true, CreatedAt = begun, NextTryAt = DateTimeOffset.UtcNow.AddSeconds(50) });
            }
            await db.Unit(() => db.SaveChangesAsync(ct), ct);
        }

        public Task StopAsync(CancellationToken ct) => Task.CompletedTask;
    }
}
