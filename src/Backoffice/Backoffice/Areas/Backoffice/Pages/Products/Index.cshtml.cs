using System.Text.RegularExpressions;
using Jangteo.Catalog.Contracts;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Products;

/// <summary>GET /backoffice/products: what the shop sells, searched like shoppers do, or by SKU.</summary>
sealed partial class IndexPage : StaffPage
{
    [BindProperty(SupportsGet = true)] public string? Search { get; set; }
    [BindProperty(SupportsGet = true)] public string? Category { get; set; }
    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public ProductList Found { get; private set; } = new([], null, 0, null);
    public List<(CategoryNode Category, int Depth)> Categories { get; private set; } = [];

    public async Task OnGet()
    {
        var query = await QueryOf(this, Search, Category, After);
        Found = await Ask("catalog", () => Modules.Catalog.Browse(query, Ct)) ?? Found;
        Categories = Flat(await Ask("catalog", () => Modules.Catalog.Categories(Ct)) ?? [], 0).ToList();
    }

    /// <summary>Words look for names. Something like a SKU looks for that; where there is none, it was a name after all.</summary>
    internal static async Task<ProductQuery> QueryOf(StaffPage page, string? search, string? category, string? after, int limit = 30)
    {
        var words = new ProductQuery(search, category, After: after, Limit: limit);
        if (search?.Trim() is not { } text || !LooksLikeSkus().IsMatch(text)) return words;
        var skus = new ProductQuery(Category: category, Skus: text, Limit: 1);
        return await page.Ask("catalog", () => page.Modules.Catalog.Browse(skus, page.Ct)) is { Items.Count: > 0 } ? skus with { After = after, Limit = limit } : words;
    }

    [GeneratedRegex("^[A-Z0-9-]{1,32}(,[A-Z0-9-]{1,32}){0,99}$")]
    private static partial Regex LooksLikeSkus();

    /// <summary>The tree as a list, each category behind its parent.</summary>
    internal static IEnumerable<(CategoryNode Category, int Depth)> Flat(IReadOnlyList<CategoryNode> nodes, int depth) =>
        nodes.SelectMany(node => Flat(node.Children, depth + 1).Prepend((node, depth)));
}
