using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Inventory;

enum ReservationState
{
    /// <summary>The pieces are held until the time limit.</summary>
    Reserved,
    Sold,

    /// <summary>Given back, or called off before it was made.</summary>
    Released,

    /// <summary>Refused: too little, or too late.</summary>
    Rejected,

    /// <summary>The time limit passed; a sale may still take the pieces again.</summary>
    Expired,
}

/// <summary>What an order holds of the stock. Each step is a pure decision, safe when repeated and safe when late.</summary>
sealed class Reservation
{
    public Guid OrderId { get; init; }

    /// <summary>One line for a SKU, in the order of the SKUs.</summary>
    public required IReadOnlyList<SkuQuantity> Lines { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
    public ReservationState State { get; private set; }
    public int Version { get; private set; }

    /// <summary>Lines of one SKU become one; the order of SKUs is the same for all, so two orders cannot wait for each other.</summary>
    public static List<SkuQuantity> Merge(IReadOnlyList<SkuQuantity> lines) =>
        [.. lines.GroupBy(l => l.Sku).Select(g => new SkuQuantity(g.Key, (int)Math.Min(g.Sum(l => (long)l.Quantity), int.MaxValue))).OrderBy(l => l.Sku, StringComparer.Ordinal)];

    /// <summary>All lines or none.</summary>
    public static (Reservation Reservation, IMessage[] Messages) Reserve(Guid orderId, List<SkuQuantity> lines, DateTimeOffset expiresAt, Shelf shelf, DateTimeOffset now)
    {
        var reservation = new Reservation { OrderId = orderId, Lines = lines, ExpiresAt = expiresAt, State = ReservationState.Rejected };
        // Nobody waits for a reservation whose time is over, and no pieces below one can be held.
        if (expiresAt <= now || lines.Count == 0 || lines.Any(l => l.Quantity < 1)) return (reservation, [new StockRejected(orderId, [])]);
        if (shelf.Lacking(lines) is { Count: > 0 } lacking) return (reservation, [new StockRejected(orderId, lacking)]);
        shelf.Move(lines, (stock, pieces) => stock.Reserve(pieces));
        reservation.State = ReservationState.Reserved;
        return (reservation, [new StockReserved(orderId), .. shelf.Changes(lines)]);
    }

    /// <summary>The order was called off before its reservation came: the late reservation will be refused.</summary>
    public static Reservation Tombstone(Guid orderId) => new() { OrderId = orderId, Lines = [], State = ReservationState.Released };

    public IMessage[] Sell(Shelf shelf) => State switch
    {
        ReservationState.Reserved => SellHeld(shelf),
        ReservationState.Expired => SellAgain(shelf),
        _ => [],
    };

    public IMessage[] Release(Shelf shelf)
    {
        var was = State;
        State = ReservationState.Released;
        return was switch
        {
            ReservationState.Reserved => GiveBack(shelf, (stock, pieces) => stock.FreeReserved(pieces)),
            ReservationState.Sold => GiveBack(shelf, (stock, pieces) => stock.TakeBackSold(pieces)),
            _ => [],
        };
    }

    public IMessage[] Expire(Shelf shelf)
    {
        if (State is not ReservationState.Reserved) return [];
        State = ReservationState.Expired;
        return [new ReservationExpired(OrderId), .. GiveBack(shelf, (stock, pieces) => stock.FreeReserved(pieces))];
    }

    // What is available stays the same, so no StockChanged.
    IMessage[] SellHeld(Shelf shelf)
    {
        shelf.Move(Lines, (stock, pieces) => stock.SellReserved(pieces));
        State = ReservationState.Sold;
        return [new StockSold(OrderId)];
    }

    IMessage[] SellAgain(Shelf shelf)
    {
        if (shelf.Lacking(Lines) is { Count: > 0 } lacking)
        {
            // Told once: the order is cancelled or, when it has been sent, shown to staff, whatever is stocked later.
            State = ReservationState.Rejected;
            return [new StockSaleFailed(OrderId, lacking)];
        }
        shelf.Move(Lines, (stock, pieces) => stock.SellAvailable(pieces));
        State = ReservationState.Sold;
        return [new StockSold(OrderId), .. shelf.Changes(Lines)];
    }

    IMessage[] GiveBack(Shelf shelf, Action<Stock, int> move)
    {
        shelf.Move(Lines, move);
        return [.. shelf.Changes(Lines)];
    }
}
