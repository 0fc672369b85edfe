using Jangteo.Catalog.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog;

/// <summary>GET /api/catalog/categories: the tree with how much is in it.</summary>
static class ShowCategories
{
    public static void Map(RouteGroupBuilder catalog) => catalog.MapGet("/categories", Handle).KeepAnswers(Stamp.Lists).WithTags("Categories").WithName("categories")
        .WithSummary("The tree of categories with names, icons and the number of products in and below each.");

    static async Task<Ok<IReadOnlyList<CategoryNode>>> Handle(CatalogDb db, CancellationToken ct)
    {
        var tree = await db.Tree(ct);
        var products = await CountProducts(db, ct);
        return TypedResults.Ok<IReadOnlyList<CategoryNode>>([.. tree.Tops.Select(c => tree.Node(c, products))]);
    }

    public static Task<Dictionary<string, int>> CountProducts(CatalogDb db, CancellationToken ct) =>
        db.Listed.GroupBy(p => p.Category).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
}
