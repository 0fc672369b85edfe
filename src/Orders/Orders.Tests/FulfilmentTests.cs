using System.Net.Http.Json;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using static System.Net.HttpStatusCode;

namespace Jangteo.Orders.Tests;

public class FulfilmentTests
{
    static readonly Shipment Parcel = new("CJ대한통운", "123456789012");

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Moves_from_paid_to_accepted_one_state_after_the_other_each_safe_to_repeat(Store store)
    {
        await using var shop = await Shop.Open(store);
        var id = await shop.Confirmed();

        (await shop.Staff.Ship(id, Parcel)).Is(Conflict, "wrong-status");
        for (var i = 0; i < 2; i++) Assert.Equal(OrderStatus.Preparing, (await shop.Staff.Prepare(id)).Required.Status);
        (await shop.Staff.Deliver(id)).Is(Conflict, "wrong-status");
        for (var i = 0; i < 2; i++) Assert.Equal("123456789012", (await shop.Staff.Ship(id, Parcel)).Required.TrackingNumber);
        (await shop.Buyer.Complete(id)).Is(Conflict, "wrong-status");
        for (var i = 0; i < 2; i++) Assert.Equal(OrderStatus.Delivered, (await shop.Staff.Deliver(id)).Required.Status);
        for (var i = 0; i < 2; i++) Assert.Equal(OrderStatus.Completed, (await shop.Buyer.Complete(id)).Required.Status);

        Assert.Equal([OrderStatus.Preparing, OrderStatus.Shipped, OrderStatus.Delivered, OrderStatus.Completed], (await shop.Announced<OrderProgressed>(id)).Select(m => m.Status));
        Assert.Equal(7, (await shop.Order(id)).History.Count);
    }

    [Theory, InlineData(Store.Sqlite), InlineData(Store.PostgreSql)]
    public async Task Completes_by_itself_a_week_after_delivery(Store store)
    {
        await using var shop = await Shop.Open(store);
        var id = await shop.Confirmed();
        await shop.Staff.Prepare(id);
        await shop.Staff.Ship(id, Parcel);
        await shop.Staff.Deliver(id);

        shop.Time.Forward(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));

        await shop.Becomes(id, OrderStatus.Completed);
        Assert.Single(await shop.Announced<OrderProgressed>(id), m => m.Status is OrderStatus.Completed);
    }

    [Fact]
    public async Task Lets_the_buyer_cancel_until_packing_begins_and_staff_until_it_is_shipped()
    {
        await using var shop = await Shop.Open();
        var (mine, theirs, gone) = (await shop.Confirmed(), await shop.Confirmed(), await shop.Confirmed());

        for (var i = 0; i < 2; i++) Assert.Equal("buyer", (await shop.Buyer.Cancel(mine)).Required.CancelReason);
        Assert.Single(await shop.Announced<CancelPayment>(mine));
        Assert.True(Assert.Single(await shop.Announced<OrderCancelled>(mine)).WasConfirmed);

        Assert.False((await shop.Staff.Prepare(theirs)).Required.CanCancel);
        (await shop.Buyer.Cancel(theirs)).Is(Conflict, "not-cancellable");
        Assert.Equal("staff", (await shop.Staff.Cancel(theirs)).Required.CancelReason);

        await shop.Staff.Prepare(gone);
        await shop.Staff.Ship(gone, Parcel);
        (await shop.Staff.Cancel(gone)).Is(Conflict, "not-cancellable");
        (await shop.Staff.Prepare(mine)).Is(Conflict, "wrong-status");
    }

    [Fact]
    public async Task Corrects_a_wrong_tracking_number_and_announces_it_again()
    {
        await using var shop = await Shop.Open();
        var id = await shop.Confirmed();
        await shop.Staff.Prepare(id);
        await shop.Staff.Ship(id, Parcel);

        await shop.Staff.Ship(id, Parcel with { TrackingNumber = "999999999999" });

        Assert.Equal(["123456789012", "999999999999"], (await shop.Announced<OrderProgressed>(id)).Where(m => m.Status is OrderStatus.Shipped).Select(m => m.TrackingNumber));
    }

    [Theory]
    [InlineData("", "123456789012", "courier")]
    [InlineData("CJ", "12", "trackingNumber")]
    [InlineData("CJ", "12345678; drop", "trackingNumber")]
    public async Task Wants_a_courier_and_a_tracking_number(string courier, string number, string field)
    {
        await using var shop = await Shop.Open();
        var id = await shop.Confirmed();
        await shop.Staff.Prepare(id);

        var answer = await shop.Staff.Ship(id, new(courier, number));

        answer.Is(BadRequest, "invalid");
        Assert.Contains(field, answer.Problem!.Errors!.Keys);
        Assert.Equal(OrderStatus.Preparing, (await shop.Order(id)).Status);
    }

    [Fact]
    public async Task Is_for_staff_only()
    {
        await using var shop = await Shop.Open();
        var id = await shop.Confirmed();

        foreach (var step in new[] { "prepare", "deliver" })
        {
            Assert.Equal(Forbidden, (await shop.Service.As(shop.BuyerId).PostAsync($"/api/orders/{id}/{step}", null)).StatusCode);
            Assert.Equal(Unauthorized, (await shop.Service.Http.PostAsync($"/api/orders/{id}/{step}", null)).StatusCode);
        }
        Assert.Equal(Forbidden, (await shop.Service.As(shop.BuyerId).PostAsJsonAsync($"/api/orders/{id}/ship", Parcel, MessageFormat.Json)).StatusCode);
        Assert.Equal(Forbidden, (await shop.Service.As(shop.BuyerId).GetAsync("/api/orders/staff")).StatusCode);
    }
}
