using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Jangteo.Identity.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Options;
using static System.Net.HttpStatusCode;

namespace Jangteo.Orders.Tests;

public class BenefitsTests
{
    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Takes_a_coupon_and_points_off_the_goods_and_asks_for_the_rest(Store store)
    {
        await using var shop = await Shop.Open(store);
        await shop.Coupon("AUTUMN10", DealTests.Percent(10));
        await shop.GivePoints(5_000);
        var asked = Shop.Tea(total: 22_600) with { CouponCode = "AUTUMN10", Points = 2_000 };
        var id = Guid.CreateVersion7();

        var quote = (await shop.Buyer.QuoteWithBenefits(asked.Lines, "AUTUMN10", 2_000)).Required;
        var placed = (await shop.Buyer.Place(id, asked)).Required;
        var again = (await shop.Buyer.Place(id, asked)).Required;

        Assert.Equal((Money.Won(24_000), Money.Won(3_000), Money.Won(2_400), Money.Won(2_000), Money.Won(22_600)), (quote.Subtotal, quote.DeliveryFee, quote.CouponOff, quote.PointsOff, quote.Total));
        Assert.Equal((5_000, 5_000, 196), (quote.Benefits!.PointsBalance, quote.Benefits.MostPoints, quote.Earns));
        Assert.Equal((Money.Won(24_000), Money.Won(3_000), Money.Won(22_600)), (placed.Subtotal, placed.DeliveryFee, placed.Total));
        Assert.Equal(("AUTUMN10", Money.Won(2_400), Money.Won(2_000), false), (placed.Discounts!.CouponCode, placed.Discounts.CouponOff, placed.Discounts.Points, placed.Discounts.GivenBack));
        Assert.Equal(placed.Number, again.Number);
        Assert.Equal((1, 3_000), (await shop.Used("AUTUMN10"), await shop.Balance()));
        Assert.Equal(["spent", "adjusted"], (await shop.Buyer.Points()).Required.Items.Select(e => e.Kind));
        Assert.Equal(placed.Number, (await shop.Buyer.Points()).Required.Items[0].OrderNumber);

        await shop.Hear(new StockReserved(id));
        Assert.Equal(Money.Won(22_600), Assert.Single(await shop.Announced<RequestPayment>(id)).Amount);
    }

    [Fact]
    public async Task Refuses_what_cannot_be_had_by_name_and_keeps_everything_as_it_was()
    {
        await using var shop = await Shop.Open();
        await shop.Coupon("ONCE", DealTests.Amount(3_000));
        await shop.Coupon("VIPONLY", DealTests.Amount(3_000, isPublic: false));
        await shop.GivePoints(1_500);
        async Task<Answer<OrderView>> Place(long total, string? code = null, long points = 0) => await shop.Buyer.Place(Guid.CreateVersion7(), Shop.Tea(total: total) with { CouponCode = code, Points = points });

        Assert.Equal(CouponRefusals.Unknown, Reason(await Place(27_000, "NEVER")));
        Assert.Equal(CouponRefusals.Unknown, Reason(await Place(24_000, "VIPONLY")));
        (await Place(27_000, "ONCE")).Is(Conflict, "price-changed");
        (await Place(25_000, points: 2_000)).Is(Conflict, "points-short");
        (await Place(26_500, points: 500)).Is(BadRequest, "invalid");
        (await Place(25_995, points: 1_005)).Is(BadRequest, "invalid");
        Assert.Equal((0, 1_500), (await shop.Used("ONCE"), await shop.Balance()));
        Assert.Equal(0, await shop.Service.Db(db => db.Orders.CountAsync()));

        Assert.True((await Place(24_000, "ONCE")).Ok);
        Assert.Equal(CouponRefusals.Used, Reason(await Place(24_000, "ONCE")));
        (await shop.Staff.StopCoupon("VIPONLY")).Required.ToString();
        (await shop.Staff.IssueCoupon("VIPONLY", [shop.BuyerId])).Required.ToString();
        Assert.Equal(CouponRefusals.Stopped, Reason(await Place(24_000, "VIPONLY")));

        await shop.GivePoints(100_000);
        var tooMany = await shop.Buyer.Place(Guid.CreateVersion7(), Shop.Tea(total: 100) with { Points = 24_010 });
        tooMany.Is(Conflict, "points-too-many");
        Assert.Equal(24_000, tooMany.Problem!.Extensions!["most"].GetInt64());
    }

