using Jangteo.Catalog.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Inventory.Tests;

/// <summary>The Inventory alone, every message delivered twice, at a time that the test sets.</summary>
sealed class TestInventory : IAsyncDisposable
{
    readonly TestDatabase? _database;

    TestInventory(TestService<InventoryDb> service, TestDatabase? database, SetTime time) => (Service, _database, Time) = (service, database, time);

    public TestService<InventoryDb> Service { get; }
    public SetTime Time { get; }
    public InventoryClient Shopper => new(Service.Http);
    public InventoryClient Staff => new(Service.As(Guid.CreateVersion7(), staff: true));
    public InventoryClient AnyService => new(Service.AsService("orders"));
    public DateTimeOffset Soon => Time.GetUtcNow().AddMinutes(15);

    public static async Task<TestInventory> Open(string database = "SQLite")
    {
        var own = database == "PostgreSQL" ? TestDatabase.New() : null;
        var time = new SetTime();
        return new(await Start(own, time), own, time);
    }

    /// <summary>Two instances on one PostgreSQL database.</summary>
    public static async Task<(TestInventory One, TestInventory Two)> OpenTwo()
    {
        var database = TestDatabase.New();
        var time = new SetTime();
        return (new(await Start(database, time), database, time), new(await Start(database, time), null, time));
    }

    static Task<TestService<InventoryDb>> Start(TestDatabase? database, SetTime time) => TestService<InventoryDb>.Start(
        "inventory", b => b.AddInventory(), a => a.MapInventory(), services => services.AddSingleton<TimeProvider>(time),
        [("Feeds:DeliverTwice", "true"), .. database is null ? Array.Empty<(string, string)>() : [("ConnectionStrings:inventory", database.ConnectionString)]]);

    public async Task<string> Stocked(int pieces, string? sku = null)
    {
        sku ??= $"SKU-{Guid.NewGuid().ToString("N")[..8].ToUpperInvariant()}";
        await Hear(Published((sku, pieces)));
        return sku;
    }

    public static ProductPublished Published(params (string Sku, int Pieces)[] skus) => new(Guid.CreateVersion7(), 1, "tea", new("차", "Tea"), "tea", null,
        [.. skus.Select(s => new PublishedSku(s.Sku, new("", ""), Money.Won(1000), s.Pieces))]);

    public ReserveStock Reserve(Guid order, params (string Sku, int Quantity)[] lines) => new(order, [.. lines.Select(l => new SkuQuantity(l.Sku, l.Quantity))], Soon);

    public Task Hear(ProductPublished product) => Service.Deliver<BookOpeningStock>("catalog", product);

    public Task Hear(params IMessage[] messages) => Service.Deliver<Reservations>("orders", messages);

    public async Task<StockLevel> Level(string sku) => Assert.Single((await AnyService.Stock([sku])).Required);

    public Task<ReservationState> State(Guid order) => Service.Db(db => db.Reservations.Where(r => r.OrderId == order).Select(r => r.State).SingleAsync());

    /// <summary>Rule 1 of the ledger check, and that reservations and stock say the same.</summary>
    public async Task Balances()
    {
        var stocks = await Service.Db(db => db.Stocks.AsNoTracking().ToListAsync());
        var reservations = await Service.Db(db => db.Reservations.AsNoTracking().ToListAsync());
        Invariant.Holds(stocks, reservations);
        foreach (var group in (await Service.Announced<StockChanged>()).GroupBy(c => c.Sku))
        {
            Assert.Equal(group.Count(), group.Select(c => c.Revision).Distinct().Count());
            Assert.Equal(stocks.Single(s => s.Sku == group.Key).Available, group.MaxBy(c => c.Revision)!.Available);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }
}

static class Invariant
{
    public static void Holds(IEnumerable<Stock> stocks, IReadOnlyCollection<Reservation> reservations)
    {
        foreach (var stock in stocks)
        {
            Assert.True(stock is { Available: >= 0, Reserved: >= 0, Sold: >= 0, Stocked: >= 0 });
            Assert.Equal(stock.Stocked, stock.Available + stock.Reserved + stock.Sold);
            Assert.Equal(stock.Reserved, Pieces(reservations, stock.Sku, ReservationState.Reserved));
            Assert.Equal(stock.Sold, Pieces(reservations, stock.Sku, ReservationState.Sold));
        }
    }

    static int Pieces(IReadOnlyCollection<Reservation> reservations, string sku, ReservationState state) =>
        reservations.Where(r => r.State == state).SelectMany(r => r.Lines).Where(l => l.Sku == sku).Sum(l => l.Quantity);
}

/// <summary>Stands still until the test moves it.</summary>
sealed class SetTime : TimeProvider
{
    DateTimeOffset _now = DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Pass(TimeSpan time) => _now += time;
}
