using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Cart;

/// <summary>Keeps what is sold, and at what price, so that the cart asks nobody.</summary>
sealed class CatalogReplica(CartDb db) : IHandle<ProductPublished>, IHandle<ProductRetired>
{
    public async Task Handle(ProductPublished product, CancellationToken ct)
    {
        if (!await IsNews(product.ProductId, product.Revision, ct)) return;
        var skus = product.Skus.Select(s => s.Sku).ToList();
        var known = await db.Skus.Where(s => s.ProductId == product.ProductId || skus.Contains(s.Sku)).ToDictionaryAsync(s => s.Sku, ct);
        foreach (var gone in known.Values.ExceptBy(skus, s => s.Sku)) gone.Retired = true;
        foreach (var sku in product.Skus) Keep(product, sku, known.GetValueOrDefault(sku.Sku));
    }

    public async Task Handle(ProductRetired product, CancellationToken ct)
    {
        if (!await IsNews(product.ProductId, product.Revision, ct)) return;
        await foreach (var sku in db.Skus.Where(s => s.ProductId == product.ProductId).AsAsyncEnumerable().WithCancellation(ct)) sku.Retired = true;
    }

    async Task<bool> IsNews(Guid productId, int revision, CancellationToken ct)
    {
        var product = await db.Products.FindAsync([productId], ct);
        if (product is null) db.Add(product = new() { ProductId = productId });
        else if (product.Revision >= revision) return false;
        product.Revision = revision;
        return true;
    }

    void Keep(ProductPublished product, PublishedSku sku, SoldSku? kept)
    {
        if (kept is null) db.Add(kept = new() { Sku = sku.Sku, Slug = product.Slug, Name = product.Name, Label = sku.Label });
        (kept.ProductId, kept.Slug, kept.Name, kept.Picture) = (product.ProductId, product.Slug, product.Name, product.Picture);
        (kept.Label, kept.Price, kept.Retired) = (sku.Label, sku.Price, false);
    }
}