    [Fact]
    public async Task An_order_without_coupon_or_points_touches_none_of_their_tables()
    {
        // Listens from the start: a context that nobody listened to does not look for listeners again for a second.
        using var commands = new CommandsAbout("coupon", "point_");
        await using var shop = await Shop.Open();
        commands.Begin(await shop.Service.Db(db => Task.FromResult(db.Database.GetConnectionString()!)));

        var id = await shop.Confirmed();
        await shop.Buyer.Quote(Shop.Tea().Lines);
        await shop.Buyer.Cancel(id);
        Assert.Empty(commands.Seen);
        Assert.NotEqual(0, commands.Others);

        await shop.Discounted(pay: false);
        Assert.NotEmpty(commands.Seen);
    }

    [Fact]
    public async Task An_id_placed_with_other_discounts_is_another_order()
    {
        await using var shop = await Shop.Open();
        await shop.GivePoints(5_000);
        var id = Guid.CreateVersion7();
        (await shop.Buyer.Place(id, Shop.Tea(total: 25_000) with { Points = 2_000 })).Required.ToString();

        (await shop.Buyer.Place(id, Shop.Tea(total: 25_000))).Is(UnprocessableEntity, "id-reused");
        (await shop.Buyer.Place(id, Shop.Tea(total: 25_000) with { Points = 2_000, CouponCode = "SOME" })).Is(UnprocessableEntity, "id-reused");
    }

    public static MatrixTheoryData<Store, string> WaysOff => new([Store.Sqlite, Store.PostgreSql], ["cancelled", "declined", "expired", "no stock", "member left", "refunded in full"]);

