using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog;

/// <summary>POST /api/catalog/imports: products from CSV (<see cref="ProductLines"/>); staff. All lines in one commit, or every fault and no change.</summary>
static partial class ImportProducts
{
    const int SlugsAtOnce = 500;

    public static void Map(RouteGroupBuilder catalog) => catalog.MapPost("/imports", Handle).RequireAuthorization(Policies.Staff).WithMetadata(new RequestSizeLimitAttribute(ProductLines.MaxBytes))
        .Accepts<Stream>("text/csv", "*/*").WithTags("Products").WithName("import-products")
        .WithSummary("Makes and replaces products from CSV, one line per SKU: all of them, or none and every fault by line and field.")
        .WithDescription($"UTF-8, commas, at most {ProductLines.MaxLines} lines and 10 MB. The header names the columns, in any order: {string.Join(", ", ProductLines.Columns)}. "
            + "Lines of the same slug make one product; what belongs to the product stands on its first line and is empty or the same on the others. "
            + "Lists are separated by | and the two sides of a notice row by =. A product that exists is replaced; the opening stock counts for new SKUs only.");

    static async Task<Results<Ok<ImportReport>, ProblemHttpResult>> Handle(HttpRequest request, CatalogDb db, ProductWriter writer, AnswerCache cache, TimeProvider time, CancellationToken ct)
    {
        if (await Upload.Read(request, ProductLines.MaxBytes, ct) is not { } file) return Upload.TooLarge(ProductLines.MaxBytes);
        var errors = new List<ImportError>();
        var lines = ProductLines.Read(file, errors);
        var groups = lines.GroupBy(l => l["slug"]).Select(g => g.ToList()).ToList();
        var edits = await Check(db, groups, errors, ct);
        var report = new ImportReport(lines.Count, 0, 0, [.. errors.OrderBy(e => e.Line)]);
        if (errors.Count > 0) return TypedResults.Ok(report);

        report = await Apply(db, writer, edits, report, time.GetUtcNow(), ct);
        if (report.Created + report.Updated == 0) return TypedResults.Ok(report);
        cache.ForgetOnceCommitted(db, Stamp.Lists);
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(report);
    }

    static async Task<List<ProductEdit>> Check(CatalogDb db, List<List<ProductLines.Line>> groups, List<ImportError> errors, CancellationToken ct)
    {
        var tree = await db.Tree(ct);
        var owners = await db.Skus.AsNoTracking().Join(db.Products, s => s.ProductId, p => p.Id, (s, p) => new { s.Code, p.Slug }).ToDictionaryAsync(s => s.Code, s => s.Slug, ct);
        var edits = groups.ConvertAll(g => ProductLines.Product(g, errors));
        var missing = await PictureStore.Missing(db, edits.SelectMany(e => e.Pictures!).Distinct(), ct);
        foreach (var (edit, group) in edits.Zip(groups))
        {
            errors.AddRange(ProductRules.Faults(edit, tree).Select(f => ErrorOf(f.Field, f.Message, group)));
            errors.AddRange(edit.Pictures!.Intersect(missing).Select(name => new ImportError(group[0].Number, "pictures", $"There is no picture {name}.")));
            foreach (var line in group)
                if (!owners.TryAdd(line["sku"], edit.Slug) && owners[line["sku"]] != edit.Slug) errors.Add(new(line.Number, "sku", $"Belongs to {owners[line["sku"]]}."));
        }
        return edits;
    }

    /// <summary>Names the line and column of a fault of a product.</summary>
    static ImportError ErrorOf(string field, string message, List<ProductLines.Line> group)
    {
        var sku = SkuField().Match(field);
        var line = sku.Success ? group[int.Parse(sku.Groups[1].Value, CultureInfo.InvariantCulture)] : group[0];
        var name = Index().Replace(sku.Success ? sku.Groups[2].Value : field, "");
        var column = JsonNamingPolicy.SnakeCaseLower.ConvertName(name.Split('.')[0]);
        var localized = column + (name.EndsWith(".en", StringComparison.Ordinal) ? "_en" : "_ko");
        return new(line.Number, ProductLines.Columns.Contains(column) ? column : ProductLines.Columns.Contains(localized) ? localized : "sku", message);
    }

    static async Task<ImportReport> Apply(CatalogDb db, ProductWriter writer, List<ProductEdit> edits, ImportReport report, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var some in edits.Chunk(SlugsAtOnce))
        {
            var slugs = some.Select(e => e.Slug).ToList();
            var known = await db.Products.Include(p => p.Details).Include(p => p.Skus).Where(p => slugs.Contains(p.Slug)).ToDictionaryAsync(p => p.Slug, ct);
            var ids = known.Values.Select(p => p.Id).ToList();
            var entries = await db.SearchEntries.Where(e => ids.Contains(e.ProductId)).ToDictionaryAsync(e => e.ProductId, ct);
            foreach (var edit in some)
            {
                var product = known.GetValueOrDefault(edit.Slug);
                if (product is { Retired: false } && ProductWriter.Same(product.AsEdit(), edit)) continue;
                report = product is null ? report with { Created = report.Created + 1 } : report with { Updated = report.Updated + 1 };
                writer.Publish(product ?? writer.Begin(Guid.CreateVersion7(), now), edit, product is null ? null : entries[product.Id]);
            }
        }
        return report;
    }

    [GeneratedRegex(@"^skus\[(\d+)\]\.(.*)$")] private static partial Regex SkuField();
    [GeneratedRegex(@"\[\d+\]")] private static partial Regex Index();
}
