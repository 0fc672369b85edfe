using Jangteo.Identity.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;
using static System.Net.HttpStatusCode;

namespace Jangteo.Orders.Tests;

public class CheckoutTests
{
    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Confirms_an_order_whose_stock_is_reserved_and_whose_amount_is_captured(Store store)
    {
        await using var shop = await Shop.Open(store);

        var id = await shop.Confirmed();

        var order = await shop.Order(id);
        Assert.Equal((OrderStatus.Confirmed, null), (order.Status, order.ExpiresAt));
        Assert.Equal(["placed", "stock-reserved", "paid"], order.History.Select(e => e.What));
        var asked = Assert.Single(await shop.Announced<RequestPayment>(id));
        Assert.Equal((shop.BuyerId, Money.Won(27_000), "card", "녹차"), (asked.MemberId, asked.Amount, asked.Method, asked.Title));
        Assert.Single(await shop.Announced<SellStock>(id));
        var confirmed = Assert.Single(await shop.Announced<OrderConfirmed>(id));
        Assert.Equal((2, Money.Won(12_000)), (confirmed.Lines[0].Quantity, confirmed.Lines[0].UnitPrice));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Announces_what_is_to_be_paid_at_the_bank_once_its_stock_is_reserved(Store store)
    {
        await using var shop = await Shop.Open(store);
        var (deposit, card) = (Guid.CreateVersion7(), await shop.AwaitingPayment());
        _ = (await shop.Buyer.Place(deposit, Shop.Tea(method: PaymentMethods.BankTransfer))).Required;
        Assert.Empty(await shop.Announced<OrderAwaitsDeposit>(deposit));

        await shop.Hear(new StockReserved(deposit));

        var awaits = Assert.Single(await shop.Announced<OrderAwaitsDeposit>(deposit));
        Assert.Equal((shop.BuyerId, new SkuQuantity("TEA-1", 2)), (awaits.MemberId, Assert.Single(awaits.Lines)));
        Assert.Empty(await shop.Announced<OrderAwaitsDeposit>(card));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Expires_when_nobody_pays_and_refunds_what_is_captured_after_that(Store store)
    {
        await using var shop = await Shop.Open(store);
        var id = await shop.AwaitingPayment();

        shop.Time.Forward(TimeSpan.FromMinutes(14));
        await Task.Delay(1_200);
        Assert.Equal(OrderStatus.AwaitingPayment, (await shop.Order(id)).Status);
        shop.Time.Forward(TimeSpan.FromMinutes(2));
        var order = await shop.Becomes(id, OrderStatus.Cancelled);
        Assert.Equal("expired", order.CancelReason);
        Assert.Single(await shop.Announced<CancelPayment>(id));

        await shop.Hear(new PaymentCaptured(id, Money.Won(27_000)));
        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(27_000), Money.Won(27_000), "expired"));

        order = await shop.Order(id);
        Assert.Equal((OrderStatus.Cancelled, Money.Won(27_000)), (order.Status, order.Refunded));
        // Once with the cancellation, and again for each time the late capture was heard.
        Assert.Equal(3, (await shop.Announced<CancelPayment>(id)).Count);
        Assert.Empty(await shop.Announced<OrderConfirmed>(id));
        Assert.Single(order.History, e => e.What == "refunded");
    }

    [Fact]
    public async Task Cancels_when_the_stock_is_lacking()
    {
        await using var shop = await Shop.Open();
        var id = await shop.Placed();

        await shop.Hear(new StockRejected(id, [new("TEA-1", 2, 1)]));

        Assert.Equal((OrderStatus.Cancelled, "out-of-stock"), ((await shop.Order(id)).Status, (await shop.Order(id)).CancelReason));
        Assert.False(Assert.Single(await shop.Announced<OrderCancelled>(id)).WasConfirmed);
    }

    [Fact]
    public async Task Refunds_a_paid_order_whose_stock_could_not_be_sold()
    {
        await using var shop = await Shop.Open();
        var id = await shop.Confirmed();

        await shop.Hear(new StockSaleFailed(id, [new("TEA-1", 2, 0)]));

        Assert.Equal((OrderStatus.Cancelled, "out-of-stock"), ((await shop.Order(id)).Status, (await shop.Order(id)).CancelReason));
        Assert.True(Assert.Single(await shop.Announced<OrderCancelled>(id)).WasConfirmed);
        Assert.Single(await shop.Announced<CancelPayment>(id));
        Assert.Single(await shop.Announced<ReleaseStock>(id));
    }

