using System.Net.Http.Json;
using System.Text.Json;
using Jangteo.Catalog.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using static System.Net.HttpStatusCode;

namespace Jangteo.Orders.Tests;

public class PlaceOrderTests
{
    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Stores_the_order_asks_for_the_stock_and_can_be_repeated(Store store)
    {
        await using var shop = await Shop.Open(store);
        var id = Guid.CreateVersion7();

        var placed = (await shop.Buyer.Place(id, Shop.Tea())).Required;
        var again = (await shop.Buyer.Place(id, Shop.Tea())).Required;

        Assert.Equal((OrderStatus.Placed, Money.Won(24_000), Money.Won(3_000), Money.Won(27_000)), (placed.Status, placed.Subtotal, placed.DeliveryFee, placed.Total));
        Assert.Equal((placed.Number, placed.PlacedAt), (again.Number, again.PlacedAt), (a, b) => a.Number == b.Number && (a.PlacedAt - b.PlacedAt).Duration() < TimeSpan.FromMilliseconds(1));
        Assert.Matches("^[0-9]{8}-[0-9A-Z]{8}$", placed.Number);
        Assert.Equal("placed", Assert.Single(placed.History).What);
        Assert.Equal(new("TEA-1", 2), Assert.Single(Assert.Single(await shop.Announced<ReserveStock>(id)).Lines));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Places_one_order_when_one_id_comes_fifty_times_at_once(Store store)
    {
        await using var shop = await Shop.Open(store);
        var id = Guid.CreateVersion7();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => shop.Buyer.Place(id, Shop.Tea()))));

        Assert.Single(answers.Select(a => a.Required.Number).Distinct());
        Assert.Single(await shop.Announced<ReserveStock>(id));
        Assert.Equal(1, await shop.Service.Db(db => db.Orders.CountAsync()));
    }

    [Fact]
    public async Task Refuses_the_id_for_another_order_and_hides_it_from_others()
    {
        await using var shop = await Shop.Open();
        var id = await shop.Placed();

        (await shop.Buyer.Place(id, Shop.Tea(quantity: 1, total: 15_000))).Is(UnprocessableEntity, "id-reused");
        (await shop.Buyer.Place(id, Shop.Tea() with { ShipTo = Shop.Home with { Name = "다른 이" } })).Is(UnprocessableEntity, "id-reused");
        (await shop.Stranger.Place(id, Shop.Tea())).Is(NotFound, "not-found");
        Assert.Equal(2, (await shop.Order(id)).Lines[0].Quantity);
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Refuses_a_total_that_the_buyer_did_not_see_and_tells_the_new_one(Store store)
    {
        await using var shop = await Shop.Open(store);
        await shop.Publish(3, ("TEA-1", 13_000), ("TEA-2", 30_000));
        await shop.Publish(2, ("TEA-1", 99_000));   // Late: an older revision changes nothing.

        var answer = await shop.Buyer.Place(Guid.CreateVersion7(), Shop.Tea());

        answer.Is(Conflict, "price-changed");
        Assert.Equal(Money.Won(29_000), answer.Problem!.Extensions!["total"].Deserialize<Money>(MessageFormat.Json));
        Assert.True((await shop.Buyer.Place(Guid.CreateVersion7(), Shop.Tea(total: 29_000))).Ok);
        Assert.Equal(1, await shop.Service.Db(db => db.Orders.CountAsync()));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Refuses_what_is_no_longer_sold(Store store)
    {
        await using var shop = await Shop.Open(store);
        await shop.Publish(2, ("TEA-2", 30_000));
        (await shop.Buyer.Place(Guid.CreateVersion7(), Shop.Tea())).Is(Conflict, "no-longer-sold");

        await shop.Service.Deliver<PriceReplica>("catalog", new ProductRetired(Shop.TeaId, 3, ["TEA-2"]));
        var answer = await shop.Buyer.Place(Guid.CreateVersion7(), new([new("TEA-2", 1), new("NEVER", 1)], Shop.Home, Money.Won(33_000), "card"));

        answer.Is(Conflict, "no-longer-sold");
        Assert.Equal(["TEA-2", "NEVER"], answer.Problem!.Extensions!["skus"].Deserialize<string[]>()!);
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Refuses_what_costs_too_little_to_be_paid(Store store)
    {
        await using var shop = await Shop.Open(store, ("Orders:Delivery:FreeFrom", "50"));
        await shop.Publish(2, ("TEA-1", 0), ("TEA-2", 99), ("TEA-3", 100));
        Task<Answer<OrderView>> Place(long total, params string[] skus) => shop.Buyer.Place(Guid.CreateVersion7(), new([.. skus.Select(s => new SkuQuantity(s, 1))], Shop.Home, Money.Won(total), "card"));

        foreach (var (total, skus) in new (long, string[])[] { (0, ["TEA-1"]), (99, ["TEA-2"]), (99, ["TEA-1", "TEA-2"]) })
        {
            var answer = await Place(total, skus);
            answer.Is(Conflict, "too-little-to-pay");
            Assert.Equal(Money.Won(100), answer.Problem!.Extensions!["least"].Deserialize<Money>(MessageFormat.Json));
        }
        Assert.Equal(0, await shop.Service.Db(db => db.Orders.CountAsync()));
        Assert.True((await Place(100, "TEA-1", "TEA-3")).Ok);
    }

    [Fact]
    public async Task Delivers_free_from_the_set_subtotal_and_quotes_the_same_to_everybody()
    {
        await using var shop = await Shop.Open(Store.Sqlite, ("Orders:Delivery:FreeFrom", "60000"), ("Orders:Delivery:Fee", "2500"));
        var anybody = new OrdersClient(shop.Service.Http);

        var below = (await anybody.Quote([new("TEA-1", 1), new("GONE-1", 1)])).Required;
        var above = (await anybody.Quote([new("TEA-2", 2)])).Required;

        Assert.Equal((Money.Won(12_000), Money.Won(2_500), Money.Won(14_500), Money.Won(60_000)), (below.Subtotal, below.DeliveryFee, below.Total, below.FreeDeliveryFrom));
        Assert.Equal(["GONE-1"], below.NoLongerSold);
        Assert.Equal((Money.Won(60_000), Money.Won(0), Money.Won(60_000)), (above.Subtotal, above.DeliveryFee, above.Total));
        Assert.True((await shop.Buyer.Place(Guid.CreateVersion7(), new([new("TEA-2", 2)], Shop.Home, Money.Won(60_000), "instant"))).Ok);
    }

    [Fact]
    public async Task Wants_a_new_version_7_id()
    {
        await using var shop = await Shop.Open();

        foreach (var id in new[] { Guid.NewGuid(), Guid.Empty, Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-31)), Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(2)) })
        {
            var answer = await shop.Buyer.Place(id, Shop.Tea());
            answer.Is(BadRequest, "invalid");
            Assert.Contains("id", answer.Problem!.Errors!.Keys);
        }
    }

    [Theory]
    [InlineData("Orders:CheckoutMinutes", "0")]
    [InlineData("Orders:CompleteAfterDays", "-1")]
    [InlineData("Orders:Delivery:Fee", "-1")]
    [InlineData("Orders:Delivery:FreeFrom", "-1")]
    public async Task Does_not_start_with_a_wrong_setting(string setting, string value)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => Shop.Open(Store.Sqlite, (setting, value)));

        Assert.Contains(setting.Split(':')[^1], refusal.Message);
    }

    [Fact]
    public async Task Is_for_members_only()
    {
        await using var shop = await Shop.Open();
        var path = $"/api/orders/{Guid.CreateVersion7()}";

        Assert.Equal(Unauthorized, (await shop.Service.Http.PutAsJsonAsync(path, Shop.Tea(), MessageFormat.Json)).StatusCode);
        Assert.Equal(Forbidden, (await shop.Service.AsService("cart").PutAsJsonAsync(path, Shop.Tea(), MessageFormat.Json)).StatusCode);
    }
}
