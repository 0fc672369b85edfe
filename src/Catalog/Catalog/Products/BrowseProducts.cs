using System.ComponentModel.DataAnnotations;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog;

/// <summary>What narrows a list.</summary>
sealed record Narrowing(string? Category, string? Brand, long? MinPrice, long? MaxPrice, bool? InStock, string? Skus);

/// <summary>Where a page ended: the sort values of its last product, and the total that the first page counted.</summary>
sealed record BrowseCursor(string Sort, string Slug, int Total, long Price, DateTimeOffset At, string Name, int Score);

/// <summary>GET /api/catalog/products: browse and search.</summary>
static class BrowseProducts
{
    const int MaxFacetValues = 60;
    const string SlugPattern = @"[\p{L}\p{N}-]{1,64}";

    public static void Map(RouteGroupBuilder catalog) => catalog.MapGet("/products", Handle).KeepAnswers(Stamp.Lists).WithTags("Products").WithName("browse-products")
        .WithSummary("Products by category, brand, price and words; total and facets come with the first page.");

    static async Task<Results<Ok<ProductList>, ProblemHttpResult>> Handle(CatalogDb db, Currency currency, CancellationToken ct,
        [StringLength(100)] string? search = null,
        [RegularExpression(SlugPattern)] string? category = null,
        [RegularExpression(SlugPattern)] string? brand = null,
        [AllowedValues(null, ProductSort.Newest, ProductSort.PriceUp, ProductSort.PriceDown, ProductSort.Name, ProductSort.Relevance)] string? sort = null,
        [Range(0, long.MaxValue)] long? minPrice = null,
        [Range(0, long.MaxValue)] long? maxPrice = null,
        bool? inStock = null,
        [RegularExpression("[A-Z0-9-]{1,32}(,[A-Z0-9-]{1,32}){0,99}")] string? skus = null,
        [StringLength(1000)] string? after = null,
        [Range(1, Cursor.MaxLimit)] int limit = 24)
    {
        if (minPrice > maxPrice) return Problems.Invalid("minPrice", "May not be above maxPrice.");
        var query = await Understand(db, search, ct);
        if (query is null && !string.IsNullOrWhiteSpace(search)) return TypedResults.Ok(new ProductList([], null, 0, after is null ? new([], [], 0, 0) : null));
        if (sort is null or ProductSort.Relevance) sort = query is null ? ProductSort.Newest : ProductSort.Relevance;
        var last = Cursor.Read<BrowseCursor>(after);
        if (last is not null && (last.Sort != sort || !ProductRules.Fits(last.Slug + last.Name, 1, 1000))) return Problems.Invalid("after", "A cursor of another list.");

        var asked = new Narrowing(category, brand, minPrice, maxPrice, inStock, skus);
        var tree = await db.Tree(ct);
        var found = Filter(db, asked, query, tree);
        var narrowed = Narrow(found, asked);
        var (total, facets) = last is null ? await Count(db, found, asked, tree, ct) : (last.Total, null);
        var rows = sort == ProductSort.Relevance ? await Ranked(db, narrowed, query!, last, limit + 1, ct) : await Sorted(narrowed, sort, last).Take(limit + 1).Select(p => new Row(p, 0)).ToListAsync(ct);
        var page = Page<ProductCard>.From(rows, limit, r => Card(r.Product, currency), r => Cursor.Of(new BrowseCursor(sort, r.Product.Slug, total, r.Product.Price, r.Product.ListedAt, r.Product.Name.Ko, r.Score)));
        return TypedResults.Ok(new ProductList(page.Items, page.Next, total, facets));
    }

    sealed record Row(Product Product, int Score);

    /// <summary>The strictest reading of the words that finds anything; null when none does.</summary>
    static async Task<SearchQuery?> Understand(CatalogDb db, string? search, CancellationToken ct)
    {
        foreach (var query in SearchQuery.From(search ?? ""))
            if (await db.Matching(query).AnyAsync(e => db.Products.Any(p => p.Id == e.ProductId && !p.Retired), ct)) return query;
        return null;
    }

    static IQueryable<Product> Filter(CatalogDb db, Narrowing asked, SearchQuery? search, CategoryTree tree)
    {
        var found = db.Listed;
        if (search is not null)
        {
            var matching = db.Matching(search).Select(e => e.ProductId);
            found = found.Where(p => matching.Contains(p.Id));
        }
        if (asked.Category is { } category)
        {
            var within = tree.Within(category).ToList();
            found = found.Where(p => within.Contains(p.Category));
        }
        if (asked.Skus?.Split(',') is { } skus)
        {
            var owners = db.Skus.Where(s => skus.Contains(s.Code) && !s.Retired).Select(s => s.ProductId);
            found = found.Where(p => owners.Contains(p.Id));
        }
        if (asked.InStock is true) found = found.Where(p => !p.SoldOut);
        return found;
    }

    static IQueryable<Product> Narrow(IQueryable<Product> found, Narrowing asked)
    {
        if (asked.Brand is { } brand) found = found.Where(p => p.BrandSlug == brand);
        if (asked.MinPrice is { } min) found = found.Where(p => p.Price >= min);
        if (asked.MaxPrice is { } max) found = found.Where(p => p.Price <= max);
        return found;
    }

