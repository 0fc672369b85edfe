using System.Text.RegularExpressions;
using Jangteo.Board.Contracts;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;

namespace Jangteo.Mall.Tests;

public class TogetherOnSqlite(TogetherOnSqlite.Shop shop) : JourneyTests(shop), IClassFixture<TogetherOnSqlite.Shop> { public sealed class Shop() : OneMall(new(Layout.Together, PostgreSql: false)); }
public class TogetherOnPostgreSql(TogetherOnPostgreSql.Shop shop) : JourneyTests(shop), IClassFixture<TogetherOnPostgreSql.Shop> { public sealed class Shop() : OneMall(new(Layout.Together, PostgreSql: true)); }
public class ApartOnSqlite(ApartOnSqlite.Shop shop) : JourneyTests(shop), IClassFixture<ApartOnSqlite.Shop> { public sealed class Shop() : OneMall(new(Layout.Apart, PostgreSql: false)); }
public class ApartOnPostgreSql(ApartOnPostgreSql.Shop shop) : JourneyTests(shop), IClassFixture<ApartOnPostgreSql.Shop> { public sealed class Shop() : OneMall(new(Layout.Apart, PostgreSql: true)); }
public class MixedOnSqlite(MixedOnSqlite.Shop shop) : JourneyTests(shop), IClassFixture<MixedOnSqlite.Shop> { public sealed class Shop() : OneMall(new(Layout.Mixed, PostgreSql: false)); }
public class MixedOnPostgreSql(MixedOnPostgreSql.Shop shop) : JourneyTests(shop), IClassFixture<MixedOnPostgreSql.Shop> { public sealed class Shop() : OneMall(new(Layout.Mixed, PostgreSql: true)); }

