using System.Net;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;

namespace Jangteo.Mall.Faults;

public class ScenariosTogetherOnSqlite(ScenariosTogetherOnSqlite.Shop shop) : Scenarios(shop), IClassFixture<ScenariosTogetherOnSqlite.Shop> { public sealed class Shop() : FaultMall(new(Layout.Together, PostgreSql: false)); }
public class ScenariosTogetherOnPostgreSql(ScenariosTogetherOnPostgreSql.Shop shop) : Scenarios(shop), IClassFixture<ScenariosTogetherOnPostgreSql.Shop> { public sealed class Shop() : FaultMall(new(Layout.Together, PostgreSql: true)); }
public class ScenariosApartOnSqlite(ScenariosApartOnSqlite.Shop shop) : Scenarios(shop), IClassFixture<ScenariosApartOnSqlite.Shop> { public sealed class Shop() : FaultMall(new(Layout.Apart, PostgreSql: false)); }
public class ScenariosApartOnPostgreSql(ScenariosApartOnPostgreSql.Shop shop) : Scenarios(shop), IClassFixture<ScenariosApartOnPostgreSql.Shop> { public sealed class Shop() : FaultMall(new(Layout.Apart, PostgreSql: true)); }

/// <summary>The races of checkout in every shape; each ends with the ledger check. docs/correctness.md says which guard holds which.</summary>
public abstract partial class Scenarios(FaultMall shop)
{
    const int Callers = 50;

    static SkuQuantity[] Pieces(NewProduct product, int quantity = 1) => [new(product.Sku, quantity)];

    /// <summary>So many callers order at once; how each order ended.</summary>
    async Task<OrderView[]> OrderAtOnce(int callers, Func<int, SkuQuantity[]> lines)
    {
        var placed = await FaultMall.AtOnce(callers, i => shop.Buyer(i).PlaceOrder(PaymentMethods.Instant, lines(i)));
        await shop.AllEnded(placed.Select(o => o.Id));
        return await Task.WhenAll(placed.Select((order, i) => FaultMall.Ended(shop.Buyer(i), order.Id)));
    }

    static void AssertSold(OrderView[] orders, int expected)
    {
        Assert.Equal(expected, orders.Count(o => o.Status == OrderStatus.Confirmed));
        Assert.All(orders.Where(o => o.Status != OrderStatus.Confirmed), o => Assert.Equal((OrderStatus.Cancelled, "out-of-stock", 0), (o.Status, o.CancelReason, o.Refunded.Amount)));
    }

    /// <summary>An order whose payer has paid on the provider's page and has not come back yet.</summary>
    async Task<(OrderView Order, Payments.Contracts.PaymentConfirmation Confirmation)> Authorised(NewProduct product, string card = "4242424242424242")
    {
        var order = await shop.Buyer().PlaceOrder(PaymentMethods.Card, Pieces(product));
        await Eventually.Holds(() => Opens(order.Id), "its page opens");
        return (order, await shop.Buyer().AuthoriseAtProvider(order.Id, card));
    }

    // A provider that is slow to answer is a 503, and the payer presses once more.
    async Task<bool> Opens(Guid order)
    {
        try
        {
            return (await shop.Buyer().Payments.Start(order)).Ok;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Fifty who queue for one row of a late database may wait longer than the gateway lets them. They are told that nobody knows; the books must be right all the same.</summary>
    static async Task<Problem?> Refusal<T>(Task<Answer<T>> call)
    {
        try
        {
            return (await call).Problem;
        }
        catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.GatewayTimeout)
        {
            return null;
        }
    }

    static string Key() => Guid.CreateVersion7().ToString();
}
