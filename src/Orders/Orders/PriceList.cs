using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Orders;

/// <summary>The asked lines at today's prices, and the SKUs that cannot be ordered.</summary>
sealed record PriceList(IReadOnlyList<OrderLine> Lines, IReadOnlyList<string> NoLongerSold)
{
    public static async Task<PriceList> Of(IReadOnlyList<SkuQuantity> asked, OrdersDb db, OrdersQueries queries, CancellationToken ct)
    {
        var skus = asked.Select(a => a.Sku).ToArray();
        var prices = await queries.Prices(db, skus).ToDictionaryAsync(p => p.Sku, cancellationToken: ct);
        return new(
            [.. asked.Where(a => prices.ContainsKey(a.Sku)).Select(a => Line(prices[a.Sku], a.Quantity))],
            [.. skus.Where(sku => !prices.ContainsKey(sku))]);
    }

    public Money Subtotal(string currency) => Lines.Aggregate(new Money(0, currency), (sum, line) => sum + line.Total());

    static OrderLine Line(Price price, int quantity) =>
        new(price.ProductId, price.Slug, price.Sku, price.Name, price.Label, price.Picture, quantity, price.UnitPrice);
}
