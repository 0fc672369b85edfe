using System.Collections;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Catalog.Tests;

/// <summary>The Catalog alone: empty but for two categories, or with the sample assortment.</summary>
sealed class Shop(TestService<CatalogDb> service) : IAsyncDisposable
{
    static readonly Guid Employee = Guid.CreateVersion7();

    public TestService<CatalogDb> Service => service;

    public HttpClient Http => service.Http;

    public HttpClient StaffHttp { get; } = service.As(Employee, staff: true);

    public CatalogClient Catalog { get; } = new(service.Http);

    public CatalogClient Staff { get; } = new(service.As(Employee, staff: true));

    public static async Task<Shop> WithSample(string database, string? name = null) => new(await Start(database, name ?? $"catalog_{Guid.NewGuid():N}", sample: true));

    public static async Task<Shop> Open(string database = "SQLite", string? name = null, Action<IServiceCollection>? services = null)
    {
        var shop = new Shop(await Start(database, name ?? $"catalog_{Guid.NewGuid():N}", sample: false, services));
        if (name is not null) return shop;
        Assert.True((await shop.Staff.SaveCategory("food", new(new("식품", "Food")))).Ok);
        Assert.True((await shop.Staff.SaveCategory("fruit", new(new("과일", "Fruit"), "food"))).Ok);
        return shop;
    }

    static Task<TestService<CatalogDb>> Start(string database, string name, bool sample, Action<IServiceCollection>? services = null) => TestService<CatalogDb>.Start("catalog", b => b.AddCatalog(), a => a.MapCatalog(), services,
    [
        ("Catalog:Sample", sample ? "true" : "false"), ("Feeds:DeliverTwice", "true"),
        .. database == "PostgreSQL" ? [("ConnectionStrings:catalog", $"{TestDatabase.Server};Database={name}")] : Array.Empty<(string, string)>(),
    ]);

    /// <summary>An edit that is in order.</summary>
    public static ProductEdit Apples(string slug = "apples", long price = 9_000, string sku = "APPLES") => new(slug, "fruit", new("꿀사과", "Honey apples"), new("오름뜰", "Oreumtteul"),
        new("달아요", "Sweet"), new("**아삭**해요", "**Crisp**"), [], [new(sku, [], price, OpeningStock: 7)], Keywords: ["apple"]);

    public async Task<ProductView> Add(ProductEdit edit, Guid? id = null)
    {
        var answer = await Staff.Save(id ?? Guid.CreateVersion7(), edit);
        return answer.Required;
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();
}

/// <summary>SQLite and PostgreSQL.</summary>
sealed class EveryDatabase : IEnumerable<object[]>
{
    public IEnumerator<object[]> GetEnumerator() => ((IEnumerable<object[]>)[["SQLite"], ["PostgreSQL"]]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
