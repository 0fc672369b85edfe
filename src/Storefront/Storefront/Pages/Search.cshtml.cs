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
        if (!answer.Ok && answer.Problem.Status == 400 && Listing.After is not null) return Redirect(Url.Content(Listing.LinkTo(null)));
        Listing.Found = answer.Value;
        Listing.Categories = [.. (await categories.Tree(ct)).Select(node => new ListingLink(language.Of(node.Name), $"~/categories/{node.Slug}", false, node.ProductCount))];
        ShowShared(Listing.Search is { } words ? T.SearchTitle(words) : T.AllCategories, Tab.Products);
        SearchWords = Listing.Search;
        Indexed = Listing.Plain;
        if (!answer.Ok) LacksAPart();
        return Page();
    }
}
