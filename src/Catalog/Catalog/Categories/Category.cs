using Jangteo.Catalog.Contracts;

namespace Jangteo.Catalog;

/// <summary>A place in the tree of categories.</summary>
sealed class Category
{
    public required string Slug { get; init; }
    public string? Parent { get; set; }
    public int Position { get; set; }
    public LocalText Name { get; set; } = new("", "");

    /// <summary>The name of a stored picture.</summary>
    public string? Icon { get; set; }

    public int Version { get; set; }
}

/// <summary>The tree, which is small and always looked at whole. However it was stored, nothing here goes deeper than it may be.</summary>
sealed class CategoryTree(IReadOnlyList<Category> categories)
{
    public const int MaxCategories = 1000;
    public const int MaxDepth = 5;

    readonly Dictionary<string, Category> _bySlug = categories.ToDictionary(c => c.Slug);
    readonly ILookup<string?, Category> _children = categories.OrderBy(c => c.Position).ThenBy(c => c.Slug, StringComparer.Ordinal).ToLookup(c => c.Parent);

    public IEnumerable<Category> Tops => _children[null];
    public int Count => categories.Count;

    public bool Has(string slug) => _bySlug.ContainsKey(slug);

    public IEnumerable<Category> Children(string slug) => _children[slug];

    /// <summary>From the top to the category; empty when there is none of that slug.</summary>
    public List<Category> Path(string slug)
    {
        var path = new List<Category>();
        for (var at = _bySlug.GetValueOrDefault(slug); at is not null && path.Count <= MaxDepth; at = at.Parent is null ? null : _bySlug.GetValueOrDefault(at.Parent)) path.Insert(0, at);
        return path;
    }

    /// <summary>The category and all below it; none when there is none of that slug.</summary>
    public IEnumerable<string> Within(string slug, int levels = MaxDepth) => levels > 0 && Has(slug) ? [slug, .. Children(slug).SelectMany(c => Within(c.Slug, levels - 1))] : [];

    /// <summary>How many levels there are below and with the category.</summary>
    public int Height(string slug, int levels = MaxDepth) => levels == 0 ? 0 : 1 + Children(slug).Select(c => Height(c.Slug, levels - 1)).DefaultIfEmpty(0).Max();

    public CategoryNode Node(Category category, IReadOnlyDictionary<string, int> products, int levels = MaxDepth)
    {
        var children = levels == 1 ? [] : Children(category.Slug).Select(c => Node(c, products, levels - 1)).ToList();
        return new(category.Slug, category.Name, category.Icon, products.GetValueOrDefault(category.Slug) + children.Sum(c => c.ProductCount), children);
    }
}
