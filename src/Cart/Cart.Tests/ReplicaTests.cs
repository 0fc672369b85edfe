using Jangteo.Cart.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Cart.Tests;

public class ReplicaTests
{
    public static TheoryData<string> Databases => ["SQLite", "PostgreSQL"];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_new_price_is_shown_beside_the_old_one(string database)
    {
        await using var cart = await TestCart.Open(database);
        var tea = await cart.Sells("TEA", 1000);
        var guest = cart.Guest();
        await guest.Put("TEA", 2);

        await cart.Hear(tea with { Revision = 3, Slug = "new-tea", Skus = [tea.Skus[0] with { Price = Money.Won(1200) }] });
        await cart.Hear(tea with { Revision = 2, Skus = [tea.Skus[0] with { Price = Money.Won(1) }] });

        var line = Assert.Single((await guest.Get()).Lines);
        Assert.Equal((Money.Won(1200), Money.Won(1000), Money.Won(2400), LineNotice.PriceChanged, "new-tea"), (line.UnitPrice, line.PriceWhenAdded, line.LineTotal, line.Notice, line.Slug));
        Assert.Equal(LineNotice.PriceChanged, Assert.Single((await guest.Put("TEA", 3)).Lines).Notice);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Stock_is_followed_by_revision(string database)
    {
        await using var cart = await TestCart.Open(database);
        await cart.Sells("TEA", stock: 5);
        var guest = cart.Guest();
        await guest.Put("TEA", 3);

        await cart.Hear(new StockChanged("TEA", 2, 3));
        await cart.Hear(new StockChanged("TEA", 9, 2));
        var line = Assert.Single((await guest.Get()).Lines);
        Assert.Equal((2, LineNotice.TooFew), (line.Available, line.Notice));

        await cart.Hear(new StockChanged("TEA", 0, 4));
        var view = await guest.Get();
        Assert.Equal(LineNotice.SoldOut, Assert.Single(view.Lines).Notice);
        Assert.Equal(Money.Won(0), view.Subtotal);
    }

    [Fact]
    public async Task Stock_may_be_told_before_the_product()
    {
        await using var cart = await TestCart.Open();
        await cart.Hear(new StockChanged("TEA", 7, 1));
        await cart.Sells("TEA", stock: null);
        Assert.Equal(7, Assert.Single((await cart.Guest().Put("TEA", 1)).Lines).Available);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_retired_product_stays_visible_and_counts_for_nothing(string database)
    {
        await using var cart = await TestCart.Open(database);
        var tea = await cart.Sells("TEA", 1000);
        await cart.Sells("CUP", 500);
        var guest = cart.Guest();
        await guest.Put("TEA", 2);
        await guest.Put("CUP", 1);

        await cart.Hear(new ProductRetired(tea.ProductId, 2, ["TEA"]));
        var view = await guest.Get();
        Assert.Equal((LineNotice.Retired, Money.Won(500)), (view.Lines[0].Notice, view.Subtotal));

        await cart.Hear(tea with { Revision = 3 });
        Assert.Equal(LineNotice.None, (await guest.Get()).Lines[0].Notice);
        Assert.Single((await guest.Put("TEA", 0)).Lines);
    }

    [Fact]
    public async Task A_SKU_that_left_its_product_is_retired_and_the_others_stay()
    {
        await using var cart = await TestCart.Open();
        var tea = await cart.Sells("TEA");
        await cart.Hear(tea with { Revision = 2, Skus = [tea.Skus[0] with { Sku = "TEA-2" }] });
        var guest = cart.Guest();
        Assert.Equal(409, (await guest.Cart.Put("TEA", 1)).Problem?.Status);
        Assert.True((await guest.Cart.Put("TEA-2", 1)).Ok);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task What_was_bought_leaves_the_cart_once(string database)
    {
        await using var cart = await TestCart.Open(database);
        await cart.Sells("TEA");
        await cart.Sells("CUP");
        var id = Guid.CreateVersion7();
        var (member, other) = (cart.Member(id), cart.Member(Guid.CreateVersion7()));
        await member.Put("TEA", 5);
        await member.Put("CUP", 1);
        await other.Put("TEA", 2);
        var confirmed = Confirmed(id, ("TEA", 2), ("CUP", 4));

        await cart.Hear(confirmed);
        Assert.Equal([("TEA", 3)], (await member.Get()).Lines.Select(l => (l.Sku, l.Quantity)));
        await cart.Hear(confirmed);
        Assert.Equal(3, (await member.Get()).Count);
        Assert.Equal(2, (await other.Get()).Count);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task What_awaits_a_deposit_leaves_the_cart_and_the_late_deposit_takes_nothing_more(string database)
    {
        await using var cart = await TestCart.Open(database);
        await cart.Sells("TEA");
        var id = Guid.CreateVersion7();
        var member = cart.Member(id);
        await member.Put("TEA", 2);
        var confirmed = Confirmed(id, ("TEA", 2));

        await cart.Hear(new OrderAwaitsDeposit(confirmed.OrderId, id, [new("TEA", 2)], cart.Time.GetUtcNow()));
        Assert.Empty((await member.Get()).Lines);
        await member.Put("TEA", 3);
        await cart.Hear(confirmed);
        Assert.Equal(3, (await member.Get()).Count);
    }

    [Fact]
    public async Task An_order_of_someone_without_a_cart_is_remembered_too()
    {
        await using var cart = await TestCart.Open();
        await cart.Sells("TEA");
        var id = Guid.CreateVersion7();
        var confirmed = Confirmed(id, ("TEA", 2));
        await cart.Hear(confirmed);
        await cart.Member(id).Put("TEA", 2);
        await cart.Hear(confirmed);
        Assert.Equal(2, (await cart.Member(id).Get()).Count);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task An_erased_member_leaves_no_cart(string database)
    {
        await using var cart = await TestCart.Open(database);
        await cart.Sells("TEA");
        var (id, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await cart.Member(id).Put("TEA", 2);
        await cart.Member(other).Put("TEA", 2);
        await cart.Hear(new MemberErased(id, cart.Time.GetUtcNow()));
        Assert.Empty((await cart.Member(id).Get()).Lines);
        Assert.Equal([ShoppingCart.OwnedBy(other)], await cart.Service.Db(db => db.Carts.Select(c => c.Owner).ToListAsync()));
    }

    [Theory]
    [InlineData(true, 0, 900, LineNotice.Retired)]
    [InlineData(false, 0, 900, LineNotice.SoldOut)]
    [InlineData(false, 1, 900, LineNotice.TooFew)]
    [InlineData(false, 2, 900, LineNotice.PriceChanged)]
    [InlineData(false, null, 900, LineNotice.PriceChanged)]
    [InlineData(false, 2, 1000, LineNotice.None)]
    public void The_gravest_notice_is_shown(bool retired, int? available, long price, LineNotice expected) => Assert.Equal(expected, ShowCart.NoticeOf(
        new("TEA", 2, Money.Won(1000)),
        new(new() { Sku = "TEA", Slug = "tea", Name = new("차", "Tea"), Label = new("", ""), Price = Money.Won(price), Retired = retired }, available)));

    static OrderConfirmed Confirmed(Guid member, params (string Sku, int Quantity)[] lines) => new(Guid.CreateVersion7(), "20261123-000001", member,
        [.. lines.Select(l => new BoughtLine(Guid.CreateVersion7(), l.Sku, new("차", "Tea"), new("", ""), l.Quantity, Money.Won(1000)))], Money.Won(1000), DateTimeOffset.UtcNow);
}
