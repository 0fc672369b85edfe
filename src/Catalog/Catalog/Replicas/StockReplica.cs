using Jangteo.Inventory.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog;

/// <summary>What Inventory says is left, so that product pages and the sold-out mark ask nobody.</summary>
sealed class StockReplica(CatalogDb db, StockQueries queries, AnswerCache cache) : IHandle<StockChanged>
{
    public async Task Handle(StockChanged message, CancellationToken ct)
    {
        // Inventory learnt of the SKU from us; one we do not know was never published.
        if (await queries.Level(db, message.Sku, ct) is not { } known || message.Revision <= known.Revision) return;
        cache.ForgetOnceCommitted(db, Stamp.Pages);
        // Nearly every order comes here, and nearly always it is not the last piece: so it is one statement.
        await db.Execute($"""UPDATE skus SET "Available" = {message.Available}, "StockRevision" = {message.Revision} WHERE "Code" = {message.Sku}""", ct);
        if (known.Available > 0 == message.Available > 0) return;

        var product = (await db.Whole(known.ProductId, ct))!;
        var soldOut = product.SoldOut;
        product.CountStock();
        // Whoever saves the product at this moment has counted with the level of before, so they must look again.
        db.Entry(product).Property(p => p.SoldOut).IsModified = true;
        if (product.SoldOut != soldOut) cache.ForgetOnceCommitted(db, Stamp.Lists);
    }
}

/// <summary>What is known of a SKU's stock.</summary>
sealed record StockLevel(Guid ProductId, int Available, int Revision);

/// <summary>The query of every stock change, compiled once for the process's database.</summary>
sealed class StockQueries
{
    readonly Func<CatalogDb, string, CancellationToken, Task<StockLevel?>> _level = EF.CompileAsyncQuery((CatalogDb db, string sku, CancellationToken ct) =>
        db.Skus.Where(s => s.Code == sku).Select(s => new StockLevel(s.ProductId, s.Available ?? s.OpeningStock, s.StockRevision)).FirstOrDefault());

    public Task<StockLevel?> Level(CatalogDb db, string sku, CancellationToken ct) => _level(db, sku, ct);
}
