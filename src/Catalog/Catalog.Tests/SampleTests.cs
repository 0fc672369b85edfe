using System.Net;
using Jangteo.Catalog.Contracts;

namespace Jangteo.Catalog.Tests;

public class SampleTests
{
    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task A_first_start_shows_a_shop_in_which_people_find_things(string database)
    {
        await using var shop = await Shop.WithSample(database);
        await Opens_with_its_assortment(shop);
        await Words_find_what_people_mean(shop);
        await Lists_narrow_and_page(shop);
    }

    static async Task Opens_with_its_assortment(Shop shop)
    {
        var first = (await shop.Catalog.Browse(new(Limit: 100))).Required;
        Assert.True(first.Total >= 200);
        var published = await shop.Service.Announced<ProductPublished>();
        Assert.Equal(first.Total, published.Count);
        Assert.Contains(published, p => p.Skus.Any(s => s.OpeningStock > 0));
        Assert.Equal(SampleAssortment.IdOf("fuji-apples-3kg"), (await shop.Catalog.Product("fuji-apples-3kg")).Required.Id);
        Assert.Equal(first.Total, (await shop.Catalog.Categories()).Required.Sum(c => c.ProductCount));
        // Newest first shows the breadth of the shop.
        Assert.True((await Task.WhenAll(first.Items.Take(12).Select(p => shop.Catalog.Product(p.Slug)))).Select(p => p.Required.CategoryPath[0].Slug).Distinct().Count() >= 4);
        foreach (var picture in new[] { first.Items[0].Picture, (await shop.Catalog.Categories()).Required[0].Icon })
            Assert.Equal(HttpStatusCode.OK, (await shop.Http.GetAsync($"/api/catalog/pictures/{picture}/160.webp")).StatusCode);
    }

    static async Task Words_find_what_people_mean(Shop shop)
    {
        async Task<string[]> Found(string search) => [.. (await shop.Catalog.Browse(new(search))).Required.Items.Select(p => p.Slug)];

        Assert.Equal("fuji-apples-3kg", (await Found("apples"))[0]);
        Assert.Contains("fuji-apples-3kg", (await Found("사과"))[..3]);
        Assert.Equal(await Found("사과"), await Found("사과를"));
        Assert.All(await Found("무선 이어폰"), slug => Assert.EndsWith("-buds", slug));
        Assert.Equal(await Found("무선 이어폰"), await Found("무선이어폰"));
        Assert.Equal(await Found("무선 이어폰"), await Found("earphones"));
        Assert.Equal(await Found("earphones"), await Found("EARPHONE"));
        Assert.Contains("jeju-tangerines", await Found("귤을"));
        Assert.NotEmpty(await Found("이어"));
        Assert.NotEmpty(await Found("3kg"));
        Assert.Empty(await Found("없는말씀"));
        Assert.Empty(await Found("!!!"));
        // Nothing is an apple and a notebook: then either will do.
        Assert.True((await Found("사과 노트북")).Length > 3);
    }

    static async Task Lists_narrow_and_page(Shop shop)
    {
        var food = (await shop.Catalog.Browse(new(Category: "food"))).Required;
        Assert.Equal(food.Total, food.Facets!.Categories.Sum(c => c.Count));
        var brand = food.Facets.Brands[0];
        var narrowed = (await shop.Catalog.Browse(new(Category: "food", Brand: brand.Value))).Required;
        Assert.Equal(brand.Count, narrowed.Total);
        Assert.True(narrowed.Facets!.Brands.Count > 1);
        var cheap = (await shop.Catalog.Browse(new(Category: "food", MinPrice: 10_000, MaxPrice: 20_000, Limit: 100))).Required;
        Assert.InRange(cheap.Total, 1, food.Total - 1);
        Assert.All(cheap.Items, p => Assert.InRange(p.Price.Amount, 10_000, 20_000));

        foreach (var query in new ProductQuery[] { new(Sort: "newest"), new(Sort: "price"), new(Sort: "-price"), new(Sort: "name"), new(Search: "무선") })
        {
            var pages = new List<ProductCard>();
            var page = (await shop.Catalog.Browse(query with { Limit = 17 })).Required;
            var total = page.Total;
            for (; ; page = (await shop.Catalog.Browse(query with { Limit = 17, After = page.Next })).Required)
            {
                pages.AddRange(page.Items);
                Assert.Equal(total, page.Total);
                if (page.Next is null) break;
            }
            Assert.Equal(total, pages.DistinctBy(p => p.Id).Count());
            Assert.Equal(total, pages.Count);
            if (query.Sort == "price") Assert.Equal(pages.OrderBy(p => p.Price.Amount).ThenBy(p => p.Slug, StringComparer.Ordinal), pages);
            if (query.Sort == "name") Assert.Equal(pages.OrderBy(p => p.Name.Ko, StringComparer.Ordinal), pages);
        }
    }
}
