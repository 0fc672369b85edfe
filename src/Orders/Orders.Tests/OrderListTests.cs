using Jangteo.Orders.Contracts;
using static System.Net.HttpStatusCode;

namespace Jangteo.Orders.Tests;

public class OrderListTests
{
    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Shows_the_buyer_their_own_orders_newest_first_page_by_page(Store store)
    {
        await using var shop = await Shop.Open(store);
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++) ids.Insert(0, await shop.Placed());

        var first = (await shop.Buyer.List(limit: 3)).Required;
        var second = (await shop.Buyer.List(first.Next, limit: 3)).Required;

        Assert.Equal(ids, [.. first.Items.Select(o => o.Id), .. second.Items.Select(o => o.Id)]);
        Assert.Null(second.Next);
        Assert.Empty((await shop.Stranger.List()).Required.Items);
        Assert.Equal(("녹차", "tea.webp", 1), (first.Items[0].Title.Ko, first.Items[0].Picture, first.Items[0].LineCount));
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Shows_staff_what_has_waited_longest_first_when_asked_page_by_page(Store store)
    {
        await using var shop = await Shop.Open(store);
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++) ids.Add(await shop.Confirmed());
        await shop.Placed();

        var first = (await shop.Staff.StaffList(OrderStatus.Confirmed, limit: 3, oldestFirst: true)).Required;
        var second = (await shop.Staff.StaffList(OrderStatus.Confirmed, after: first.Next, limit: 3, oldestFirst: true)).Required;

        Assert.Equal(ids, [.. first.Items.Select(o => o.Id), .. second.Items.Select(o => o.Id)]);
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task Hides_an_order_from_all_but_its_buyer_and_staff()
    {
        await using var shop = await Shop.Open();
        var id = await shop.Placed();

        (await shop.Stranger.Get(id)).Is(NotFound, "not-found");
        (await shop.Stranger.Cancel(id)).Is(NotFound, "not-found");
        (await shop.Stranger.Complete(id)).Is(NotFound, "not-found");
        Assert.True((await shop.Buyer.Get(id)).Ok);
        Assert.True((await shop.Staff.Get(id)).Ok);
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Lets_staff_search_by_number_recipient_and_status(Store store)
    {
        await using var shop = await Shop.Open(store);
        var (placed, paid) = (await shop.Placed(), await shop.Confirmed());
        var other = Guid.CreateVersion7();
        _ = (await shop.Buyer.Place(other, Shop.Tea() with { ShipTo = Shop.Home with { Name = "Ada LOVELACE" } })).Required;
        var number = (await shop.Order(placed)).Number;

        async Task<IEnumerable<Guid>> Found(OrderStatus? status = null, string? search = null) => (await shop.Staff.StaffList(status, search)).Required.Items.Select(o => o.Id);

        Assert.Equal([other, paid, placed], await Found());
        Assert.Equal([paid], await Found(OrderStatus.Confirmed));
        Assert.Equal([placed], await Found(search: number.ToLowerInvariant()));
        Assert.Equal([other], await Found(search: "lovel"));
        Assert.Equal([paid, placed], await Found(search: "김하"));
        Assert.Empty(await Found(search: "100%_"));
    }
}
