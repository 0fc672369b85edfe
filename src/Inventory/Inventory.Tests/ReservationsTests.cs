using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform.Testing;

namespace Jangteo.Inventory.Tests;

public class ReservationsTests
{
    public static TheoryData<string> Databases => ["SQLite", "PostgreSQL"];

    [Theory, MemberData(nameof(Databases))]
    public async Task An_order_reserves_then_sells_what_it_asked_for(string database)
    {
        await using var inventory = await TestInventory.Open(database);
        var (tea, cup, order) = (await inventory.Stocked(5), await inventory.Stocked(4), Guid.CreateVersion7());

        await inventory.Hear(inventory.Reserve(order, (tea, 2), (cup, 4)));
        Assert.Equal(new StockLevel(tea, 3, 2, 0), await inventory.Level(tea));
        Assert.Equal(new StockLevel(cup, 0, 4, 0), await inventory.Level(cup));
        Assert.Equal(order, Assert.Single(await inventory.Service.Announced<StockReserved>()).OrderId);

        await inventory.Hear(new SellStock(order));
        Assert.Equal(new StockLevel(tea, 3, 0, 2), await inventory.Level(tea));
        Assert.Equal(order, Assert.Single(await inventory.Service.Announced<StockSold>()).OrderId);
        Assert.Equal(2, (await inventory.Service.Announced<StockChanged>()).Count(c => c.Sku == tea));
        await inventory.Balances();
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task All_lines_are_reserved_or_none(string database)
    {
        await using var inventory = await TestInventory.Open(database);
        var (tea, cup, order) = (await inventory.Stocked(5), await inventory.Stocked(1), Guid.CreateVersion7());

        await inventory.Hear(inventory.Reserve(order, (tea, 2), (cup, 2), ("UNKNOWN", 1)));

        var rejected = Assert.Single(await inventory.Service.Announced<StockRejected>());
        Assert.Equivalent(new[] { new LackingStock(cup, 2, 1), new LackingStock("UNKNOWN", 1, 0) }, rejected.Lacking);
        Assert.Equal(new StockLevel(tea, 5, 0, 0), await inventory.Level(tea));
        Assert.Empty(await inventory.Service.Announced<StockReserved>());
        await inventory.Balances();
    }

    [Fact]
    public async Task Lines_of_one_SKU_count_together()
    {
        await using var inventory = await TestInventory.Open();
        var tea = await inventory.Stocked(5);

        await inventory.Hear(inventory.Reserve(Guid.CreateVersion7(), (tea, 3), (tea, 3)));
        Assert.Equal([new LackingStock(tea, 6, 5)], Assert.Single(await inventory.Service.Announced<StockRejected>()).Lacking);

        await inventory.Hear(inventory.Reserve(Guid.CreateVersion7(), (tea, 2), (tea, 3)));
        Assert.Equal(new StockLevel(tea, 0, 5, 0), await inventory.Level(tea));
        Assert.Equal(2, (await inventory.Service.Announced<StockChanged>()).Count);
        await inventory.Balances();
    }

    [Theory, InlineData(0), InlineData(-1)]
    public async Task A_request_for_less_than_one_piece_is_rejected(int quantity)
    {
        await using var inventory = await TestInventory.Open();
        var tea = await inventory.Stocked(5);
        await inventory.Hear(inventory.Reserve(Guid.CreateVersion7(), (tea, quantity)));
        Assert.Single(await inventory.Service.Announced<StockRejected>());
        Assert.Equal(5, (await inventory.Level(tea)).Available);
    }

    [Fact]
    public async Task A_request_that_comes_after_its_time_limit_is_rejected()
    {
        await using var inventory = await TestInventory.Open();
        var (tea, order) = (await inventory.Stocked(5), Guid.CreateVersion7());
        var request = inventory.Reserve(order, (tea, 1));
        inventory.Time.Pass(TimeSpan.FromMinutes(15));

        await inventory.Hear(request);

        Assert.Equal(order, Assert.Single(await inventory.Service.Announced<StockRejected>()).OrderId);
        Assert.Equal(5, (await inventory.Level(tea)).Available);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task What_was_reserved_goes_back_once(string database)
    {
        await using var inventory = await TestInventory.Open(database);
        var (tea, order) = (await inventory.Stocked(5), Guid.CreateVersion7());
        await inventory.Hear(inventory.Reserve(order, (tea, 2)), new ReleaseStock(order), new ReleaseStock(order), new SellStock(order));
        Assert.Equal(new StockLevel(tea, 5, 0, 0), await inventory.Level(tea));
        Assert.Empty(await inventory.Service.Announced<StockSold>());
        await inventory.Balances();
    }

    [Fact]
    public async Task What_was_sold_goes_back_once()
    {
        await using var inventory = await TestInventory.Open();
        var (tea, order) = (await inventory.Stocked(5), Guid.CreateVersion7());
        await inventory.Hear(inventory.Reserve(order, (tea, 2)), new SellStock(order));
        await inventory.Hear(new ReleaseStock(order));
        await inventory.Hear(new ReleaseStock(order));
        Assert.Equal(new StockLevel(tea, 5, 0, 0), await inventory.Level(tea));
        await inventory.Balances();
    }

    [Fact]
    public async Task A_release_that_overtakes_its_reservation_refuses_it()
    {
        await using var inventory = await TestInventory.Open();
        var (tea, order) = (await inventory.Stocked(5), Guid.CreateVersion7());
        await inventory.Hear(new ReleaseStock(order));
        await inventory.Hear(inventory.Reserve(order, (tea, 2)));
        Assert.Equal(5, (await inventory.Level(tea)).Available);
        Assert.Empty(await inventory.Service.Announced<StockReserved>());
        Assert.Equal(ReservationState.Released, await inventory.State(order));
    }

    [Fact]
    public async Task A_reservation_frees_itself_when_nobody_speaks_for_it()
    {
        await using var inventory = await TestInventory.Open();
        var (tea, order) = (await inventory.Stocked(5), Guid.CreateVersion7());
        await inventory.Hear(inventory.Reserve(order, (tea, 2)));

        inventory.Time.Pass(TimeSpan.FromMinutes(16));
        await Task.Delay(1_200, TestContext.Current.CancellationToken);
        Assert.Equal(2, (await inventory.Level(tea)).Reserved);

        inventory.Time.Pass(TimeSpan.FromMinutes(5));
        await Eventually.Holds(async () => (await inventory.Level(tea)).Reserved == 0, "the reservation ends");
        Assert.Equal(new StockLevel(tea, 5, 0, 0), await inventory.Level(tea));
        Assert.Equal(order, Assert.Single(await inventory.Service.Announced<ReservationExpired>()).OrderId);
        await inventory.Balances();
    }

    [Fact]
    public async Task A_sale_after_expiry_takes_the_pieces_again_if_there_are_enough()
    {
        await using var inventory = await TestInventory.Open();
        var (tea, order) = (await inventory.Stocked(5), Guid.CreateVersion7());
        await inventory.Hear(inventory.Reserve(order, (tea, 2)), new ReservationLapsed(order), new SellStock(order));
        Assert.Equal(new StockLevel(tea, 3, 0, 2), await inventory.Level(tea));
        Assert.Single(await inventory.Service.Announced<StockSold>());
        await inventory.Balances();
    }

    [Fact]
    public async Task A_sale_after_expiry_fails_once_if_others_took_the_pieces()
    {
        await using var inventory = await TestInventory.Open();
        var (tea, late, quick) = (await inventory.Stocked(5), Guid.CreateVersion7(), Guid.CreateVersion7());
        await inventory.Hear(inventory.Reserve(late, (tea, 3)), new ReservationLapsed(late), inventory.Reserve(quick, (tea, 3)), new SellStock(late));
        var failed = Assert.Single(await inventory.Service.Announced<StockSaleFailed>());
        Assert.Equal([new LackingStock(tea, 3, 2)], failed.Lacking);

        await inventory.Hear(new ReleaseStock(quick), new SellStock(late), new ReleaseStock(late));
        Assert.Equal(new StockLevel(tea, 5, 0, 0), await inventory.Level(tea));
        Assert.Empty(await inventory.Service.Announced<StockSold>());
        await inventory.Balances();
    }

    [Fact]
    public async Task A_sale_that_never_had_a_reservation_fails_once()
    {
        await using var inventory = await TestInventory.Open();
        var order = Guid.CreateVersion7();
        await inventory.Hear(new SellStock(order));
        Assert.Empty(Assert.Single(await inventory.Service.Announced<StockSaleFailed>()).Lacking);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Opening_stock_is_booked_once_for_a_SKU(string database)
    {
        await using var inventory = await TestInventory.Open(database);
        await inventory.Hear(TestInventory.Published(("TEA", 5), ("CUP", 0)));
        await inventory.Hear(TestInventory.Published(("TEA", 9), ("CUP", 9), ("POT", 2)));

        Assert.Equal([("CUP", 0), ("POT", 2), ("TEA", 5)], (await inventory.Shopper.Stock(["TEA", "CUP", "POT"])).Required.Select(l => (l.Sku, l.Available)));
        var books = (await inventory.Staff.Adjustments(null)).Required.Items;
        Assert.Equal([("POT", 2, "opening stock", "catalog"), ("TEA", 5, "opening stock", "catalog")], books.Select(m => (m.Sku, m.Change, m.Reason, m.By)));
        Assert.Equal(3, (await inventory.Service.Announced<StockChanged>()).Count);
    }

    [Fact]
    public async Task Many_orders_in_one_batch_share_the_stock_fairly()
    {
        await using var inventory = await TestInventory.Open();
        var tea = await inventory.Stocked(50);
        await inventory.Hear([.. Enumerable.Range(0, 80).Select(_ => inventory.Reserve(Guid.CreateVersion7(), (tea, 1)))]);
        Assert.Equal(50, (await inventory.Service.Announced<StockReserved>()).Count);
        Assert.Equal(30, (await inventory.Service.Announced<StockRejected>()).Count);
        await inventory.Balances();
    }
}
