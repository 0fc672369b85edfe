using Jangteo.Catalog.Contracts;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Products;

/// <summary>GET /backoffice/products: what the shop sells, searched like shoppers do, or by SKU.</summary>
sealed class IndexPage : StaffPage
{
    [BindProperty(SupportsGet = true)] public string? Search { get; set; }
    [BindProperty(SupportsGet = true)] public string? Category { get; set; }
    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public ProductList Found { get; private set; } = new([], null, 0, null);
    public List<(CategoryNode Category, int Depth)> Categories { get; private set; } = [];

    public async Task OnGet()
    {
        Found = await Ask("catalog", () => Modules.Catalog.Browse(QueryOf(Search, Category, After), Ct)) ?? Found;
        Categories = Flat(await Ask("catalog", () => Modules.Catalog.Categories(Ct)) ?? [], 0).ToList();
    }

    /// <summary>Words look for names; something like a SKU looks for that.</summary>
    internal static ProductQuery QueryOf(string? search, string? category, string? after, int limit = 30) =>
        search?.Trim() is { Length: > 0 } text && text.Contains('-') && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is '-' or ',')
            ? new(Skus: text, Category: category, After: after, Limit: limit)
            : new(search, category, After: after, Limit: limit);

    /// <summary>The tree as a list, each category behind its parent.</summary>
    internal static IEnumerable<(CategoryNode Category, int Depth)> Flat(IReadOnlyList<CategoryNode> nodes, int depth) =>
        nodes.SelectMany(node => Flat(node.Children, depth + 1).Prepend((node, depth)));
}
