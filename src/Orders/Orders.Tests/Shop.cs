using System.Net;
using Jangteo.Catalog.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Orders.Tests;

/// <summary>The databases that every rule must hold on.</summary>
public enum Store
{
    Sqlite,
    PostgreSql,
}

/// <summary>Orders as a real service, every message delivered twice, with a buyer and some tea to sell.</summary>
sealed class Shop : IAsyncDisposable
{
    public static readonly Guid TeaId = Guid.CreateVersion7();
    public static readonly ShipTo Home = new("김하나", "010-1234-5678", "06236", "서울 강남구 테헤란로 1");

    public required TestService<OrdersDb> Service { get; init; }
    public required Clock Time { get; init; }
    public TestDatabase? Database { get; init; }
    public Guid BuyerId { get; } = Guid.CreateVersion7();
    public OrdersClient Buyer => field ??= ClientOf(BuyerId);
    public OrdersClient Staff => field ??= ClientOf(Guid.CreateVersion7(), staff: true);
    public OrdersClient Stranger => field ??= ClientOf(Guid.CreateVersion7());

    public static async Task<Shop> Open(Store store = Store.Sqlite, params (string, string)[] settings)
    {
        var time = new Clock();
        var postgres = store is Store.PostgreSql ? TestDatabase.New() : null;
        (string, string)[] database = postgres is null ? [] : [("ConnectionStrings:orders", postgres.ConnectionString)];
        var service = await TestService<OrdersDb>.Start("orders", b => b.AddOrders(), a => a.MapOrders(),
            services => services.AddSingleton<TimeProvider>(time), [("Feeds:DeliverTwice", "true"), .. database, .. settings]);
        var shop = new Shop { Service = service, Time = time, Database = postgres };
        await shop.Publish(1, ("TEA-1", 12_000), ("TEA-2", 30_000));
        return shop;
    }

    public OrdersClient ClientOf(Guid member, bool staff = false) => new(Service.As(member, staff));

    public Task Publish(int revision, params (string Sku, long Won)[] skus) => Service.Deliver<PriceReplica>("catalog",
        new ProductPublished(TeaId, revision, "green-tea", new("녹차", "Green Tea"), "tea", "tea.webp", [.. skus.Select(s => new PublishedSku(s.Sku, new("", ""), Money.Won(s.Won), 10))]));

    public static PlaceOrderRequest Tea(int quantity = 2, long total = 27_000, string method = PaymentMethods.Card) =>
        new([new("TEA-1", quantity)], Home, Money.Won(total), method);

    public async Task<Guid> Placed()
    {
        var id = Guid.CreateVersion7();
        _ = (await Buyer.Place(id, Tea())).Required;
        return id;
    }

    public async Task<Guid> AwaitingPayment()
    {
        var id = await Placed();
        await Hear(new StockReserved(id));
        return id;
    }

    public async Task<Guid> Confirmed()
    {
        var id = await AwaitingPayment();
        await Hear(new PaymentCaptured(id, Money.Won(27_000)));
        return id;
    }

    /// <summary>What Inventory and Payments announce, and our own due messages.</summary>
    public Task Hear(params IMessage[] messages) => Service.Deliver<Checkout>("inventory", messages);

    public async Task<OrderView> Order(Guid id) => (await Staff.Get(id)).Required;

    public async Task<List<T>> Announced<T>(Guid orderId) where T : IMessage => [.. (await Service.Announced<T>()).Where(m => m.Key == orderId.ToString())];

    /// <summary>Waits until the pump has handled a due message.</summary>
    public Task<OrderView> Becomes(Guid id, OrderStatus status) => Eventually.Sees(() => Order(id), order => order.Status == status);

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
    }
}

/// <summary>Real time, moved forward at will.</summary>
sealed class Clock : TimeProvider
{
    TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;

    public void Forward(TimeSpan by) => _ahead += by;
}

static class Refusals
{
    public static void Is<T>(this Answer<T> answer, HttpStatusCode status, string type)
    {
        Assert.False(answer.Ok, "It was not refused.");
        Assert.Equal(((int)status, "urn:jangteo:problem:" + type), (answer.Problem.Status, answer.Problem.Type));
    }
}
