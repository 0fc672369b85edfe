using Jangteo.Catalog.Contracts;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront;

/// <summary>The category tree, which is on every page: kept in memory, refreshed by the feed, the last known while the Catalog is down.</summary>
sealed class CategoryShelf(IServiceProvider services, TimeProvider time, ILogger<CategoryShelf> log)
{
    static readonly TimeSpan s_keep = TimeSpan.FromMinutes(10);
    static readonly TimeSpan s_retry = TimeSpan.FromSeconds(2);

    IReadOnlyList<CategoryNode> _tree = [];
    DateTimeOffset _until;

    public async Task<IReadOnlyList<CategoryNode>> Tree(CancellationToken ct)
    {
        if (time.GetUtcNow() < _until) return _tree;
        var catalog = (CatalogClient)services.GetService(typeof(CatalogClient))!;
        var fresh = await catalog.Categories(ct).OrNull(log);
        if (fresh is not null) _tree = fresh;
        _until = time.GetUtcNow() + (fresh is null ? s_retry : s_keep);
        return _tree;
    }

    /// <summary>The next page asks anew.</summary>
    public void Forget() => _until = default;

    /// <summary>From the top of the tree to the category; empty when there is none of that name.</summary>
    public static IReadOnlyList<CategoryNode> PathTo(string slug, IReadOnlyList<CategoryNode> tree)
    {
        foreach (var node in tree)
        {
            if (node.Slug == slug) return [node];
            if (PathTo(slug, node.Children) is { Count: > 0 } below) return [node, .. below];
        }
        return [];
    }
}