    static IQueryable<Product> Sorted(IQueryable<Product> found, string sort, BrowseCursor? after) => sort switch
    {
        ProductSort.PriceUp => (after is null ? found : found.Where(p => p.Price > after.Price || (p.Price == after.Price && p.Slug.CompareTo(after.Slug) > 0))).OrderBy(p => p.Price).ThenBy(p => p.Slug),
        ProductSort.PriceDown => (after is null ? found : found.Where(p => p.Price < after.Price || (p.Price == after.Price && p.Slug.CompareTo(after.Slug) > 0))).OrderByDescending(p => p.Price).ThenBy(p => p.Slug),
        ProductSort.Name => (after is null ? found : found.Where(p => p.Name.Ko.CompareTo(after.Name) > 0 || (p.Name.Ko == after.Name && p.Slug.CompareTo(after.Slug) > 0))).OrderBy(p => p.Name.Ko).ThenBy(p => p.Slug),
        _ => (after is null ? found : found.Where(p => p.ListedAt < after.At || (p.ListedAt == after.At && p.Slug.CompareTo(after.Slug) > 0))).OrderByDescending(p => p.ListedAt).ThenBy(p => p.Slug),
    };

    static async Task<List<Row>> Ranked(CatalogDb db, IQueryable<Product> found, SearchQuery search, BrowseCursor? after, int limit, CancellationToken ct)
    {
        var candidates = await found.OrderByDescending(p => p.ListedAt).ThenBy(p => p.Slug).Take(Relevance.MaxCandidates)
            .Join(db.SearchEntries, p => p.Id, e => e.ProductId, (p, e) => new { p.Id, p.Slug, e.Name, e.Brand, e.Keywords, e.Body }).ToListAsync(ct);
        var best = candidates
            .Select(c => (c.Id, c.Slug, Score: Relevance.Of(search, new() { Name = c.Name, Brand = c.Brand, Keywords = c.Keywords, Body = c.Body })))
            .Where(c => after is null || c.Score < after.Score || (c.Score == after.Score && string.CompareOrdinal(c.Slug, after.Slug) > 0))
            .OrderByDescending(c => c.Score).ThenBy(c => c.Slug, StringComparer.Ordinal).Take(limit).ToList();
        var ids = best.ConvertAll(c => c.Id);
        var products = await db.Listed.Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, ct);
        return [.. best.Where(c => products.ContainsKey(c.Id)).Select(c => new Row(products[c.Id], c.Score))];
    }

    static ProductCard Card(Product p, Currency currency) => new(p.Id, p.Slug, p.Name, p.Brand, p.Summary, currency.Of(p.Price), currency.Of(p.ListPrice),
        p.Picture, p.HasOptions, p.SingleSku, p.SoldOut, p.RatingTenths, p.ReviewCount);

    /// <summary>
    /// Total and facets in one pass over what was found. A facet does not narrow itself: with a brand chosen the other brands
    /// are still offered, with a price range the whole range.
    /// </summary>
    static async Task<(int Total, ProductFacets? Facets)> Count(CatalogDb db, IQueryable<Product> found, Narrowing asked, CategoryTree tree, CancellationToken ct)
    {
        var (min, max) = (asked.MinPrice ?? 0, asked.MaxPrice ?? long.MaxValue);
        var groups = await found.GroupBy(p => new { p.Category, p.BrandSlug, Priced = p.Price >= min && p.Price <= max })
            .Select(g => new { g.Key.Category, Brand = g.Key.BrandSlug, g.Key.Priced, Count = g.Count(), Min = g.Min(p => p.Price), Max = g.Max(p => p.Price) }).ToListAsync(ct);
        var branded = groups.Where(g => asked.Brand is null || g.Brand == asked.Brand).ToList();
        var counted = branded.Where(g => g.Priced).ToList();
        var categories = Most(counted.Select(g => (g.Category, g.Count)));
        var brands = Most(groups.Where(g => g.Priced).Select(g => (g.Brand, g.Count)));
        var names = await BrandNames(db, [.. brands.Select(b => b.Value)], ct);
        return (counted.Sum(g => g.Count), new(
            // What staff moved or renamed between these reads is left out.
            [.. categories.Where(c => tree.Has(c.Value)).Select(c => new FacetValue(c.Value, tree.Path(c.Value)[^1].Name, c.Count))],
            [.. brands.Where(b => names.ContainsKey(b.Value)).Select(b => new FacetValue(b.Value, names[b.Value], b.Count))],
            branded.Select(g => g.Min).DefaultIfEmpty().Min(), branded.Select(g => g.Max).DefaultIfEmpty().Max()));
    }

    static List<(string Value, int Count)> Most(IEnumerable<(string Value, int Count)> counts) =>
        [.. counts.GroupBy(c => c.Value).Select(g => (g.Key, g.Sum(c => c.Count))).OrderByDescending(c => c.Item2).ThenBy(c => c.Key, StringComparer.Ordinal).Take(MaxFacetValues)];

    static Task<Dictionary<string, LocalText>> BrandNames(CatalogDb db, List<string> slugs, CancellationToken ct) =>
        db.Listed.Where(p => slugs.Contains(p.BrandSlug)).GroupBy(p => p.BrandSlug).Select(g => new { g.Key, Ko = g.Min(p => p.Brand.Ko)!, En = g.Min(p => p.Brand.En)! })
            .ToDictionaryAsync(b => b.Key, b => new LocalText(b.Ko, b.En), ct);
}
