using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Cart;

/// <summary>
/// What was bought leaves the buyer's cart, once for each order: when it is paid or, when that takes days, once its stock is
/// reserved. A deposit that comes later finds the order settled, and so takes nothing that was added since.
/// </summary>
sealed class BoughtLines(CartDb db, CartQueries queries) : IHandle<OrderAwaitsDeposit>, IHandle<OrderConfirmed>
{
    public Task Handle(OrderAwaitsDeposit order, CancellationToken ct) => Leave(order.OrderId, order.MemberId, order.Lines.Select(l => (l.Sku, l.Quantity)), order.At, ct);

    public Task Handle(OrderConfirmed order, CancellationToken ct) => Leave(order.OrderId, order.MemberId, order.Lines.Select(l => (l.Sku, l.Quantity)), order.At, ct);

    async Task Leave(Guid order, Guid member, IEnumerable<(string Sku, int Quantity)> lines, DateTimeOffset at, CancellationToken ct)
    {
        if (await db.Execute($"""INSERT INTO settled_orders ("OrderId", "At") VALUES ({order}, {at}) ON CONFLICT DO NOTHING""", ct) == 0) return;
        if (await queries.Cart(db, ShoppingCart.OwnedBy(member), ct) is { } cart)
            cart.Bought(lines.GroupBy(l => l.Sku).ToDictionary(g => g.Key, g => g.Sum(l => l.Quantity)));
    }
}
