using Jangteo.Platform;

namespace Jangteo.Inventory.Contracts;

/// <summary>All lines of the order are reserved until its time limit.</summary>
public sealed record StockReserved(Guid OrderId) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>Nothing was reserved: these SKUs have too little.</summary>
public sealed record StockRejected(Guid OrderId, IReadOnlyList<LackingStock> Lacking) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>A SKU, what was asked and what there is.</summary>
public sealed record LackingStock(string Sku, int Asked, int Available);

/// <summary>The reservation became a sale.</summary>
public sealed record StockSold(Guid OrderId) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>The reservation had run out before it was to become a sale, and there is too little to sell now: the order must be cancelled and refunded.</summary>
public sealed record StockSaleFailed(Guid OrderId, IReadOnlyList<LackingStock> Lacking) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>A reservation's time limit passed without a word from Orders; its stock is free again.</summary>
public sealed record ReservationExpired(Guid OrderId) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>A SKU's level changed.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Available">Pieces that can be bought now.</param>
/// <param name="Revision">Grows with every change of this SKU: an older one that arrives late is ignored.</param>
public sealed record StockChanged(string Sku, int Available, int Revision) : IMessage
{
    string IMessage.Key => Sku;
}
