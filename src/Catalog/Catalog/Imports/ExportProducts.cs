using System.Text;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog;

/// <summary>GET /api/catalog/exports: all products that are sold as CSV, to be changed in a spreadsheet and imported again; staff.</summary>
static class ExportProducts
{
    const int ProductsAtOnce = 500;

    public static void Map(RouteGroupBuilder catalog) => catalog.MapGet("/exports", Handle).RequireAuthorization(Policies.Staff).WithTags("Products").WithName("export-products")
        .Produces(200, contentType: "text/csv").WithSummary("All products that are sold, as CSV in the columns of the import.");

    static async Task<FileContentHttpResult> Handle(CatalogDb db, CancellationToken ct)
    {
        var products = new List<Product>();
        for (var last = ""; ; last = products[^1].Slug)
        {
            var some = await db.Listed.Include(p => p.Details).Include(p => p.Skus).Where(p => p.Slug.CompareTo(last) > 0).OrderBy(p => p.Slug).Take(ProductsAtOnce).ToListAsync(ct);
            products.AddRange(some);
            if (some.Count < ProductsAtOnce) break;
        }
        var text = new StringWriter();
        ProductLines.Write(text, products);
        // With a byte order mark, for spreadsheets take UTF-8 for something else without.
        return TypedResults.File([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())], "text/csv; charset=utf-8", "products.csv");
    }
}
