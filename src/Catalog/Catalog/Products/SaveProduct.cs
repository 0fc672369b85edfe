using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using System.Text.Json;

namespace Jangteo.Catalog;

/// <summary>PUT /api/catalog/products/{id} makes or changes a product, POST …/products makes one; staff. Either publishes it.</summary>
static class SaveProduct
{
    public static void Map(RouteGroupBuilder catalog)
    {
        catalog.MapPut("/products/{id:guid}", Put).RequireAuthorization(Policies.Staff).WithTags("Products").WithName("save-product")
            .WithSummary("Makes or changes a product. Send the revision the edit began from.");
        catalog.MapPost("/products", Post).RequireAuthorization(Policies.Staff).AddEndpointFilter(new Idempotent<CatalogDb>()).WithTags("Products").WithName("add-product")
            .WithSummary("Makes a product; the id is made here.");
    }

    static async Task<Results<Ok<ProductView>, ProblemHttpResult>> Put(Guid id, ProductEdit request, ProductWriter writer, CancellationToken ct) =>
        await writer.Save(id, request, ct) is { } refused ? refused : TypedResults.Ok(await writer.View(id, ct));

    static async Task<Results<Created<ProductView>, ProblemHttpResult>> Post(ProductEdit request, ProductWriter writer, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        if (await writer.Save(id, request, ct) is { } refused) return refused;
        return TypedResults.Created($"/api/catalog/products/{id}", await writer.View(id, ct));
    }
}

/// <summary>Writes checked products with their search entry and messages; one commit at the end is the caller's.</summary>
sealed class ProductWriter(CatalogDb db, Currency currency, AnswerCache cache, TimeProvider time)
{
    /// <summary>Checks and saves; a refusal, or null when saved.</summary>
    public async Task<ProblemHttpResult?> Save(Guid id, ProductEdit edit, CancellationToken ct)
    {
        var faults = ProductRules.Faults(edit, await db.Tree(ct));
        faults.AddRange(await PictureFaults(edit, ct));
        if (faults.Count > 0) return Problems.Invalid(faults.GroupBy(f => f.Field).ToDictionary(g => g.Key, g => g.Select(f => f.Message).ToArray()));

        var product = await db.Whole(id, ct);
        // A repeat of what was saved is answered like the first time, whatever revision it was sent with.
        if (product is { Retired: false } && Same(product.AsEdit(), edit)) return null;
        if (product?.Revision != edit.Revision)
            return Problems.Conflict("stale-revision", "Someone else changed this product meanwhile. Load it again.", ("revision", product?.Revision));
        if (await Taken(id, edit, ct) is { } taken) return taken;

        Publish(product ?? Begin(id, time.GetUtcNow()), edit, product is null ? null : await db.SearchEntries.SingleAsync(e => e.ProductId == id, ct));
        cache.ForgetOnceCommitted(db, Stamp.Lists);
        await db.SaveChangesAsync(ct);
        return null;
    }

    public async Task<ProductView> View(Guid id, CancellationToken ct) => (await ShowProduct.View(db, currency, p => p.Id == id, ct))!;

    public Product Begin(Guid id, DateTimeOffset listedAt) => db.Add(new Product { Id = id, ListedAt = listedAt, Details = new() { ProductId = id } }).Entity;

    /// <summary>Gives the product what staff wrote and announces it.</summary>
    public void Publish(Product product, ProductEdit edit, SearchEntry? entry)
    {
        var changes = product.Become(edit);
        (entry ?? db.Add(new SearchEntry { ProductId = product.Id }).Entity).Describe(product);
        db.Send(product.Published(currency));
        foreach (var (sku, old, now) in changes) db.Send(new PriceChanged(product.Id, product.Revision, sku, currency.Of(old), currency.Of(now)));
    }

    async Task<List<(string Field, string Message)>> PictureFaults(ProductEdit edit, CancellationToken ct)
    {
        var missing = await PictureStore.Missing(db, edit.Pictures ?? [], ct);
        return [.. missing.Select(name => ("pictures", $"There is no picture {name}."))];
    }

    /// <summary>The database refuses doubles too; asking first tells which field it was.</summary>
    async Task<ProblemHttpResult?> Taken(Guid id, ProductEdit edit, CancellationToken ct)
    {
        if (await db.Products.AnyAsync(p => p.Slug == edit.Slug && p.Id != id, ct)) return Problems.Conflict("slug-taken", "Another product has this slug.", ("field", "slug"));
        var codes = edit.Skus.Select(s => s.Sku).ToList();
        var taken = await db.Skus.Where(s => codes.Contains(s.Code) && s.ProductId != id).Select(s => s.Code).OrderBy(c => c).FirstOrDefaultAsync(ct);
        return taken is null ? null : Problems.Conflict("sku-taken", $"Another product has the SKU {taken}.", ("field", "skus"), ("sku", taken));
    }

    public static bool Same(ProductEdit stored, ProductEdit edit) => Text(stored) == Text(edit);

    static string Text(ProductEdit edit) => JsonSerializer.Serialize(edit with
    {
        Revision = null, Pictures = edit.Pictures ?? [], Notice = edit.Notice ?? [], Keywords = edit.Keywords ?? [],
        Skus = [.. edit.Skus.Select(s => s with { OpeningStock = 0 })],
    }, MessageFormat.Json);
}
