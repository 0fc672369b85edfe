using Jangteo.Platform;

namespace Jangteo.Catalog.Contracts;

/// <summary>How a list of products is ordered.</summary>
public static class ProductSort
{
    /// <summary>The values of <c>sort</c>.</summary>
    public const string Newest = "newest", PriceUp = "price", PriceDown = "-price", Name = "name", Relevance = "relevance";
}

/// <summary>What a shopper looks for.</summary>
/// <param name="Search">Words, Korean or English.</param>
/// <param name="Category">A category's slug; its descendants are included.</param>
/// <param name="Brand">A brand's slug.</param>
/// <param name="Sort">One of <see cref="ProductSort"/>; relevance for searches, else newest.</param>
/// <param name="MinPrice">Minor units, inclusive.</param>
/// <param name="MaxPrice">Minor units, inclusive.</param>
/// <param name="InStock">True for only what can be bought now.</param>
/// <param name="Skus">Comma-separated SKUs, to look up several at once.</param>
/// <param name="After">The cursor of the page before.</param>
/// <param name="Limit">1 to 100.</param>
public sealed record ProductQuery(string? Search = null, string? Category = null, string? Brand = null, string? Sort = null,
    long? MinPrice = null, long? MaxPrice = null, bool? InStock = null, string? Skus = null, string? After = null, int? Limit = null);

/// <summary>A product in a list.</summary>
/// <param name="Price">The lowest price of its SKUs.</param>
/// <param name="Picture">The name of its main picture, at /api/catalog/pictures/{name}/{width}.webp with widths 160, 320, 640 and 1280; null without one.</param>
/// <param name="ListPrice">The price before a discount; null without one.</param>
/// <param name="HasOptions">The shopper must choose before buying.</param>
/// <param name="SingleSku">The SKU when there is nothing to choose.</param>
/// <param name="SoldOut">No SKU is in stock.</param>
/// <param name="RatingTenths">Average stars times ten, 10–50; null without reviews.</param>
public sealed record ProductCard(Guid Id, string Slug, LocalText Name, LocalText Brand, LocalText Summary, Money Price, Money? ListPrice,
    string? Picture, bool HasOptions, string? SingleSku, bool SoldOut, int? RatingTenths, int ReviewCount);

/// <summary>One value of a facet and how many products have it.</summary>
public sealed record FacetValue(string Value, LocalText Name, int Count);

/// <summary>What the found products can be narrowed by.</summary>
public sealed record ProductFacets(IReadOnlyList<FacetValue> Categories, IReadOnlyList<FacetValue> Brands, long MinPrice, long MaxPrice);

/// <summary>A page of products.</summary>
/// <param name="Total">How many were found in all.</param>
/// <param name="Facets">On the first page only; null on later ones.</param>
public sealed record ProductList(IReadOnlyList<ProductCard> Items, string? Next, int Total, ProductFacets? Facets);

/// <summary>A SKU on the product page.</summary>
/// <param name="Options">One value for each of the product's option names, in their order.</param>
/// <param name="Available">Pieces that can be bought; null while unknown.</param>
public sealed record SkuView(string Sku, IReadOnlyList<LocalText> Options, Money Price, int? Available);

/// <summary>One row of the legal product notice (전자상거래법 상품정보제공고시).</summary>
public sealed record NoticeRow(LocalText Name, LocalText Value);

/// <summary>A product in full.</summary>
/// <param name="Description">Sanitised HTML.</param>
/// <param name="DescriptionSource">The Markdown it was made from; for staff.</param>
/// <param name="CategoryPath">From the top of the tree to its category.</param>
/// <param name="Revision">To send back with an update.</param>
public sealed record ProductView(Guid Id, string Slug, LocalText Name, LocalText Brand, string BrandSlug, LocalText Summary, LocalText Description, LocalText DescriptionSource,
    IReadOnlyList<CategoryRef> CategoryPath, IReadOnlyList<LocalText> OptionNames, IReadOnlyList<SkuView> Skus, Money Price, Money? ListPrice,
    IReadOnlyList<string> Pictures, IReadOnlyList<NoticeRow> Notice, bool SoldOut, bool Retired, int? RatingTenths, int ReviewCount, int Revision,
    IReadOnlyList<string>? Keywords = null);

/// <summary>A category by its slug and name.</summary>
public sealed record CategoryRef(string Slug, LocalText Name);

/// <summary>A category and what is below it.</summary>
/// <param name="Icon">The name of its picture, served like a product's.</param>
/// <param name="ProductCount">Products sold in it and below it.</param>
public sealed record CategoryNode(string Slug, LocalText Name, string? Icon, int ProductCount, IReadOnlyList<CategoryNode> Children);

/// <summary>A SKU as staff write it.</summary>
public sealed record SkuEdit(string Sku, IReadOnlyList<LocalText> Options, long Price, int OpeningStock = 0);

/// <summary>A product as staff write it. Prices are minor units of the mall's currency.</summary>
/// <param name="Revision">The revision the edit began from; 409 when it has changed since. Null when new.</param>
public sealed record ProductEdit(string Slug, string Category, LocalText Name, LocalText Brand, LocalText Summary, LocalText Description,
    IReadOnlyList<LocalText> OptionNames, IReadOnlyList<SkuEdit> Skus, long? ListPrice = null, IReadOnlyList<string>? Pictures = null,
    IReadOnlyList<NoticeRow>? Notice = null, IReadOnlyList<string>? Keywords = null, int? Revision = null);

