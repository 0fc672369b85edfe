using System.Net;
using System.Net.Http.Json;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Orders.Tests;

public class AdmissionTests
{
    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Refuses_new_orders_while_too_many_wait_for_us_and_takes_them_again_after(Store store)
    {
        await using var shop = await Shop.Open(store, ("Orders:MostWaiting", "2"));
        var first = await shop.Placed();
        var second = await shop.Placed();
        shop.Time.Forward(TimeSpan.FromSeconds(1));

        using var refused = await shop.Service.As(shop.BuyerId).PutAsJsonAsync($"/api/orders/{Guid.CreateVersion7()}", Shop.Tea(), MessageFormat.Json);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("urn:jangteo:problem:checkout-busy", await refused.Content.ReadAsStringAsync());
        Assert.Equal(2, (await shop.Buyer.List()).Required.Items.Count);
        // Who asks again about an order that is placed is not a new one.
        Assert.True((await shop.Buyer.Place(second, Shop.Tea())).Ok);

        // An order that waits for its buyer to pay by card is not in our queue.
        await shop.Service.Deliver<Checkout>("inventory", new StockReserved(first));
        shop.Time.Forward(TimeSpan.FromSeconds(1));
        Assert.True((await shop.Buyer.Place(Guid.CreateVersion7(), Shop.Tea())).Ok);
    }
}