/// <summary>A mall that the tests of a class share: opened before the first, closed after the last, so that only one runs at a time.</summary>
public abstract class OneMall(Shape shape) : IAsyncLifetime
{
    public TestMall Mall { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Mall = await TestMall.Open(shape);

    public async ValueTask DisposeAsync()
    {
        await Mall.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>What a shopper does, over HTTP, in every shape; each journey ends with the ledger check.</summary>
public abstract partial class JourneyTests(OneMall shop)
{
    readonly TestMall mall = shop.Mall;

    [Fact]
    public async Task A_shopper_signs_up_searches_buys_reviews_asks_cancels_and_withdraws()
    {
        using var shopper = new Visitor(mall);
        using var staff = await new Visitor(mall).AsStaff();

        // A guest searches and fills a cart.
        Assert.NotEmpty((await shopper.Catalog.Browse(new(Search: "사과"))).Required.Items);
        Assert.NotEmpty((await shopper.Catalog.Browse(new(Search: "무선 이어폰"))).Required.Items);
        var found = (await shopper.Catalog.Browse(new(Search: "apple", InStock: true))).Required;
        Assert.Contains(found.Items, i => i.Name.En.Contains("apple", StringComparison.OrdinalIgnoreCase));
        var product = await Buyable(shopper, staff);
        await Eventually.Holds(async () => (await shopper.Cart.Put(product.Sku, 2)) is { Ok: true, Value.Count: 2 }, "the guest's cart holds two");

        // Signing up and logging in merges it.
        await shopper.SignUp();
        var cart = (await shopper.Cart.Get()).Required;
        Assert.Equal(2, Assert.Single(cart.Lines).Quantity);
        await Verify(shopper, staff);

        // An order, paid at the provider's page.
        var order = await shopper.PlaceOrder(PaymentMethods.Card, new SkuQuantity(product.Sku, 2));
        await Eventually.Holds(async () => (await shopper.Payments.Start(order.Id)).Ok, "the payment can be started");
        await shopper.PayAtProvider(order.Id);
        await shopper.Becomes(order.Id, OrderStatus.Confirmed);
        await Eventually.Holds(async () => (await shopper.Cart.Get()).Required.Count == 0, "the ordered lines leave the cart");

        // A review marked as verified, once; a secret question that others cannot read.
        await Eventually.Holds(async () => (await shopper.Board.Reviewable(product.ProductId)).Required.Count == 1, "the purchase may be reviewed");
        var review = (await shopper.Board.Write(Boards.Review, new("좋아요", "정말 **맛있어요**", product.ProductId, product.Sku, order.Id, 5), Key())).Required;
        Assert.True(review.VerifiedPurchase);
        Assert.False((await shopper.Board.Write(Boards.Review, new("또", "한번 더", product.ProductId, product.Sku, order.Id, 5), Key())).Ok);
        var question = (await shopper.Board.Write(Boards.Questions, new("비밀", "배송 언제 오나요?", product.ProductId, Secret: true), Key())).Required;
        using var stranger = await new Visitor(mall).SignUp("다른이");
        Assert.Equal(404, (await stranger.Board.Post(Boards.Questions, question.Id)).Problem!.Status);
        Assert.True((await staff.Board.Post(Boards.Questions, question.Id)).Ok);

        // Another order, at once, cancelled and refunded.
        var second = await shopper.PlaceOrder(PaymentMethods.Instant, new SkuQuantity(product.Sku, 1));
        await shopper.Becomes(second.Id, OrderStatus.Confirmed);
        Assert.Equal(404, (await stranger.Orders.Cancel(second.Id)).Problem!.Status);
        Assert.Equal(OrderStatus.Cancelled, (await shopper.Orders.Cancel(second.Id)).Required.Status);
        await Eventually.Holds(async () => (await shopper.Orders.Get(second.Id)).Required.Refunded == second.Total, "the money is back");

        // Withdrawal with the password, and its undoing.
        Assert.False((await shopper.Identity.Withdraw(new("wrong password here"))).Ok);
        Assert.NotNull((await shopper.Identity.Withdraw(new(Visitor.Password))).Required.GraceEndsAt);
        await shopper.Login(shopper.Email, Visitor.Password);
        Assert.Null((await shopper.Identity.UndoWithdrawal()).Required.GraceEndsAt);

        await LedgerCheck.Holds(mall);
    }

    [Fact]
    public async Task The_last_unit_goes_to_one_of_many_and_the_others_are_refused_without_a_charge()
    {
        using var staff = await new Visitor(mall).AsStaff();
        var product = await staff.NewProduct(stock: 1);
        var buyers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => new Visitor(mall).SignUp()));
        var orders = await Task.WhenAll(buyers.Select(async b => (Buyer: b, Order: await b.PlaceOrder(PaymentMethods.Instant, new SkuQuantity(product.Sku, 1)))));

        foreach (var (buyer, order) in orders) await Eventually.Holds(async () => (await buyer.Orders.Get(order.Id)).Required.Status is OrderStatus.Confirmed or OrderStatus.Cancelled, "each order ends");
        var ended = await Task.WhenAll(orders.Select(async o => (await o.Buyer.Orders.Get(o.Order.Id)).Required));
        Assert.Equal(1, ended.Count(o => o.Status == OrderStatus.Confirmed));
        Assert.All(ended.Where(o => o.Status == OrderStatus.Cancelled), o => Assert.Equal("out-of-stock", o.CancelReason));
        await LedgerCheck.Holds(mall);
        foreach (var buyer in buyers) buyer.Dispose();
    }

    [Fact]
    public async Task Staff_ship_an_order_and_refund_a_part_of_it()
    {
        using var staff = await new Visitor(mall).AsStaff();
        using var buyer = await new Visitor(mall).SignUp();
        var product = await staff.NewProduct(stock: 5);
        var order = await buyer.PlaceOrder(PaymentMethods.Instant, new SkuQuantity(product.Sku, 2));
        await buyer.Becomes(order.Id, OrderStatus.Confirmed);

        Assert.Equal(403, (await buyer.Orders.Prepare(order.Id)).Problem!.Status);
        Assert.True((await staff.Orders.Prepare(order.Id)).Ok);
        Assert.Equal(409, (await buyer.Orders.Cancel(order.Id)).Problem!.Status);
        Assert.Equal(400, (await staff.Orders.Ship(order.Id, new("", "123"))).Problem!.Status);
        Assert.Equal(OrderStatus.Shipped, (await staff.Orders.Ship(order.Id, new("CJ대한통운", "601234567890"))).Required.Status);
        Assert.Equal(OrderStatus.Delivered, (await staff.Orders.Deliver(order.Id)).Required.Status);
        Assert.Equal(OrderStatus.Completed, (await buyer.Orders.Complete(order.Id)).Required.Status);

        var key = Key();
        Assert.True((await staff.Payments.Refund(order.Id, new(Money.Won(1_000), "달걀이 깨짐"), key)).Ok);
        Assert.Equal(422, (await staff.Payments.Refund(order.Id, new(Money.Won(2_000), "달걀이 깨짐"), key)).Problem!.Status);
        Assert.False((await staff.Payments.Refund(order.Id, new(order.Total, "너무 많음"), Key())).Ok);
        await Eventually.Holds(async () => (await buyer.Orders.Get(order.Id)).Required.Refunded == Money.Won(1_000), "the refund shows on the order");
        await LedgerCheck.Holds(mall);
    }

    [Fact]
    public async Task What_staff_refund_in_full_before_it_is_sent_is_off_and_its_stock_comes_back()
    {
        using var staff = await new Visitor(mall).AsStaff();
        using var buyer = await new Visitor(mall).SignUp();
        var product = await staff.NewProduct(stock: 5);
        var order = await buyer.PlaceOrder(PaymentMethods.Instant, new SkuQuantity(product.Sku, 2));
        await buyer.Becomes(order.Id, OrderStatus.Confirmed);

        Assert.True((await staff.Payments.Refund(order.Id, new(order.Total, "더는 만들지 않음"), Key())).Ok);

        await buyer.Becomes(order.Id, OrderStatus.Cancelled);
        Assert.Equal(409, (await staff.Orders.Prepare(order.Id)).Problem!.Status);
        // Nothing goes back twice, and the stock is whole.
        var books = await LedgerCheck.Holds(mall);
        Assert.Equal(order.Total.Amount, books.Ledger.Where(e => e.OrderId == $"{order.Id}" && e.Kind == "refund").Sum(e => e.Amount));
        Assert.Equal(5, books.Stock.Single(s => s.Sku == product.Sku).Available);
    }

    [Fact]
    public async Task A_price_that_changed_between_view_and_order_is_said_and_not_charged()
    {
        using var staff = await new Visitor(mall).AsStaff();
        using var buyer = await new Visitor(mall).SignUp();
        var product = await staff.NewProduct(stock: 5, price: 10_000);
        SkuQuantity[] lines = [new(product.Sku, 1)];
        var seen = (await buyer.Orders.Quote(lines)).Required.Total;
        await staff.Reprice(product, 12_000);
        await Eventually.Holds(async () => (await buyer.Orders.Quote(lines)).Required.Total != seen, "orders heard the new price");

        var refused = await buyer.Orders.Place(Guid.CreateVersion7(), new(lines, Buying.Address, seen, PaymentMethods.Instant));
        Assert.Equal(409, refused.Problem!.Status);
        Assert.True(refused.Problem.Is("price-changed"));
        Assert.Empty((await buyer.Orders.List()).Required.Items);
        await LedgerCheck.Holds(mall);
    }

    [Fact]
    public async Task A_coupon_and_points_are_taken_with_the_order_and_come_back_with_its_cancellation()
    {
        using var staff = await new Visitor(mall).AsStaff();
        using var buyer = await new Visitor(mall).SignUp();
        var me = (await buyer.Identity.Me()).Required.Id;
        var product = await staff.NewProduct(stock: 5);
        var code = $"J-{Key()[24..].ToUpperInvariant()}";
        var now = DateTimeOffset.UtcNow;
        (await staff.Orders.MakeCoupon(code, new(new("여정", "Journey"), now.AddDays(-1), now.AddDays(1), PercentOff: 10, TotalLimit: 1))).Required.ToString();
        (await staff.Orders.AdjustPoints(me, new(5_000, "여정"), Key())).Required.ToString();
        (await buyer.Orders.RegisterCoupon(code)).Required.ToString();
        SkuQuantity[] lines = [new(product.Sku, 2)];
        var quote = (await buyer.Orders.QuoteWithBenefits(lines, code, 3_000)).Required;
        Assert.Equal((Money.Won(20_000 + 3_000 - 2_000 - 3_000), code), (quote.Total, Assert.Single(quote.Benefits!.Coupons).Code));

        // One of many at once has the coupon; what the others are told is a reason and not a failure.
        var placed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => buyer.Orders.Place(Guid.CreateVersion7(), new(lines, Buying.Address, quote.Total, PaymentMethods.Instant, code, 3_000))));
        var order = Assert.Single(placed, p => p.Ok).Required;
        Assert.All(placed.Where(p => !p.Ok), p => Assert.True(p.Problem!.Is("coupon-unusable") || p.Problem.Is("points-short"), p.Problem.Type));
        await buyer.Becomes(order.Id, OrderStatus.Confirmed);
        Assert.Equal(2_000, (await buyer.Orders.Points()).Required.Balance);
        await LedgerCheck.Holds(mall);

