using System.Text.Json;
using Jangteo.Board.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages;

/// <summary>GET /products/{slug}: a product with its reviews and questions.</summary>
[OutputCache(PolicyName = SharedPages.Name)]
sealed class ProductPage(CatalogClient catalog, BoardClient board, OrdersClient orders, Language language, ShopAddress shop, ILogger<ProductPage> log) : ShopPage
{
    const int ReviewsShown = 5;
    const int QuestionsShown = 5;

    public ProductView Product { get; private set; } = null!;
    public ReviewList? Reviews { get; private set; }
    public Page<PostSummary>? Questions { get; private set; }
    /// <summary>What delivery of one costs; null while Orders does not answer.</summary>
    public Quote? Delivery { get; private set; }

    public string SkusJson { get; private set; } = "";
    public string StructuredData { get; private set; } = "";

    /// <summary>The SKU that is chosen at first: one that can be bought, if there is one.</summary>
    public SkuView First => Product.Skus.FirstOrDefault(sku => sku.Available != 0) ?? Product.Skus[0];

    public async Task<IActionResult> OnGet(string slug, CancellationToken ct)
    {
        var answer = await catalog.Product(slug, ct);
        if (!answer.Ok || answer.Value.Skus.Count == 0) return NotFound();
        Product = answer.Value;
        if (slug != Product.Slug) return RedirectPermanent(Url.Content($"~/products/{Product.Slug}"));

        var reviews = board.Reviews(Product.Id, null, ReviewsShown, ct).OrNull(log);
        var questions = board.Posts(Boards.Questions, productId: Product.Id, limit: QuestionsShown, ct: ct).OrNull(log);
        var delivery = orders.Quote([new(First.Sku, 1)], ct).OrNull(log);
        (Reviews, Questions, Delivery) = (await reviews, await questions, await delivery);
        if (Reviews is null || Questions is null || Delivery is null) LacksAPart();

        ShowShared(language.Of(Product.Name), Tab.Products);
        Tag();
        Description = language.Of(Product.Summary);
        Picture = Product.Pictures.Count > 0 ? Pictures.Of(Product.Pictures[0], Pictures.Large) : null;
        TopCategory = Product.CategoryPath.FirstOrDefault()?.Slug;
        BodyClass = "has-buy-bar";
        SkusJson = JsonSerializer.Serialize(Product.Skus.Select(sku => new
        {
            sku = sku.Sku,
            options = sku.Options.Select(language.Of),
            price = sku.Price.Amount,
            stock = sku.Available,
        }));
        StructuredData = JsonSerializer.Serialize(Describe());
        return Page();
    }

    /// <summary>The values of an option in the order in which the SKUs name them.</summary>
    public IEnumerable<string> ValuesOf(int option) => Product.Skus.Select(sku => language.Of(sku.Options[option])).Distinct();

    public bool IsFirst(int option, string value) => language.Of(First.Options[option]) == value;

    /// <summary>What a value costs, where the one option decides the price; null where nobody needs to be told.</summary>
    public Money? PriceOf(string value) => Product.OptionNames.Count == 1 && Product.Skus.Any(sku => sku.Price != Product.Price)
        ? Product.Skus.First(sku => language.Of(sku.Options[0]) == value).Price : null;

    public string NameOf(SkuView sku) => string.Join(" / ", sku.Options.Select(language.Of));

    public int ShareOf(int stars) => Reviews is { Total: > 0 } reviews ? reviews.CountByStars[stars - 1] * 100 / reviews.Total : 0;

    void Tag()
    {
        if (HttpContext.Features.Get<IOutputCacheFeature>() is not { } cache) return;
        cache.Context.Tags.Add(CacheTags.Product(Product.Id));
        foreach (var sku in Product.Skus) cache.Context.Tags.Add(CacheTags.Sku(sku.Sku));
    }

    /// <summary>The product in the words of schema.org, for search engines.</summary>
    Dictionary<string, object> Describe()
    {
        var data = new Dictionary<string, object>
        {
            ["@context"] = "https://schema.org",
            ["@type"] = "Product",
            ["name"] = language.Of(Product.Name),
            ["description"] = language.Of(Product.Summary),
            ["sku"] = First.Sku,
            ["brand"] = new Dictionary<string, object> { ["@type"] = "Brand", ["name"] = language.Of(Product.Brand) },
            ["image"] = Product.Pictures.Select(picture => shop.Origin + Pictures.Of(picture, Pictures.Huge)).ToArray(),
            ["offers"] = new Dictionary<string, object>
            {
                ["@type"] = "Offer",
                ["url"] = $"{shop.Origin}{language.PathBase}/products/{Product.Slug}",
                ["priceCurrency"] = Product.Price.Currency,
                ["price"] = Product.Price.Currency == "KRW" ? Product.Price.Amount : Product.Price.Amount / 100m,
                ["availability"] = Product.SoldOut ? "https://schema.org/OutOfStock" : "https://schema.org/InStock",
            },
        };
        if (Product.RatingTenths is { } tenths)
            data["aggregateRating"] = new Dictionary<string, object> { ["@type"] = "AggregateRating", ["ratingValue"] = tenths / 10m, ["reviewCount"] = Product.ReviewCount };
        return data;
    }
}
