using Jangteo.Identity.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using static System.Net.HttpStatusCode;

namespace Jangteo.Orders.Tests;

/// <summary>An order that should have ended by itself and did not comes to staff, who act once and say why.</summary>
public class ReviewTests
{
    // What makes an unpaid order end is lost: no order may hang for it unseen.
    static Task<int> ForgetTheTimeout(Shop shop) => shop.Service.Db(db => db.Database.ExecuteSqlRawAsync("DELETE FROM due_messages"));

    static async Task<IReadOnlyList<OrderReview>> Reviews(Shop shop) => (await shop.Staff.Reviews()).Required.Items;

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task An_order_whose_time_to_pay_is_well_over_waits_for_staff_who_cancel_it_once(Store store)
    {
        await using var shop = await Shop.Open(store);
        var (awaiting, placed, paid) = (await shop.AwaitingPayment(), await shop.Placed(), await shop.Confirmed());
        await ForgetTheTimeout(shop);
        shop.Time.Forward(TimeSpan.FromMinutes(24));
        Assert.Empty(await Reviews(shop));
        shop.Time.Forward(TimeSpan.FromMinutes(2));

        Assert.Equal([(awaiting, OrderStatus.AwaitingPayment), (placed, OrderStatus.Placed)], (await Reviews(shop)).Select(r => (r.OrderId, r.Status)));
        var first = (await shop.Staff.Reviews(limit: 1)).Required;
        Assert.Equal(placed, Assert.Single((await shop.Staff.Reviews(first.Next, limit: 1)).Required.Items).OrderId);

        foreach (var key in new[] { "a", "a", "b" }) Assert.True((await shop.Staff.Decide(awaiting, new(OrderAction.Cancel, "nobody paid"), key)).Ok);
        Assert.True((await shop.Staff.Decide(placed, new(OrderAction.Settle, "a test of ours"), "c")).Ok);

        Assert.Empty(await Reviews(shop));
        Assert.Single(await shop.Announced<CancelPayment>(awaiting));
        Assert.Empty(await shop.Announced<CancelPayment>(placed));
        Assert.Equal(OrderStatus.Confirmed, (await shop.Order(paid)).Status);
        var path = (await shop.Staff.Path(awaiting)).Required;
        Assert.Equal((OrderStatus.Cancelled, "staff"), (path.Order.Status, path.Order.CancelReason));
        var decision = Assert.Single(path.Decisions);
        Assert.Equal((OrderAction.Cancel, "nobody paid"), (decision.Action, decision.Reason));
        Assert.NotEqual(Guid.Empty, decision.By);
    }

    [Fact]
    public async Task A_decision_is_for_staff_with_a_reason_and_while_it_is_possible()
    {
        await using var shop = await Shop.Open();
        var id = await shop.Confirmed();
        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(1_000), Money.Won(1_000), "broken"));

        (await shop.Buyer.Decide(id, new(OrderAction.Note, "me"), "k")).Is(Forbidden, "forbidden");
        (await shop.Buyer.Path(id)).Is(Forbidden, "forbidden");
        (await shop.Buyer.Reviews()).Is(Forbidden, "forbidden");
        (await shop.Staff.Decide(id, new(OrderAction.Note, "  "), "k0")).Is(BadRequest, "invalid");
        (await shop.Staff.Decide(Guid.CreateVersion7(), new(OrderAction.Note, "x"), "k1")).Is(NotFound, "not-found");
        (await shop.Staff.Path(Guid.CreateVersion7())).Is(NotFound, "not-found");
        await shop.Staff.Prepare(id);
        await shop.Staff.Ship(id, new("CJ대한통운", "123456789012"));
        (await shop.Staff.Decide(id, new(OrderAction.Cancel, "too late"), "k2")).Is(Conflict, "not-cancellable");
        Assert.True((await shop.Staff.Decide(id, new(OrderAction.Note, "구매자와 통화함"), "k3")).Ok);

        Assert.Equal(["구매자와 통화함"], (await shop.Staff.Path(id)).Required.Decisions.Select(d => d.Reason));
        Assert.DoesNotContain((await shop.Order(id)).History, e => e.Detail.Contains("통화"));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task An_order_that_was_sent_though_the_stock_was_gone_waits_for_staff_and_stays_as_it_is(Store store)
    {
        await using var shop = await Shop.Open(store);
        var id = await shop.Confirmed();
        await shop.Staff.Prepare(id);
        await shop.Staff.Ship(id, new("CJ대한통운", "123456789012"));
        var asSent = await shop.Order(id);

        await shop.Hear(new StockSaleFailed(id, [new("TEA-1", 2, 0)]));
        Assert.Equal(("stock-missing", OrderStatus.Shipped), Assert.Single(await Reviews(shop)) is { } review ? (review.Kind, review.Status) : default);
        Assert.Equal(asSent.History, (await shop.Order(id)).History);
        Assert.Empty(await shop.Announced<CancelPayment>(id));
        // The stock is as wrong when the buyer is gone.
        await shop.Service.Deliver<MemberLeft>("identity", new MemberErased(shop.BuyerId, shop.Time.GetUtcNow()));
        Assert.Equal("stock-missing", Assert.Single(await Reviews(shop)).Kind);

        foreach (var key in new[] { "a", "a", "b" }) Assert.True((await shop.Staff.Decide(id, new(OrderAction.Settle, "two pieces were counted in by hand"), key)).Ok);
        Assert.Empty(await Reviews(shop));
        Assert.Single((await shop.Staff.Path(id)).Required.Decisions);
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task What_has_changed_since_staff_looked_is_neither_cancelled_nor_settled_unseen(Store store)
    {
        await using var shop = await Shop.Open(store);
        var (unpaid, sent) = (await shop.AwaitingPayment(), await shop.Confirmed());
        await ForgetTheTimeout(shop);
        shop.Time.Forward(TimeSpan.FromMinutes(26));
        await shop.Staff.Prepare(sent);
        await shop.Staff.Ship(sent, new("CJ대한통운", "123456789012"));
        await shop.Hear(new StockSaleFailed(sent, [new("TEA-1", 2, 0)]));
        var seen = (await Reviews(shop)).ToDictionary(r => r.OrderId, r => r.Revision);

        await shop.Hear(new PaymentCaptured(unpaid, Money.Won(27_000)), new PaymentRefunded(sent, Guid.CreateVersion7(), Money.Won(1_000), Money.Won(1_000), "broken"));
        (await shop.Staff.Decide(unpaid, new(OrderAction.Cancel, "nobody paid", seen[unpaid]), "a")).Is(Conflict, "stale-revision");
        (await shop.Staff.Decide(sent, new(OrderAction.Settle, "counted", seen[sent]), "b")).Is(Conflict, "stale-revision");
        Assert.True((await shop.Staff.Decide(sent, new(OrderAction.Note, "the courier was called", seen[sent]), "c")).Ok);

        Assert.Equal(OrderStatus.Confirmed, (await shop.Order(unpaid)).Status);
        Assert.Empty(await shop.Announced<CancelPayment>(unpaid));
        var again = Assert.Single(await Reviews(shop));
        foreach (var key in new[] { "d", "e" }) Assert.True((await shop.Staff.Decide(sent, new(OrderAction.Settle, "counted", again.Revision), key)).Ok);
        Assert.Empty(await Reviews(shop));
        Assert.Equal([OrderAction.Note, OrderAction.Settle], (await shop.Staff.Path(sent)).Required.Decisions.Select(d => d.Action));
    }
}