        Assert.Equal(OrderStatus.Cancelled, (await buyer.Orders.Cancel(order.Id)).Required.Status);
        await Eventually.Holds(async () => (await buyer.Orders.Get(order.Id)).Required.Refunded == order.Total, "the money is back");
        Assert.Equal((5_000, 1), ((await buyer.Orders.Points()).Required.Balance, (await buyer.Orders.Coupons()).Required.Items.Single().UsesLeft));
        await LedgerCheck.Holds(mall);
    }

    [Fact]
    public async Task A_cancelled_order_that_was_never_paid_frees_the_stock()
    {
        using var staff = await new Visitor(mall).AsStaff();
        using var buyer = await new Visitor(mall).SignUp();
        var product = await staff.NewProduct(stock: 5);
        var order = await buyer.PlaceOrder(PaymentMethods.Card, new SkuQuantity(product.Sku, 5));
        await buyer.Becomes(order.Id, OrderStatus.AwaitingPayment);
        await Eventually.Holds(async () => (await staff.Inventory.Stock([product.Sku])).Required.Single().Available == 0, "all are reserved");
        Assert.Equal(OrderStatus.Cancelled, (await buyer.Orders.Cancel(order.Id)).Required.Status);
        await Eventually.Holds(async () => (await staff.Inventory.Stock([product.Sku])).Required.Single() is { Available: 5, Reserved: 0, Sold: 0 }, "all are back");
        await LedgerCheck.Holds(mall);
    }

    static string Key() => Guid.CreateVersion7().ToString();


    static async Task<NewProduct> Buyable(Visitor shopper, Visitor staff)
    {
        var card = (await shopper.Catalog.Browse(new(Search: "사과", InStock: true))).Required.Items.First(i => i.SingleSku is not null || i.HasOptions);
        var view = (await shopper.Catalog.Product(card.Slug)).Required;
        var sku = view.Skus.First(s => s.Available is null or > 3).Sku;
        await Eventually.Holds(async () => (await staff.Inventory.Adjust(new(sku, 100, "journey"), Key())).Ok, "inventory knows the sample");
        return new(view.Id, view.Slug, sku);
    }

    static async Task Verify(Visitor shopper, Visitor staff)
    {
        string? token = null;
        await Eventually.Holds(async () =>
        {
            var mail = (await staff.Identity.Mails(limit: 50)).Required.Items.FirstOrDefault(m => m.To == shopper.Email);
            token = mail is null ? null : VerificationToken().Match(mail.TextBody) is { Success: true } match ? Uri.UnescapeDataString(match.Groups[1].Value) : null;
            return token is not null;
        }, "the verification mail was sent");
        Assert.True((await shopper.Identity.Verify(token!)).Ok);
        Assert.True((await shopper.Identity.Me()).Required.EmailVerified);
    }

    [GeneratedRegex(@"token=([^\s&""<>]+)")] private static partial Regex VerificationToken();
}