/// <summary>A category as staff write it.</summary>
/// <param name="Parent">The slug of the category above; null at the top.</param>
/// <param name="Position">Its place among its siblings.</param>
/// <param name="Icon">The name of a stored picture.</param>
public sealed record CategoryEdit(LocalText Name, string? Parent = null, int Position = 0, string? Icon = null);

/// <summary>What is wrong with a line of an import.</summary>
/// <param name="Line">The line of the file; the header is line 1.</param>
public sealed record ImportError(int Line, string Field, string Message);

/// <summary>What an import did: all lines, or none and every error.</summary>
public sealed record ImportReport(int Lines, int Created, int Updated, IReadOnlyList<ImportError> Errors);

/// <summary>Asks the Catalog.</summary>
public sealed class CatalogClient(HttpClient http)
{
    // Twenty thousand lines take their time, and pictures wait for each other.
    static readonly TimeSpan UploadPatience = TimeSpan.FromSeconds(60);

    /// <summary>GET /api/catalog/products: browses and searches.</summary>
    public Task<Answer<ProductList>> Browse(ProductQuery query, CancellationToken ct = default) => http.Ask<ProductList>(HttpMethod.Get, Calls.Query("/api/catalog/products",
        ("search", query.Search), ("category", query.Category), ("brand", query.Brand), ("sort", query.Sort), ("minPrice", query.MinPrice), ("maxPrice", query.MaxPrice),
        ("inStock", query.InStock is true ? "true" : null), ("skus", query.Skus), ("after", query.After), ("limit", query.Limit)), null, ct);

    /// <summary>GET /api/catalog/products/{slug or id}.</summary>
    public Task<Answer<ProductView>> Product(string slugOrId, CancellationToken ct = default) => http.Ask<ProductView>(HttpMethod.Get, $"/api/catalog/products/{Uri.EscapeDataString(slugOrId)}", null, ct);

    /// <summary>GET /api/catalog/categories: the tree.</summary>
    public Task<Answer<IReadOnlyList<CategoryNode>>> Categories(CancellationToken ct = default) => http.Ask<IReadOnlyList<CategoryNode>>(HttpMethod.Get, "/api/catalog/categories", null, ct);

    /// <summary>PUT /api/catalog/products/{id}: makes or changes a product; staff. The caller makes the id.</summary>
    public Task<Answer<ProductView>> Save(Guid id, ProductEdit edit, CancellationToken ct = default) => http.Ask<ProductView>(HttpMethod.Put, $"/api/catalog/products/{id}", edit, ct);

    /// <summary>DELETE /api/catalog/products/{id}: retires a product; staff.</summary>
    public Task<Answer<Nothing>> Retire(Guid id, CancellationToken ct = default) => http.Ask<Nothing>(HttpMethod.Delete, $"/api/catalog/products/{id}", null, ct);

    /// <summary>PUT /api/catalog/categories/{slug}: makes or changes a category; staff.</summary>
    public Task<Answer<CategoryNode>> SaveCategory(string slug, CategoryEdit edit, CancellationToken ct = default) => http.Ask<CategoryNode>(HttpMethod.Put, $"/api/catalog/categories/{Uri.EscapeDataString(slug)}", edit, ct);

    /// <summary>DELETE /api/catalog/categories/{slug}: removes an empty category; staff.</summary>
    public Task<Answer<Nothing>> RemoveCategory(string slug, CancellationToken ct = default) => http.Ask<Nothing>(HttpMethod.Delete, $"/api/catalog/categories/{Uri.EscapeDataString(slug)}", null, ct);

    /// <summary>POST /api/catalog/pictures: stores a picture (JPEG, PNG or WebP, at most 10 MB) and gives its name for <see cref="ProductEdit.Pictures"/>; staff.</summary>
    public Task<Answer<StoredPicture>> AddPicture(Stream picture, string contentType, CancellationToken ct = default) =>
        http.Ask<StoredPicture>(HttpMethod.Post, "/api/catalog/pictures", new StreamContent(picture) { Headers = { { "Content-Type", contentType } } }, ct, patience: UploadPatience);

    /// <summary>GET /api/catalog/exports: all products that are sold, as CSV in the columns of the import; staff.</summary>
    /// <exception cref="HttpRequestException">The catalog is down, or refuses.</exception>
    public Task<Stream> Export(CancellationToken ct = default) => http.GetStreamAsync("/api/catalog/exports", ct);

    /// <summary>POST /api/catalog/imports: CSV, all or nothing; staff.</summary>
    public Task<Answer<ImportReport>> Import(Stream csv, CancellationToken ct = default) =>
        http.Ask<ImportReport>(HttpMethod.Post, "/api/catalog/imports", new StreamContent(csv) { Headers = { { "Content-Type", "text/csv" } } }, ct, patience: UploadPatience);
}

/// <summary>A stored picture's name; its sizes are at /api/catalog/pictures/{name}/{width}.webp with widths 160, 320, 640 and 1280.</summary>
public sealed record StoredPicture(string Name);
