using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Inventory;

/// <summary>Books a SKU's opening stock when it is first published; from then on the Inventory alone knows how many there are.</summary>
sealed class BookOpeningStock(InventoryDb db, TimeProvider time) : IHandle<ProductPublished>
{
    const string Reason = "opening stock";
    const string By = "catalog";

    public async Task Handle(ProductPublished product, CancellationToken ct)
    {
        var skus = product.Skus.Select(s => s.Sku).ToList();
        var known = await db.Stocks.Where(s => skus.Contains(s.Sku)).Select(s => s.Sku).ToListAsync(ct);
        foreach (var sku in product.Skus.DistinctBy(s => s.Sku).ExceptBy(known, s => s.Sku)) Book(sku);
    }

    void Book(PublishedSku sku)
    {
        var stock = Stock.Open(sku.Sku, Math.Clamp(sku.OpeningStock, 0, Stock.MaxPieces));
        db.Add(stock);
        if (stock.Stocked > 0) db.Add(new Movement { Id = Guid.CreateVersion7(), Sku = sku.Sku, Change = stock.Stocked, Reason = Reason, By = By, At = time.GetUtcNow() });
        db.Send(stock.Changed());
    }
}