    [Theory, MemberData(nameof(WaysOff))]
    public async Task Gives_coupon_and_points_back_once_when_the_order_is_off(Store store, string how)
    {
        await using var shop = await Shop.Open(store);
        var id = await shop.Discounted(pay: how == "refunded in full");
        Assert.Equal((1, 3_000), (await shop.Used("ONCE"), await shop.Balance()));

        for (var times = 0; times < 2; times++)
            switch (how)
            {
                case "cancelled": await shop.Buyer.Cancel(id); break;
                case "declined": await shop.Hear(new PaymentDeclined(id, "stolen-card", Final: true)); break;
                case "expired": await shop.Hear(new ReservationExpired(id)); break;
                case "no stock": await shop.Hear(new StockSaleFailed(id, [new("TEA-1", 2, 0)])); break;
                case "member left": await shop.Service.Deliver<MemberLeft>("identity", new MemberWithdrawn(shop.BuyerId, shop.Time.GetUtcNow(), shop.Time.GetUtcNow().AddDays(14))); break;
                default: await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(22_000), Money.Won(22_000), "return")); break;
            }
        // The money of a cancelled order comes back later; by then nothing is left to give.
        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(22_000), Money.Won(22_000), ""));
        if (how == "refunded in full") await shop.Buyer.Cancel(id);

        Assert.True((await shop.Order(id)).Discounts!.GivenBack);
        Assert.Equal((0, 5_000), (await shop.Used("ONCE"), await shop.Balance()));
        Assert.Equal(["restored", "spent", "adjusted"], (await shop.Buyer.Points()).Required.Items.Select(e => e.Kind));
        Assert.True((await shop.Buyer.Place(Guid.CreateVersion7(), Shop.Tea(total: 24_000) with { CouponCode = "ONCE" })).Ok, "The coupon can be used again.");
    }

    [Fact]
    public async Task Keeps_coupon_and_points_used_when_a_part_is_refunded()
    {
        await using var shop = await Shop.Open();
        var id = await shop.Discounted(pay: true);

        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(5_000), Money.Won(5_000), "a dent"));
        Assert.Equal((1, 3_000, false), (await shop.Used("ONCE"), await shop.Balance(), (await shop.Order(id)).Discounts!.GivenBack));
        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(17_000), Money.Won(22_000), "all of it"));
        Assert.Equal((0, 5_000, true), (await shop.Used("ONCE"), await shop.Balance(), (await shop.Order(id)).Discounts!.GivenBack));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task A_completed_order_earns_points_once_for_what_was_paid_for_its_goods(Store store)
    {
        await using var shop = await Shop.Open(store, ("Orders:Points:EarnPercent", "5"));
        var id = await shop.Discounted(pay: true);
        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(4_001), Money.Won(4_001), "a dent"));
        await shop.Staff.Prepare(id);
        await shop.Staff.Ship(id, new("CJ", "123456789"));
        await shop.Staff.Deliver(id);

        await shop.Buyer.Complete(id);
        await shop.Buyer.Complete(id);
        await shop.Hear(new AcceptanceDue(id));

        // 24,000 of goods less 3,000 and 2,000 off and 4,001 refunded are 14,999, of which 5 % are 749.95.
        Assert.Equal(749, Assert.Single((await shop.Buyer.Points()).Required.Items, e => e.Kind == "earned").Change);
        Assert.Equal(3_749, await shop.Balance());
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task A_refund_after_the_order_was_completed_takes_back_what_was_earned_with_it(Store store)
    {
        await using var shop = await Shop.Open(store, ("Orders:Points:EarnPercent", "5"));
        var id = await shop.Earning(refunded: 4_001);
        Assert.Equal(3_749, await shop.Balance());

        // Of the 14,999 that earned 749 points 5,000 go back, and with them 249.68 points; then 10,000, which leave 499.38 + 249.68.
        foreach (var total in new[] { 9_001, 14_001, 14_001, 9_001 })
            await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(5_000), Money.Won(total), "a dent"));
        Assert.Equal([-250, -249], (await shop.Buyer.Points()).Required.Items.Where(e => e.Kind == "taken-back").Select(e => e.Change));
        Assert.Equal(3_250, await shop.Balance());

        // With the last part the 2,000 points that were spent come back, and all that was earned has gone.
        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(7_999), Money.Won(22_000), "return"));
        Assert.Equal(5_000, await shop.Balance());
        Assert.Empty((await shop.Staff.Reviews()).Required.Items);
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Points_that_are_spent_before_they_are_taken_back_are_shown_to_staff_and_tried_again_with_the_next_refund(Store store)
    {
        await using var shop = await Shop.Open(store, ("Orders:Points:EarnPercent", "5"));
        var id = await shop.Earning(refunded: 0);
        (await shop.Staff.AdjustPoints(shop.BuyerId, new(-3_850, "spent elsewhere"), "spend")).Required.ToString();
        Assert.Equal(100, await shop.Balance());

        // Half of the 19,000 paid for the goods earned 475 of 950 points: 100 are there.
        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(9_500), Money.Won(9_500), "half"));
        Assert.Equal(0, await shop.Balance());
        var review = Assert.Single((await shop.Staff.Reviews()).Required.Items);
        Assert.Equal((id, "points-missing", 375, shop.BuyerId), (review.OrderId, review.Kind, review.PointsMissing, review.MemberId));

        await shop.GivePoints(500);
        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(1_900), Money.Won(11_400), "more"));
        Assert.Equal(30, await shop.Balance());
        Assert.Empty((await shop.Staff.Reviews()).Required.Items);

        (await shop.Staff.AdjustPoints(shop.BuyerId, new(-30, "spent elsewhere"), "again")).Required.ToString();
        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(1_900), Money.Won(13_300), "more"));
        review = Assert.Single((await shop.Staff.Reviews()).Required.Items);
        Assert.Equal((95, "settle"), (review.PointsMissing, review.Actions[0].ToString().ToLowerInvariant()));
        Assert.True((await shop.Staff.Decide(id, new(OrderAction.Settle, "we let them keep these"), "settle")).Ok);
        Assert.Empty((await shop.Staff.Reviews()).Required.Items);
        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(1_900), Money.Won(15_200), "more"));
        Assert.Equal(95, Assert.Single((await shop.Staff.Reviews()).Required.Items).PointsMissing);
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Points_given_back_by_a_refund_pay_what_it_takes_back(Store store)
    {
        await using var shop = await Shop.Open(store, ("Orders:Points:EarnPercent", "5"));
        var id = await shop.Earning(refunded: 0);
        (await shop.Staff.AdjustPoints(shop.BuyerId, new(-3_950, "spent elsewhere"), "spend")).Required.ToString();

        await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(22_000), Money.Won(22_000), "return"));

        Assert.Equal(1_050, await shop.Balance());
        Assert.Empty((await shop.Staff.Reviews()).Required.Items);
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task A_member_who_left_has_neither_points_nor_coupons_and_gets_none_back(Store store)
    {
        await using var shop = await Shop.Open(store);
        await shop.Coupon("UNUSED", DealTests.Amount(1_000));
        (await shop.Buyer.RegisterCoupon("UNUSED")).Required.ToString();
        var id = await shop.Discounted(pay: true);

        await shop.Service.Deliver<MemberLeft>("identity", new MemberErased(shop.BuyerId, shop.Time.GetUtcNow()));
        await shop.Staff.Cancel(id);

        Assert.Equal(0, await shop.Balance());
        Assert.Empty((await shop.Staff.PointsOf(shop.BuyerId)).Required.Items);
        Assert.Equal(["ONCE"], (await shop.Staff.CouponsOf(shop.BuyerId)).Required.Items.Select(c => c.Code));
        Assert.Equal((OrderStatus.Cancelled, false), ((await shop.Order(id)).Status, (await shop.Order(id)).Discounts!.GivenBack));
        Assert.Equal(1, await shop.Used("ONCE"));
    }

    [Fact]
    public async Task A_coupon_box_takes_public_codes_and_what_staff_issue()
    {
        await using var shop = await Shop.Open();
        await shop.Coupon("PUBLIC1", DealTests.Amount(1_000));
        await shop.Coupon("ISSUED1", DealTests.Amount(2_000, minSubtotal: 100_000, isPublic: false));
        await shop.Coupon("OVER", DealTests.Amount(2_000) with { ValidUntil = DealTests.Now.AddDays(-100) });

        Assert.Equal(CouponRefusals.Unknown, Reason(await shop.Buyer.RegisterCoupon("ISSUED1")));
        Assert.Equal(CouponRefusals.Unknown, Reason(await shop.Buyer.RegisterCoupon("NEVER")));
        Assert.Equal(CouponRefusals.Expired, Reason(await shop.Buyer.RegisterCoupon("OVER")));
        Assert.True((await shop.Buyer.RegisterCoupon("PUBLIC1")).Ok);
        Assert.True((await shop.Buyer.RegisterCoupon("PUBLIC1")).Ok);
        Assert.Equal(new(1, 0), (await shop.Staff.IssueCoupon("ISSUED1", [shop.BuyerId, shop.BuyerId])).Required);
        Assert.Equal(new(0, 1), (await shop.Staff.IssueCoupon("ISSUED1", [shop.BuyerId])).Required);
        (await shop.Staff.IssueCoupon("NEVER", [shop.BuyerId])).Is(NotFound, "not-found");

        var first = (await shop.Buyer.Coupons(limit: 1)).Required;
        var second = (await shop.Buyer.Coupons(first.Next, limit: 1)).Required;
        Assert.Equal(["ISSUED1", "PUBLIC1"], [.. first.Items.Select(c => c.Code), .. second.Items.Select(c => c.Code)]);
        Assert.Null(second.Next);
        Assert.Empty((await shop.Stranger.Coupons()).Required.Items);
        var offers = (await shop.Buyer.QuoteWithBenefits(Shop.Tea().Lines)).Required.Benefits!.Coupons;
        Assert.Equal([("PUBLIC1", null), ("ISSUED1", CouponRefusals.BelowMinimum)], offers.Select(o => (o.Code, o.Refusal)));
        Assert.Null((await new OrdersClient(shop.Service.Http).QuoteWithBenefits(Shop.Tea().Lines, "PUBLIC1")).Required.Benefits);
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task A_page_of_a_coupon_box_does_not_begin_at_a_code_that_cannot_be(Store store)
    {
        await using var shop = await Shop.Open(store);
        await shop.Coupon("PUBLIC1", DealTests.Amount(1_000));
        (await shop.Buyer.RegisterCoupon("PUBLIC1")).Required.ToString();

        (await shop.Buyer.Coupons(Cursor.Of(new HeldBefore(DateTimeOffset.UtcNow, "\0")))).Is(BadRequest, "invalid");
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task A_coupon_once_made_keeps_its_terms(Store store)
    {
        await using var shop = await Shop.Open(store);
        var terms = DealTests.Percent(10, most: 5_000) with { ValidFrom = DateTimeOffset.UtcNow, TotalLimit = 7, MemberLimit = 2 };
        await shop.Coupon("KEPT", terms);
        await shop.Coupon("KEPT", terms);

        (await shop.Staff.MakeCoupon("KEPT", terms with { PercentOff = 20 })).Is(Conflict, "coupon-exists");
        (await shop.Staff.StopCoupon("KEPT")).Required.ToString();
        var stopped = (await shop.Staff.StopCoupon("KEPT")).Required;

        Assert.NotNull(stopped.StoppedAt);
        Assert.Equal((10, 5_000, 7, 2), (stopped.Terms.PercentOff, stopped.Terms.MostOff, stopped.Terms.TotalLimit, stopped.Terms.MemberLimit));
        Assert.Equal("KEPT", Assert.Single((await shop.Staff.StaffCoupons()).Required.Items).Code);
        (await shop.Staff.StopCoupon("NEVER")).Is(NotFound, "not-found");
    }

    [Fact]
    public async Task Names_the_terms_that_cannot_be()
    {
        await using var shop = await Shop.Open();
        var terms = DealTests.Amount(1_000);
        async Task Wrong(string field, CouponTerms wrong)
        {
            var answer = await shop.Staff.MakeCoupon("WRONG", wrong);
            answer.Is(BadRequest, "invalid");
            Assert.Contains(field, answer.Problem!.Errors!.Keys);
        }

        await Wrong("amountOff", terms with { PercentOff = 10 });
        await Wrong("amountOff", terms with { AmountOff = null });
        await Wrong("amountOff", terms with { AmountOff = 0 });
        await Wrong("percentOff", terms with { PercentOff = 101 });
        await Wrong("memberLimit", terms with { MemberLimit = 0 });
        await Wrong("totalLimit", terms with { TotalLimit = -1 });
        await Wrong("minSubtotal", terms with { MinSubtotal = -1 });
        await Wrong("validUntil", terms with { ValidUntil = terms.ValidFrom });
        // Coupons begin and end at a whole millisecond.
        await Wrong("validUntil", terms with { ValidFrom = DateTimeOffset.UnixEpoch, ValidUntil = DateTimeOffset.UnixEpoch.AddTicks(1) });
        await Wrong("validUntil", terms with { ValidUntil = terms.ValidFrom.AddYears(11) });
        await Wrong("name.ko", terms with { Name = new(" ", "Off") });
        await Wrong("name.en", terms with { Name = new("할인", new('x', 101)) });
        (await shop.Staff.MakeCoupon("bad code", terms)).Is(BadRequest, "invalid");
        Assert.Equal(0, await shop.Service.Db(db => db.Coupons.CountAsync()));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Staff_give_and_take_points_once_for_a_key_and_never_below_zero(Store store)
    {
        await using var shop = await Shop.Open(store);

        (await shop.Staff.AdjustPoints(shop.BuyerId, new(3_000, "sorry for the delay"), "one")).Required.ToString();
        var again = (await shop.Staff.AdjustPoints(shop.BuyerId, new(3_000, "sorry for the delay"), "one")).Required;
        (await shop.Staff.AdjustPoints(shop.BuyerId, new(-3_001, "a mistake"), "two")).Is(Conflict, "points-short");
        (await shop.Staff.AdjustPoints(shop.BuyerId, new(0, "nothing"), "three")).Is(BadRequest, "invalid");
        var left = (await shop.Staff.AdjustPoints(shop.BuyerId, new(-1_000, "a mistake"), "four")).Required;

        Assert.Equal((3_000, 2_000), (again.Balance, left.Balance));
        Assert.Equal([(-1_000, "a mistake"), (3_000, "sorry for the delay")], left.Items.Select(e => ((int)e.Change, e.Reason)));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Entries_are_never_changed(Store store)
    {
        await using var shop = await Shop.Open(store);
        await shop.Discounted(pay: false);

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => shop.Service.Db(db => db.Database.ExecuteSqlRawAsync("""UPDATE point_entries SET "Change" = 999999 WHERE "Change" > 0""")));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => shop.Service.Db(db => db.Database.ExecuteSqlRawAsync("""UPDATE coupon_uses SET "Change" = -1""")));
    }

    [Theory]
    [InlineData("Orders:Points:EarnPercent", "101")]
    [InlineData("Orders:Points:Unit", "0")]
    [InlineData("Orders:Points:Minimum", "0")]
    [InlineData("Orders:Points:LeastToPay", "0")]
    public async Task Does_not_start_with_a_wrong_setting(string setting, string value) =>
        Assert.Contains(setting.Split(':')[^1], (await Assert.ThrowsAsync<OptionsValidationException>(() => Shop.Open(Store.Sqlite, (setting, value)))).Message);

    static string? Reason<T>(Answer<T> answer)
    {
        answer.Is(Conflict, "coupon-unusable");
        return answer.Problem!.Extensions!["reason"].GetString();
    }
}

/// <summary>Listens to what is asked of one database: the commands that name one of some words, and how many do not.</summary>
sealed class CommandsAbout : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    readonly string[] _words;
    string? _database;
    readonly List<IDisposable> _subscriptions = [];

    public CommandsAbout(params string[] words)
    {
        _words = words;
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    public ConcurrentQueue<string> Seen { get; } = [];
    public int Others;

    /// <summary>From now on what this database is asked counts.</summary>
    public void Begin(string database) => _database = database;

    public void OnNext(DiagnosticListener listener)
    {
        if (listener.Name == DbLoggerCategory.Name) _subscriptions.Add(listener.Subscribe(this, name => name == RelationalEventId.CommandExecuted.Name));
    }

    public void OnNext(KeyValuePair<string, object?> happened)
    {
        if (happened.Value is not CommandEventData { Command: { } command } || command.Connection?.ConnectionString != _database) return;
        if (_words.Any(command.CommandText.Contains)) Seen.Enqueue(command.CommandText);
        else Interlocked.Increment(ref Others);
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    public void Dispose() => _subscriptions.ForEach(s => s.Dispose());
}

/// <summary>A shop with coupons and points.</summary>
static class Benefits
{
    public static async Task Coupon(this Shop shop, string code, CouponTerms terms) => (await shop.Staff.MakeCoupon(code, terms)).Required.ToString();

    public static async Task GivePoints(this Shop shop, long points) => (await shop.Staff.AdjustPoints(shop.BuyerId, new(points, "a gift"), Guid.NewGuid().ToString())).Required.ToString();

    public static Task<int> Used(this Shop shop, string code) => shop.Service.Db(db => db.Coupons.Where(c => c.Code == code).Select(c => c.Used).SingleAsync());

    public static async Task<long> Balance(this Shop shop) => (await shop.Staff.PointsOf(shop.BuyerId)).Required.Balance;

    /// <summary>An order with 3,000 off by the coupon ONCE and 2,000 of 5,000 points, its stock reserved.</summary>
    public static async Task<Guid> Discounted(this Shop shop, bool pay)
    {
        await shop.Coupon("ONCE", DealTests.Amount(3_000, total: 1));
        await shop.GivePoints(5_000);
        var id = Guid.CreateVersion7();
        (await shop.Buyer.Place(id, Shop.Tea(total: 22_000) with { CouponCode = "ONCE", Points = 2_000 })).Required.ToString();
        await shop.Hear(new StockReserved(id));
        if (pay) await shop.Hear(new PaymentCaptured(id, Money.Won(22_000)));
        return id;
    }

    /// <summary>The same, delivered and accepted: its points are earned.</summary>
    public static async Task<Guid> Earning(this Shop shop, long refunded)
    {
        var id = await shop.Discounted(pay: true);
        if (refunded > 0) await shop.Hear(new PaymentRefunded(id, Guid.CreateVersion7(), Money.Won(refunded), Money.Won(refunded), "a dent"));
        foreach (var step in new Func<Task<Answer<OrderView>>>[] { () => shop.Staff.Prepare(id), () => shop.Staff.Ship(id, new("CJ", "123456789")), () => shop.Staff.Deliver(id), () => shop.Buyer.Complete(id) })
            (await step()).Required.ToString();
        return id;
    }
}