    [Fact]
    public async Task Lets_the_payer_try_again_until_the_decline_is_final()
    {
        await using var shop = await Shop.Open();
        var id = await shop.AwaitingPayment();

        await shop.Hear(new PaymentDeclined(id, "insufficient-funds", Final: false));
        Assert.Equal(OrderStatus.AwaitingPayment, (await shop.Order(id)).Status);
        await shop.Hear(new PaymentDeclined(id, "stolen-card", Final: true));

        var order = await shop.Order(id);
        Assert.Equal((OrderStatus.Cancelled, "payment-declined"), (order.Status, order.CancelReason));
        Assert.Equal(["placed", "stock-reserved", "payment-declined", "cancelled"], order.History.Select(e => e.What));
        Assert.Single(await shop.Announced<ReleaseStock>(id));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task An_order_that_is_refunded_in_full_before_it_is_sent_is_off_and_is_not_sent(Store store)
    {
        await using var shop = await Shop.Open(store);
        var (paid, packed, sent) = (await shop.Confirmed(), await shop.Confirmed(), await shop.Confirmed());
        foreach (var id in new[] { packed, sent }) await shop.Staff.Prepare(id);
        await shop.Staff.Ship(sent, new("CJ대한통운", "123456789012"));

        foreach (var id in new[] { paid, packed, sent })
        {
            await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(26_999), Money.Won(26_999), "no longer made"));
            Assert.NotEqual(OrderStatus.Cancelled, (await shop.Order(id)).Status);
            await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(1), Money.Won(27_000), "no longer made"));
        }

        foreach (var id in new[] { paid, packed })
        {
            Assert.Equal((OrderStatus.Cancelled, "staff", Money.Won(27_000)), await shop.Order(id) is { } off ? (off.Status, off.CancelReason, off.Refunded) : default);
            Assert.Single(await shop.Announced<ReleaseStock>(id));
            Assert.Single(await shop.Announced<CancelPayment>(id));
            Assert.True(Assert.Single(await shop.Announced<OrderCancelled>(id)).WasConfirmed);
            (await shop.Staff.Prepare(id)).Is(Conflict, "wrong-status");
            (await shop.Staff.Ship(id, new("CJ대한통운", "123456789013"))).Is(Conflict, "wrong-status");
        }
        Assert.Equal(OrderStatus.Shipped, (await shop.Order(sent)).Status);
        Assert.Empty(await shop.Announced<ReleaseStock>(sent));
    }

    [Fact]
    public async Task Why_staff_refunded_is_not_in_the_history_that_the_buyer_reads()
    {
        await using var shop = await Shop.Open();
        var id = await shop.Confirmed();

        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(1_000), Money.Won(1_000), "the buyer always complains"));

        Assert.Equal("1000", Assert.Single((await shop.Buyer.Get(id)).Required.History, e => e.What == "refunded").Detail);
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Ends_confirmed_or_refunded_when_the_buyer_cancels_while_the_payment_is_captured(Store store)
    {
        await using var shop = await Shop.Open(store);
        var ids = new List<Guid>();
        for (var i = 0; i < 25; i++) ids.Add(await shop.AwaitingPayment());

        await Task.WhenAll(ids.SelectMany(id => new Task[]
        {
            Task.Run(() => Retried(() => shop.Hear(new PaymentCaptured(id, Money.Won(27_000))))),
            Task.Run(() => shop.Buyer.Cancel(id)),
        }));

        foreach (var id in ids)
        {
            Assert.Equal(OrderStatus.Cancelled, (await shop.Order(id)).Status);
            Assert.NotEmpty(await shop.Announced<CancelPayment>(id));
            Assert.NotEmpty(await shop.Announced<ReleaseStock>(id));
            Assert.Single(await shop.Announced<OrderCancelled>(id));
            Assert.InRange((await shop.Announced<OrderConfirmed>(id)).Count, 0, 1);
        }
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Cancels_the_unpaid_orders_of_a_member_who_withdraws_and_keeps_the_paid_ones(Store store)
    {
        await using var shop = await Shop.Open(store);
        var (unpaid, paid) = (await shop.AwaitingPayment(), await shop.Confirmed());

        await shop.Service.Deliver<MemberLeft>("identity", new MemberWithdrawn(shop.BuyerId, shop.Time.GetUtcNow(), shop.Time.GetUtcNow().AddDays(14)));

        Assert.Equal((OrderStatus.Cancelled, OrderStatus.Confirmed), ((await shop.Order(unpaid)).Status, (await shop.Order(paid)).Status));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Keeps_the_orders_of_an_erased_member_apart_for_five_years_and_no_longer(Store store)
    {
        await using var shop = await Shop.Open(store);
        var (off, open, others) = (await shop.Placed(), await shop.Confirmed(), Guid.CreateVersion7());
        await shop.Buyer.Cancel(off);
        _ = (await shop.Stranger.Place(others, Shop.Tea())).Required;
        foreach (var id in new[] { off, open, others }) Assert.True((await shop.Staff.Decide(id, new(OrderAction.Note, "Kim Hana called"), $"{id}")).Ok);

        await shop.Service.Deliver<MemberLeft>("identity", new MemberErased(shop.BuyerId, shop.Time.GetUtcNow()));

        Assert.Equal([others, open], (await shop.Staff.StaffList()).Required.Items.Select(o => o.Id));
        Assert.True((await shop.Staff.Get(off)).Ok);
        shop.Time.Forward(TimeSpan.FromDays(5 * 366));
        await Eventually.Holds(async () => !await shop.Service.Db(db => db.Orders.AnyAsync(o => o.MemberId == shop.BuyerId)), "the orders are deleted");
        Assert.Equal([others], await shop.Service.Db(db => db.Decisions.Select(d => d.OrderId).ToListAsync()));
        (await shop.Staff.Get(off)).Is(NotFound, "not-found");
        Assert.Equal(new[] { off, open }.Order(), (await shop.Service.Announced<OrderErased>()).Select(m => m.OrderId).Order());
    }

    // A handler that loses a race is delivered again by the pump; here we are the pump.
    internal static async Task Retried(Func<Task> deliver)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await deliver();
                return;
            }
            catch (DbUpdateConcurrencyException) when (attempt < 50)
            {
                await Task.Delay(5);
            }
        }
    }
}
