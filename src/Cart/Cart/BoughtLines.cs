using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Cart;

/// <summary>What was bought leaves the buyer's cart, once for each order.</summary>
sealed class BoughtLines(CartDb db, CartQueries queries) : IHandle<OrderConfirmed>
{
    public async Task Handle(OrderConfirmed order, CancellationToken ct)
    {
        if (await db.Execute($"""INSERT INTO settled_orders ("OrderId", "At") VALUES ({order.OrderId}, {order.At}) ON CONFLICT DO NOTHING""", ct) == 0) return;
        if (await queries.Cart(db, ShoppingCart.OwnedBy(order.MemberId), ct) is { } cart)
            cart.Bought(order.Lines.GroupBy(l => l.Sku).ToDictionary(g => g.Key, g => g.Sum(l => l.Quantity)));
    }
}
