using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using static System.Net.HttpStatusCode;

namespace Jangteo.Orders.Tests;

/// <summary>One shop for all bad input, which leaves it as it was.</summary>
public sealed class OpenShop : IAsyncLifetime
{
    internal Shop Value { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Value = await Shop.Open();

    public ValueTask DisposeAsync() => Value.DisposeAsync();
}

public class BadInputTests(OpenShop shop) : IClassFixture<OpenShop>
{
    [Theory]
    [InlineData("""{"lines":[{"sku":"TEA-1","quantity":0}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"TEA-1","quantity":100}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"TEA-1","quantity":-1}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"TEA-1","quantity":1.5}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"TEA-1","quantity":99999999999}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"TEA-1","quantity":1},{"sku":"TEA-1","quantity":1}]}""", "lines[1].sku")]
    [InlineData("""{"lines":[{"sku":"'; drop","quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"lines":[{"sku":null,"quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"lines":[{"quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"lines":[null]}""", "lines[0]")]
    [InlineData("""{"lines":[]}""", "lines")]
    [InlineData("""{"lines":null}""", "lines")]
    [InlineData("""{"lines":"many"}""", "lines")]
    [InlineData("""{"shipTo":null}""", "shipTo")]
    [InlineData("""{"shipTo":{"postalCode":"1234"}}""", "shipTo.postalCode")]
    [InlineData("""{"shipTo":{"postalCode":"123456"}}""", "shipTo.postalCode")]
    [InlineData("""{"shipTo":{"phone":"call me"}}""", "shipTo.phone")]
    [InlineData("""{"shipTo":{"name":" "}}""", "shipTo.name")]
    [InlineData("""{"shipTo":{"name":""}}""", "shipTo.name")]
    [InlineData("""{"shipTo":{"name":"a\u0000b"}}""", "shipTo.name")]
    [InlineData("""{"shipTo":{"memo":"a\u0007b"}}""", "shipTo.memo")]
    [InlineData("""{"expectedTotal":{"amount":27000,"currency":"USD"}}""", "expectedTotal.currency")]
    [InlineData("""{"expectedTotal":{"amount":27000,"currency":"WON!"}}""", "expectedTotal.currency")]
    [InlineData("""{"expectedTotal":{"amount":"27000","currency":"KRW"}}""", "expectedTotal.amount")]
    [InlineData("""{"paymentMethod":"gold"}""", "paymentMethod")]
    [InlineData("""{"paymentMethod":null}""", "paymentMethod")]
    public async Task Names_the_field_that_is_wrong_and_stores_nothing(string change, string field)
    {
        var answer = await shop.Value.Service.As(shop.Value.BuyerId).PutAsync($"/api/orders/{Guid.CreateVersion7()}", Json(change));

        await IsInvalid(answer, field);
        Assert.Equal(0, await shop.Value.Service.Db(db => db.Orders.CountAsync()));
    }

    [Fact]
    public async Task Names_fields_that_are_too_long_or_too_many()
    {
        var http = shop.Value.Service.As(shop.Value.BuyerId);
        async Task Wrong(PlaceOrderRequest request, string field) => await IsInvalid(await http.PutAsJsonAsync($"/api/orders/{Guid.CreateVersion7()}", request, MessageFormat.Json), field);

        await Wrong(Shop.Tea() with { ShipTo = Shop.Home with { Address1 = new('a', 201) } }, "shipTo.address1");
        await Wrong(Shop.Tea() with { ShipTo = Shop.Home with { Name = new(' ', 500_000) } }, "shipTo.name");
        await Wrong(Shop.Tea() with { Lines = [.. Enumerable.Range(0, 51).Select(i => new SkuQuantity($"SKU-{i}", 1))] }, "lines");
    }

    [Theory]
    [InlineData("/api/orders?limit=0", "limit")]
    [InlineData("/api/orders?limit=101", "limit")]
    [InlineData("/api/orders?limit=many", "limit")]
    [InlineData("/api/orders?after=nonsense", "after")]
    [InlineData("/api/orders/staff?status=lost", "status")]
    [InlineData("/api/orders/staff?status=99", "status")]
    [InlineData("/api/orders/staff?search=%00", "search")]
    [InlineData("/api/orders/staff?limit=-1", "limit")]
    [InlineData("/api/orders/staff?oldestFirst=maybe", "oldestFirst")]
    public async Task Names_the_parameter_that_is_wrong(string path, string field) =>
        await IsInvalid(await shop.Value.Service.As(shop.Value.BuyerId, staff: true).GetAsync(path), field);

    [Theory]
    [InlineData("""{"lines":[{"sku":"TEA-1","quantity":1},{"sku":"TEA-1","quantity":1}]}""", "lines[1].sku")]
    [InlineData("""{"lines":[{"sku":"TEA-1","quantity":0}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[null]}""", "lines[0]")]
    [InlineData("""{}""", "lines")]
    [InlineData("""[]""", "body")]
    public async Task Names_what_cannot_be_quoted(string body, string field) =>
        await IsInvalid(await shop.Value.Service.Http.PostAsync("/api/orders/quote", new StringContent(body, Encoding.UTF8, "application/json")), field);

    static async Task IsInvalid(HttpResponseMessage answer, string field)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == BadRequest, $"{answer.StatusCode} {text}");
        var problem = JsonSerializer.Deserialize<Problem>(text, MessageFormat.Json)!;
        Assert.Equal("urn:jangteo:problem:invalid", problem.Type);
        Assert.Contains(field, problem.Errors!.Keys);
    }

    static StringContent Json(string change)
    {
        var order = JsonSerializer.SerializeToNode(Shop.Tea(), MessageFormat.Json)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
            if (name == "shipTo" && value is not null) foreach (var (inner, text) in value.AsObject()) order["shipTo"]![inner] = text?.DeepClone();
            else order[name] = value?.DeepClone();
        return new(order.ToJsonString(), Encoding.UTF8, "application/json");
    }
}
