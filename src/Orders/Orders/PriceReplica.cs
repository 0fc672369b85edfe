using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders;

/// <summary>Keeps the prices and names that the catalog announces, so that placing an order asks nobody and works while the catalog is down.</summary>
sealed class PriceReplica(OrdersDb db) : IHandle<ProductPublished>, IHandle<ProductRetired>
{
    public async Task Handle(ProductPublished message, CancellationToken ct)
    {
        if (!await IsNews(message.ProductId, message.Revision, ct)) return;
        var skus = message.Skus.Select(s => s.Sku).ToList();
        var known = await db.Prices.Where(p => p.ProductId == message.ProductId || skus.Contains(p.Sku)).ToDictionaryAsync(p => p.Sku, ct);
        foreach (var gone in known.Values.Where(p => !skus.Contains(p.Sku))) gone.IsSold = false;
        foreach (var sku in message.Skus)
        {
            if (!known.TryGetValue(sku.Sku, out var price)) db.Add(price = new() { Sku = sku.Sku, Slug = message.Slug, Name = message.Name, Label = sku.Label });
            (price.ProductId, price.Slug, price.Picture) = (message.ProductId, message.Slug, message.Picture);
            (price.Name, price.Label) = (message.Name, sku.Label);
            (price.UnitPrice, price.IsSold) = (sku.Price, true);
        }
    }

    public async Task Handle(ProductRetired message, CancellationToken ct)
    {
        if (!await IsNews(message.ProductId, message.Revision, ct)) return;
        foreach (var price in await db.Prices.Where(p => p.ProductId == message.ProductId).ToListAsync(ct)) price.IsSold = false;
    }

    async Task<bool> IsNews(Guid productId, int revision, CancellationToken ct)
    {
        var known = await db.ProductRevisions.FirstOrDefaultAsync(p => p.ProductId == productId, ct);
        if (known?.Revision >= revision) return false;
        if (known is null) db.Add(known = new() { ProductId = productId });
        known.Revision = revision;
        return true;
    }
}
