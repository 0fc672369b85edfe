using System.Net.Http.Json;
using Jangteo.Cart.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Cart.Tests;

/// <summary>The Cart alone, every message delivered twice, at a time that the test sets.</summary>
sealed class TestCart : IAsyncDisposable
{
    readonly TestDatabase? _database;

    TestCart(TestService<CartDb> service, TestDatabase? database, SetTime time) => (Service, _database, Time) = (service, database, time);

    public TestService<CartDb> Service { get; }
    public SetTime Time { get; }

    public static async Task<TestCart> Open(string database = "SQLite", params (string Key, string Value)[] settings)
    {
        var own = database == "PostgreSQL" ? TestDatabase.New() : null;
        var time = new SetTime();
        var service = await TestService<CartDb>.Start("cart", b => b.AddCart(), a => a.MapCart(), services => services.AddSingleton<TimeProvider>(time),
            [("Feeds:DeliverTwice", "true"), .. settings, .. own is null ? Array.Empty<(string, string)>() : [("ConnectionStrings:cart", own.ConnectionString)]]);
        return new(service, own, time);
    }

    /// <summary>Somebody who keeps cookies as a browser does.</summary>
    public Browser Guest() => new(Service.Http);

    public Browser Member(Guid id) => new(Service.As(id));

    /// <summary>Publishes a product with one SKU at the price; in stock when told.</summary>
    public async Task<ProductPublished> Sells(string sku, long price = 1000, int? stock = 10)
    {
        var product = new ProductPublished(Guid.CreateVersion7(), 1, sku.ToLowerInvariant(), new("차", "Tea"), "tea", "tea.webp", [new(sku, new("빨강", "Red"), Money.Won(price), 5)]);
        await Hear(product);
        if (stock is { } pieces) await Hear(new StockChanged(sku, pieces, 1));
        return product;
    }

    public Task Hear(ProductPublished message) => Service.Deliver<CatalogReplica>("catalog", message);
    public Task Hear(ProductRetired message) => Service.Deliver<CatalogReplica>("catalog", message);
    public Task Hear(StockChanged message) => Service.Deliver<StockReplica>("inventory", message);
    public Task Hear(OrderAwaitsDeposit message) => Service.Deliver<BoughtLines>("orders", message);
    public Task Hear(OrderConfirmed message) => Service.Deliver<BoughtLines>("orders", message);
    public Task Hear(MemberErased message) => Service.Deliver<EraseMember>("identity", message);

    public Task<int> Carts() => Service.Db(db => db.Carts.CountAsync());

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }
}

/// <summary>A visitor's browser: it has the cookie of the guest cart, and a member's token once logged in.</summary>
sealed class Browser(HttpClient http)
{
    public string? Cookie { get; set; }

    /// <summary>The last Set-Cookie; null when the answer had none.</summary>
    public string? SetCookie { get; private set; }

    public CartClient Cart => new(new HttpClient(new Jar(this, http)) { BaseAddress = http.BaseAddress });

    public async Task<CartView> Put(string sku, int quantity) => (await Cart.Put(sku, quantity)).Required;

    public async Task<CartView> Get() => (await Cart.Get()).Required;

    public Task<HttpResponseMessage> PutRaw(string sku, string json) =>
        http.PutAsync($"/api/cart/lines/{sku}", new StringContent(json, System.Text.Encoding.UTF8, "application/json"));

    public Browser LoggedIn(HttpClient member) => new(member) { Cookie = Cookie };

    sealed class Jar(Browser browser, HttpClient http) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
        {
            using var copy = new HttpRequestMessage(request.Method, request.RequestUri);
            if (request.Content is not null) copy.Content = new ByteArrayContent(await request.Content.ReadAsByteArrayAsync(ct)) { Headers = { ContentType = request.Content.Headers.ContentType } };
            if (browser.Cookie is not null) copy.Headers.Add("Cookie", $"{CartClient.GuestCookie}={browser.Cookie}");
            var response = await http.SendAsync(copy, ct);
            browser.SetCookie = response.Headers.TryGetValues("Set-Cookie", out var set) ? set.Single() : null;
            if (browser.SetCookie is { } cookie) browser.Cookie = cookie.Split(';')[0].Split('=', 2)[1] is { Length: > 0 } value ? value : null;
            return response;
        }
    }
}

/// <summary>Stands still until the test moves it.</summary>
sealed class SetTime : TimeProvider
{
    DateTimeOffset _now = DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Pass(TimeSpan time) => _now += time;
}
