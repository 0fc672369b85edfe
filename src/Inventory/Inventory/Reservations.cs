using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Inventory;

/// <summary>To ourselves: the reservation's time limit is well over.</summary>
sealed record ReservationLapsed(Guid OrderId) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>Reserves, sells and gives back what Orders asks for; the reservation row remembers what was done, so nothing is done twice.</summary>
sealed class Reservations(InventoryDb db, InventoryQueries queries, TimeProvider time) :
    IHandle<ReserveStock>, IHandle<SellStock>, IHandle<ReleaseStock>, IHandle<ReservationLapsed>
{
    // Orders calls off its unpaid orders itself at the time limit; this is for when it cannot.
    static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    public async Task Handle(ReserveStock request, CancellationToken ct)
    {
        // A repeat, or the order was called off first.
        if (await queries.Reservation(db, request.OrderId, ct) is not null) return;
        var lines = Reservation.Merge(request.Lines);
        var shelf = await queries.Shelf(db, lines, ct);
        var (reservation, messages) = Reservation.Reserve(request.OrderId, lines, request.ExpiresAt, shelf, time.GetUtcNow());
        db.Add(reservation);
        if (reservation.State is ReservationState.Reserved) db.Send(new ReservationLapsed(request.OrderId), due: request.ExpiresAt + Grace);
        Send(messages);
    }

    public async Task Handle(SellStock request, CancellationToken ct)
    {
        if (await queries.Reservation(db, request.OrderId, ct) is { } reservation)
        {
            if (reservation.State is ReservationState.Reserved or ReservationState.Expired) Send(reservation.Sell(await queries.Shelf(db, reservation.Lines, ct)));
            return;
        }
        // Nothing was ever held for this order, so nothing can be shipped.
        db.Add(Reservation.Tombstone(request.OrderId));
        db.Send(new StockSaleFailed(request.OrderId, []));
    }

    public async Task Handle(ReleaseStock request, CancellationToken ct)
    {
        if (await queries.Reservation(db, request.OrderId, ct) is not { } reservation) db.Add(Reservation.Tombstone(request.OrderId));
        else if (reservation.State is not ReservationState.Released) Send(reservation.Release(await queries.Shelf(db, reservation.Lines, ct)));
    }

    public async Task Handle(ReservationLapsed lapsed, CancellationToken ct)
    {
        if (await queries.Reservation(db, lapsed.OrderId, ct) is { State: ReservationState.Reserved } reservation)
            Send(reservation.Expire(await queries.Shelf(db, reservation.Lines, ct)));
    }

    void Send(IMessage[] messages)
    {
        foreach (var message in messages) db.Send(message);
    }
}
