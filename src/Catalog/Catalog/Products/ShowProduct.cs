using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog;

/// <summary>GET /api/catalog/products/{slug or id}: one product in full; a retired one says so.</summary>
static class ShowProduct
{
    public static void Map(RouteGroupBuilder catalog) => catalog.MapGet("/products/{product}", Handle).KeepAnswers(Stamp.Pages).WithTags("Products").WithName("product")
        .WithSummary("A product with its options, pictures and legal notice, by slug or id.");

    /// <param name="product">The product's slug or id.</param>
    static async Task<Results<Ok<ProductView>, ProblemHttpResult>> Handle([RegularExpression("[A-Za-z0-9-]{1,64}")] string product, CatalogDb db, Currency currency, CancellationToken ct)
    {
        var view = Guid.TryParse(product, out var id)
            ? await View(db, currency, p => p.Id == id, ct)
            : await View(db, currency, p => p.Slug == product, ct);
        return view is null ? Problems.NotFound("product") : TypedResults.Ok(view);
    }

    public static async Task<ProductView?> View(CatalogDb db, Currency currency, Expression<Func<Product, bool>> which, CancellationToken ct)
    {
        if (await db.Products.AsNoTracking().Include(p => p.Details).Include(p => p.Skus).FirstOrDefaultAsync(which, ct) is not { } p) return null;
        var tree = await db.Tree(ct);
        return new(p.Id, p.Slug, p.Name, p.Brand, p.BrandSlug, p.Summary, p.Details.DescriptionHtml, p.Details.Description,
            [.. tree.Path(p.Category).Select(c => new CategoryRef(c.Slug, c.Name))], p.Details.OptionNames,
            [.. p.Sold.Select(s => new SkuView(s.Code, s.Options, currency.Of(s.Price), s.Available))], currency.Of(p.Price), currency.Of(p.ListPrice),
            p.Details.Pictures, p.Details.Notice, p.SoldOut, p.Retired, p.RatingTenths, p.ReviewCount, p.Revision, p.Details.Keywords);
    }
}
