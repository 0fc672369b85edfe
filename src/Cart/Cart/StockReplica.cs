using Jangteo.Inventory.Contracts;
using Jangteo.Platform;

namespace Jangteo.Cart;

/// <summary>Keeps how many there are of each SKU. Every order changes that, so it is one statement.</summary>
sealed class StockReplica(CartDb db) : IHandle<StockChanged>
{
    public Task Handle(StockChanged stock, CancellationToken ct) => db.Execute(
        $"""
        INSERT INTO levels ("Sku", "Available", "Revision") VALUES ({stock.Sku}, {stock.Available}, {stock.Revision})
        ON CONFLICT ("Sku") DO UPDATE SET "Available" = excluded."Available", "Revision" = excluded."Revision" WHERE excluded."Revision" > levels."Revision"
        """, ct);
}
