using Jangteo.Catalog.Contracts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages;

/// <summary>GET /search?q=: what fits the words, or everything.</summary>
[OutputCache(PolicyName = SharedPages.Name, Tags = [CacheTags.Products])]
sealed class SearchPage(CatalogClient catalog, CategoryShelf categories, Language language, ILogger<SearchPage> log) : ShopPage
{
    const int PageSize = 24;

    public Listing Listing { get; private set; } = null!;

    public async Task<IActionResult> OnGet(CancellationToken ct)
    {
        Listing = Listing.Read("~/search", Request.Query);
        var answer = await catalog.Browse(Listing.Query(category: null, PageSize), ct).OrRefusal(log);
        if (answer is { Ok: false, Problem.Status: 400 } && Listing.Simpler is { } simpler) return Redirect(Url.Content(simpler));
        Listing.Found = answer.Value;
        Listing.Categories = await Choices(ct);
        ShowShared(Listing.Search is { } words ? T.SearchTitle(words) : T.AllCategories, Tab.Products);
        SearchWords = Listing.Search;
        Indexed = Listing.Plain;
        if (!answer.Ok) LacksAPart();
        return Page();
    }

    // A search is narrowed to where its products are; without words all categories stand open.
    async Task<IReadOnlyList<ListingLink>> Choices(CancellationToken ct)
    {
        var tree = await categories.Tree(ct);
        if (Listing.Search is null) return [.. tree.Select(node => new ListingLink(language.Of(node.Name), $"~/categories/{node.Slug}", false, node.ProductCount))];
        var found = (Listing.Found?.Facets?.Categories ?? []).Select(facet => new ListingLink(language.Of(facet.Name), Listing.WithCategory(facet.Value == Listing.Category ? null : facet.Value), facet.Value == Listing.Category, facet.Count)).ToList();
        if (Listing.Category is { } chosen && !found.Exists(choice => choice.Here) && CategoryShelf.PathTo(chosen, tree) is { Count: > 0 } path)
            found.Insert(0, new(language.Of(path[^1].Name), Listing.WithCategory(null), true));
        return found;
    }
}
