using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders.Tests;

/// <summary>Fifty at once against each limit; and the same with the constraint dropped, when it must fail.</summary>
public class BenefitRaceTests
{
    const int Buyers = 50;

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task One_of_fifty_orders_has_a_coupon_that_can_be_used_once(Store store)
    {
        await using var shop = await Shop.Open(store);
        await shop.Coupon("SINGLE", DealTests.Amount(3_000, total: 1));

        var answers = await AtOnce(Buyers, _ => shop.ClientOf(Guid.CreateVersion7()).Place(Guid.CreateVersion7(), Shop.Tea(total: 24_000) with { CouponCode = "SINGLE" }));

        Assert.Single(answers, a => a.Ok);
        Assert.All(answers.Where(a => !a.Ok), a => a.Is(System.Net.HttpStatusCode.Conflict, "coupon-unusable"));
        Assert.Equal((1, 1, 1), (await shop.Used("SINGLE"), await shop.Service.Db(db => db.CouponUses.CountAsync()), await shop.Service.Db(db => db.Orders.CountAsync())));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task A_member_uses_a_coupon_as_often_as_they_may_in_fifty_orders_at_once(Store store)
    {
        await using var shop = await Shop.Open(store);
        await shop.Coupon("THRICE", DealTests.Amount(3_000, perMember: 3));

        var answers = await AtOnce(Buyers, _ => shop.Buyer.Place(Guid.CreateVersion7(), Shop.Tea(total: 24_000) with { CouponCode = "THRICE" }));

        Assert.Equal(3, answers.Count(a => a.Ok));
        Assert.All(answers.Where(a => !a.Ok), a => a.Is(System.Net.HttpStatusCode.Conflict, "coupon-unusable"));
        Assert.Equal(3, await shop.Used("THRICE"));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Points_are_spent_once_however_many_orders_ask_for_them(Store store)
    {
        await using var shop = await Shop.Open(store, ("Orders:Points:Minimum", "10"));
        await shop.GivePoints(1_000);

        var answers = await AtOnce(Buyers, _ => shop.Buyer.Place(Guid.CreateVersion7(), Shop.Tea(total: 26_700) with { Points = 300 }));

        Assert.Equal(3, answers.Count(a => a.Ok));
        Assert.All(answers.Where(a => !a.Ok), a => a.Is(System.Net.HttpStatusCode.Conflict, "points-short"));
        Assert.Equal((100, 3), (await shop.Balance(), await shop.Service.Db(db => db.Orders.CountAsync())));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task One_order_sent_fifty_times_is_never_refused_for_what_it_has_taken_itself(Store store)
    {
        await using var shop = await Shop.Open(store, ("Orders:Points:Minimum", "10"));
        for (var round = 0; round < 5; round++)
        {
            var (id, code) = (Guid.CreateVersion7(), $"SINGLE{round}");
            await shop.Coupon(code, DealTests.Amount(3_000, total: 1));
            await shop.GivePoints(500);

            var answers = await AtOnce(Buyers, _ => shop.Buyer.Place(id, Shop.Tea(total: 23_500) with { CouponCode = code, Points = 500 }));

            Assert.All(answers, a => Assert.Null(a.Problem));
            Assert.Equal((1, 0), (await shop.Used(code), await shop.Balance()));
        }
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Coupon_and_points_come_back_once_when_cancel_expiry_and_decline_meet(Store store)
    {
        await using var shop = await Shop.Open(store, ("Orders:Points:Minimum", "10"));
        await shop.Coupon("MANY", DealTests.Amount(1_000, perMember: 100));
        await shop.GivePoints(10_000);
        var ids = new List<Guid>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(Guid.CreateVersion7());
            (await shop.Buyer.Place(ids[i], Shop.Tea(total: 25_500) with { CouponCode = "MANY", Points = 500 })).Required.ToString();
        }
        await shop.Hear([.. ids.Select(id => new StockReserved(id))]);
        Assert.Equal((20, 0), (await shop.Used("MANY"), await shop.Balance()));

        await AtOnce(ids.Count * 3, i => (i % 3) switch
        {
            0 => (Task)shop.Buyer.Cancel(ids[i / 3]),
            1 => CheckoutTests.Retried(() => shop.Hear(new ReservationExpired(ids[i / 3]))),
            _ => CheckoutTests.Retried(() => shop.Hear(new PaymentDeclined(ids[i / 3], "stolen-card", Final: true))),
        });

        Assert.Equal((0, 10_000), (await shop.Used("MANY"), await shop.Balance()));
        Assert.Equal(20, await shop.Service.Db(db => db.PointEntries.CountAsync(e => e.Kind == PointEntry.Restored)));
        Assert.Equal(20, await shop.Service.Db(db => db.CouponUses.CountAsync(u => u.Kind == CouponUse.RestoredKind)));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Earned_points_are_taken_back_once_while_refunds_repeat_and_orders_spend_the_balance(Store store)
    {
        await using var shop = await Shop.Open(store, ("Orders:Points:EarnPercent", "5"), ("Orders:Points:Minimum", "10"));
        var id = await shop.Earning(refunded: 0);
        var before = await shop.Balance();

        var spent = 0;
        await AtOnce(Buyers, async i =>
        {
            // Refunds are heard out of order and many times over, each a tenth of what was paid for the goods.
            if (i % 2 == 0) await CheckoutTests.Retried(() => shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(1_900), Money.Won(1_900 * (1 + i / 2 % 10)), "part")));
            else if ((await shop.Buyer.Place(Guid.CreateVersion7(), Shop.Tea(total: 26_700) with { Points = 300 })).Ok) Interlocked.Increment(ref spent);
        });

        var order = await shop.Service.Db(db => db.Orders.AsNoTracking().SingleAsync(o => o.Id == id));
        var entries = await shop.Service.Db(db => db.PointEntries.AsNoTracking().Where(e => e.Kind == PointEntry.TakenBack).ToListAsync());
        Assert.Equal(Money.Won(19_000), order.Refunded);
        Assert.Equal(950, order.Earned!.TakenBack + order.PointsMissing);
        Assert.Equal(order.Earned.TakenBack, -entries.Sum(e => e.Change));
        Assert.Equal(before - 300 * spent - order.Earned.TakenBack, await shop.Balance());
        Assert.InRange(await shop.Balance(), 0, before);
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Control_without_its_constraint_a_single_coupon_is_used_more_than_once(Store store)
    {
        await using var shop = await Shop.Open(store);
        await shop.Coupon("SINGLE", DealTests.Amount(3_000, total: 1));
        await DropCheck(shop, store, "coupons", "ck_coupons_used");

        // Two that both looked before either had saved: what fifty at once come to, without the luck.
        await BothLookFirst(shop, "SINGLE", points: 0);

        Assert.Equal(2, await shop.Used("SINGLE"));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Control_without_its_constraint_points_are_spent_twice(Store store)
    {
        await using var shop = await Shop.Open(store);
        await shop.GivePoints(1_000);
        await DropCheck(shop, store, "point_balances", "ck_point_balances");

        await BothLookFirst(shop, null, points: 1_000);

        Assert.Equal(-1_000, await shop.Balance());
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task The_database_refuses_what_two_who_looked_first_would_both_take(Store store)
    {
        await using var shop = await Shop.Open(store);
        await shop.Coupon("SINGLE", DealTests.Amount(3_000, total: 1));
        await shop.GivePoints(1_000);

        await Assert.ThrowsAsync<DbUpdateException>(() => BothLookFirst(shop, "SINGLE", points: 0));
        await Assert.ThrowsAsync<DbUpdateException>(() => BothLookFirst(shop, null, points: 1_000));

        Assert.Equal((1, 0), (await shop.Used("SINGLE"), await shop.Balance()));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task The_database_refuses_a_second_return_and_without_its_index_would_take_it(Store store)
    {
        await using var shop = await Shop.Open(store);
        var id = await shop.Discounted(pay: false);
        await shop.Buyer.Cancel(id);
        Task Again() => shop.Service.Db(async db =>
        {
            var seq = await db.Orders.Where(o => o.Id == id).Select(o => o.Seq).SingleAsync();
            return await db.Database.ExecuteSqlInterpolatedAsync($"""INSERT INTO point_entries ("MemberId", "Change", "Kind", "OrderSeq", "Refunded", "Reason", "By", "At") SELECT "MemberId", "Change", "Kind", "OrderSeq", "Refunded", "Reason", "By", "At" FROM point_entries WHERE "OrderSeq" = {seq} AND "Kind" = 'restored'""");
        });

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(Again);
        Assert.Equal(5_000, await shop.Balance());
        await shop.Service.Db(db => db.Database.ExecuteSqlRawAsync("""DROP INDEX "IX_point_entries_OrderSeq_Kind_Refunded" """));
        await Again();
        Assert.Equal(7_000, await shop.Balance());
    }

    /// <summary>Two orders that have both seen the coupon or the points as free, and are then saved one after the other.</summary>
    static async Task BothLookFirst(Shop shop, string? code, long points)
    {
        var orders = new List<(Order, HeldCoupon?)>();
        for (var i = 0; i < 2; i++)
        {
            // Another member each for the coupon, whose own limit is one; the same member for the points.
            var member = code is null ? shop.BuyerId : Guid.CreateVersion7();
            var purse = await shop.Service.Db(db => Purse.Of(member, code, db, default));
            var deal = Deal.Of(purse, code, points, 24_000, 3_000, new(), shop.Time.GetUtcNow());
            Assert.True(deal is { CouponRefusal: null, PointsRefusal: null });
            orders.Add((OrderTests.Placed(member, new(code, purse.Coupon?.Name, deal.CouponOff, deal.Points)), code is null ? null : HeldCoupon.Of(purse.Coupon!, member, shop.Time.GetUtcNow())));
        }
        foreach (var (order, held) in orders)
            await shop.Service.Db(async db =>
            {
                if (held is not null) db.Add(held);
                db.Add(order);
                return await db.SaveChangesAsync();
            });
    }

    static async Task DropCheck(Shop shop, Store store, string table, string check) => await shop.Service.Db(async db =>
    {
        // SQLite cannot drop a constraint, but its one writer can be told to look away.
        var sql = store is Store.PostgreSql ? $"ALTER TABLE {table} DROP CONSTRAINT {check}" : "PRAGMA ignore_check_constraints = ON";
        await db.Unit(() => db.Database.ExecuteSqlRawAsync(sql), default);
        return true;
    });

    /// <summary>All of them wait for the last to be ready.</summary>
    static async Task<T[]> AtOnce<T>(int count, Func<int, Task<T>> act)
    {
        using var barrier = new Barrier(count);
        return await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Factory.StartNew(() =>
        {
            barrier.SignalAndWait();
            return act(i);
        }, TaskCreationOptions.LongRunning).Unwrap()));
    }

    static Task AtOnce(int count, Func<int, Task> act) => AtOnce(count, async i =>
    {
        await act(i);
        return i;
    });
}
