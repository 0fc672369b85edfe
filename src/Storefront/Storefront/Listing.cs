using System.Globalization;
using Jangteo.Catalog.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Jangteo.Storefront;

/// <summary>A link of a facet or of the sort order.</summary>
public sealed record ListingLink(string Name, string Link, bool Here, int? Count = null, int Depth = 0);

/// <summary>What a shopper asked of a list, read from the query, and the links that change one part of it.</summary>
sealed class Listing
{
    const long MostMinorUnits = 999_999_999;

    public required string Path { get; init; }
    public string? Search { get; private init; }
    /// <summary>The category a search is narrowed to; the page of a category says it by its path.</summary>
    public string? Category { get; private init; }
    public string? Brand { get; private init; }
    public string? Sort { get; private init; }
    public long? MinPrice { get; private init; }
    public long? MaxPrice { get; private init; }
    public bool InStock { get; private init; }
    public string? After { get; private init; }
    public ProductList? Found { get; set; }
    public IReadOnlyList<ListingLink> Categories { get; set; } = [];

    /// <summary>What makes no sense is left out: a link that somebody mangled still shows products.</summary>
    public static Listing Read(string path, IQueryCollection query)
    {
        var (least, most) = (Price(query["minPrice"]), Price(query["maxPrice"]));
        return least > most ? Read(path, query, most, least) : Read(path, query, least, most);
    }

    static Listing Read(string path, IQueryCollection query, long? least, long? most) => new()
    {
        Path = path,
        Search = Text(query["q"]),
        Category = Text(query["q"]) is null ? null : Text(query["category"]),
        Brand = Text(query["brand"]),
        Sort = Text(query["sort"]) is { } sort && s_sorts.Contains(sort) ? sort : null,
        MinPrice = least,
        MaxPrice = most,
        InStock = query["inStock"] == "true",
        After = Text(query["after"], 500),
    };

    static readonly string[] s_sorts = [ProductSort.Newest, ProductSort.PriceUp, ProductSort.PriceDown, ProductSort.Name, ProductSort.Relevance];

    public ProductQuery Query(string? category, int limit) => new(Search, category ?? Category, Brand, Sort, MinPrice, MaxPrice, InStock ? true : null, null, After, limit);

    /// <summary>Only the plain list, first page, is worth a search engine's while.</summary>
    public bool Plain => Search is null && !Narrowed && Sort is null && After is null;

    /// <summary>Filters stand between the shopper and more products.</summary>
    public bool Narrowed => Category is not null || Brand is not null || MinPrice is not null || MaxPrice is not null || InStock;

    public string Unfiltered => Search is null ? Path : $"{Path}?q={Uri.EscapeDataString(Search)}";

    /// <summary>Where to begin again when the Catalog cannot make sense of the list; null when there is nothing to leave out.</summary>
    public string? Simpler => After is not null ? LinkTo(null) : Narrowed ? Unfiltered : null;

    public string LinkTo(string? after) => Link(Category, Brand, Sort, MinPrice, MaxPrice, InStock, after);

    public string WithBrand(string? brand) => Link(Category, brand, Sort, MinPrice, MaxPrice, InStock, null);

    public string WithCategory(string? category) => Link(category, Brand, Sort, MinPrice, MaxPrice, InStock, null);

    public IReadOnlyList<ListingLink> Sorts(Texts texts)
    {
        var chosen = Sort ?? (Search is null ? ProductSort.Newest : ProductSort.Relevance);
        return [.. new (string Value, string Name)[]
        {
            (ProductSort.Relevance, texts.SortRelevance), (ProductSort.Newest, texts.SortNewest), (ProductSort.PriceUp, texts.SortPrice),
            (ProductSort.PriceDown, texts.SortPriceDescending), (ProductSort.Name, texts.SortName),
        }
        .Where(sort => Search is not null || sort.Value != ProductSort.Relevance)
        .Select(sort => new ListingLink(sort.Name, Link(Category, Brand, sort.Value, MinPrice, MaxPrice, InStock, null), sort.Value == chosen))];
    }

    /// <summary>The filters in force, each with the link that takes it off.</summary>
    public IReadOnlyList<ListingLink> Filters(Language language, Texts texts, Show show)
    {
        var filters = new List<ListingLink>();
        if (Category is not null) filters.Add(new(Categories.FirstOrDefault(choice => choice.Here)?.Name ?? Category, WithCategory(null), true));
        if (Brand is not null)
            filters.Add(new(Found?.Facets?.Brands.FirstOrDefault(brand => brand.Value == Brand) is { } known ? language.Of(known.Name) : Found?.Items.FirstOrDefault() is { } first ? language.Of(first.Brand) : Brand, WithBrand(null), true));
        var prices = (MinPrice, MaxPrice) switch
        {
            ({ } least, { } most) => $"{show.Price(least)} ~ {show.Price(most)}",
            ({ } least, null) => texts.PriceFrom(show.Price(least)),
            (null, { } most) => texts.PriceUpTo(show.Price(most)),
            _ => null,
        };
        if (prices is not null) filters.Add(new(prices, Link(Category, Brand, Sort, null, null, InStock, null), true));
        if (InStock) filters.Add(new(texts.InStockOnly, Link(Category, Brand, Sort, MinPrice, MaxPrice, false, null), true));
        return filters;
    }

    string Link(string? category, string? brand, string? sort, long? minPrice, long? maxPrice, bool inStock, string? after)
    {
        var query = new QueryBuilder();
        void Add(string name, object? value)
        {
            if (value is not null) query.Add(name, Convert.ToString(value, CultureInfo.InvariantCulture)!);
        }
        Add("q", Search);
        Add("category", category);
        Add("brand", brand);
        Add("sort", sort);
        Add("minPrice", minPrice);
        Add("maxPrice", maxPrice);
        Add("inStock", inStock ? "true" : null);
        Add("after", after);
        return Path + query.ToQueryString();
    }

    static string? Text(string? value, int most = 100) => string.IsNullOrWhiteSpace(value) || value.Any(char.IsControl) ? null : value.Trim() is var text && text.Length > most ? text[..most] : value.Trim();

    static long? Price(string? value) => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var price) && price <= MostMinorUnits ? price : null;
}
