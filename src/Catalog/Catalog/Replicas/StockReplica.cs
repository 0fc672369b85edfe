using Jangteo.Inventory.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog;

/// <summary>What Inventory says is left, so that product pages and the sold-out mark ask nobody.</summary>
sealed class StockReplica(CatalogDb db, AnswerCache cache) : IHandle<StockChanged>
{
    public async Task Handle(StockChanged message, CancellationToken ct)
    {
        // Inventory learnt of the SKU from us; one we do not know was never published.
        if (await db.Skus.FindAsync([message.Sku], ct) is not { } sku || message.Revision <= sku.StockRevision) return;
        var before = (sku.Available ?? sku.OpeningStock) > 0;
        (sku.Available, sku.StockRevision) = (message.Available, message.Revision);
        cache.ForgetOnceCommitted(db, Stamp.Pages);
        if (before == message.Available > 0) return;

        var product = (await db.Whole(sku.ProductId, ct))!;
        var soldOut = product.SoldOut;
        product.CountStock();
        if (product.SoldOut != soldOut) cache.ForgetOnceCommitted(db, Stamp.Lists);
    }
}
