using Jangteo.Catalog.Contracts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages;

/// <summary>GET /categories/{slug}: the products of a category and of what is below it.</summary>
[OutputCache(PolicyName = SharedPages.Name, Tags = [CacheTags.Products])]
sealed class CategoryPage(CatalogClient catalog, CategoryShelf categories, Language language, ILogger<CategoryPage> log) : ShopPage
{
    const int PageSize = 24;

    public Listing Listing { get; private set; } = null!;
    public IReadOnlyList<CategoryNode> Trail { get; private set; } = [];

    public async Task<IActionResult> OnGet(string slug, CancellationToken ct)
    {
        var tree = await categories.Tree(ct);
        Trail = CategoryShelf.PathTo(slug, tree);
        if (Trail.Count == 0 && tree.Count > 0) return NotFound();
        Listing = Listing.Read($"~/categories/{slug}", Request.Query);
        var answer = await catalog.Browse(Listing.Query(slug, PageSize), ct).OrRefusal(log);
        // A cursor that the Catalog does not know is an old link: begin again.
        if (answer is { Ok: false, Problem.Status: 400 } && Listing.Simpler is { } simpler) return Redirect(Url.Content(simpler));
        Listing.Found = answer.Value;
        Listing.Categories = Choices(tree);
        var name = Trail.Count > 0 ? language.Of(Trail[^1].Name) : T.AllCategories;
        ShowShared(name, Tab.Products);
        Description = $"{name} – {T.ShopDescription}";
        TopCategory = Trail.FirstOrDefault()?.Slug;
        Indexed = Listing.Plain;
        if (!answer.Ok) LacksAPart();
        return Page();
    }

    IReadOnlyList<ListingLink> Choices(IReadOnlyList<CategoryNode> tree)
    {
        if (Trail.Count == 0) return [];
        var links = new List<ListingLink> { new(T.AllCategories, "~/search", false) };
        links.AddRange(Trail.Select(LinkOf));
        var siblings = Trail[^1].Children.Count > 0 ? Trail[^1].Children : Trail.Count > 1 ? Trail[^2].Children : tree;
        links.AddRange(siblings.Where(node => node.Slug != Trail[^1].Slug).Select(node => LinkOf(node) with { Depth = 1 }));
        return links;
    }

    ListingLink LinkOf(CategoryNode node) => new(language.Of(node.Name), $"~/categories/{node.Slug}", node.Slug == Trail[^1].Slug, node.ProductCount);
}
