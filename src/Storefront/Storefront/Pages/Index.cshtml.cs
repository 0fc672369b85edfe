using Jangteo.Catalog.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages;

/// <summary>A row of products on the home page.</summary>
sealed record ProductShelf(string Id, string Title, string? Link, IReadOnlyList<ProductCard> Products);

/// <summary>GET /: what is new, reduced and well liked.</summary>
[OutputCache(PolicyName = SharedPages.Name, Tags = [CacheTags.Products])]
sealed class IndexPage(CatalogClient catalog, OrdersClient orders, CategoryShelf categories, ILogger<IndexPage> log) : ShopPage
{
    const int PerShelf = 10;

    public IReadOnlyList<ProductShelf> Shelves { get; private set; } = [];
    public IReadOnlyList<ProductCard> Heroes { get; private set; } = [];
    public IReadOnlyList<(CategoryNode Category, string? Picture)> Categories { get; private set; } = [];

    /// <summary>From where on delivery is free; null while Orders does not answer.</summary>
    public Money? FreeDeliveryFrom { get; private set; }

    public async Task OnGet(CancellationToken ct)
    {
        ShowShared(null, Tab.Home);
        // One page of the newest is enough to choose from; it costs one call and is kept.
        var found = await catalog.Browse(new(Sort: ProductSort.Newest, Limit: 100), ct).OrNull(log);
        var tree = await categories.Tree(ct);
        Categories = [.. tree.Select(node => (node, node.Icon))];
        // Orders knows the rule, and tells it with the price of anything.
        var quote = found?.Items.FirstOrDefault(product => product.SingleSku is not null) is { } any ? await orders.Quote([new(any.SingleSku!, 1)], ct).OrNull(log) : null;
        FreeDeliveryFrom = quote?.FreeDeliveryFrom;
        if (found is null || quote is null) LacksAPart();
        if (found is null) return;
        var buyable = found.Items.Where(product => !product.SoldOut && product.Picture is not null).ToList();
        var reduced = buyable.Where(product => new PriceTag(product.Price, product.ListPrice).Off > 0)
            .OrderByDescending(product => new PriceTag(product.Price, product.ListPrice).Off).ToList();
        var liked = buyable.Where(product => product.RatingTenths >= 40).OrderByDescending(product => product.RatingTenths).ThenByDescending(product => product.ReviewCount);
        Heroes = [.. reduced.Concat(buyable).DistinctBy(product => product.Id).Take(3)];
        Picture = Heroes.Count > 0 ? Pictures.Of(Heroes[0].Picture!, Pictures.Large) : null;
        Shelves = [.. new ProductShelf[]
        {
            new("new", T.NewProducts, "~/search?sort=newest", [.. found.Items.Take(PerShelf)]),
            new("reduced", T.Discounted, null, [.. reduced.Take(PerShelf)]),
            new("liked", T.BestReviewed, null, [.. liked.Take(PerShelf)]),
        }.Where(shelf => shelf.Products.Count > 0)];
    }
}
