using Jangteo.Inventory.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.Extensions.Options;

namespace Jangteo.Orders;

/// <summary>To ourselves: the time to pay is over.</summary>
sealed record CheckoutExpired(Guid OrderId) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>To ourselves: the time to object to what was delivered is over.</summary>
sealed record AcceptanceDue(Guid OrderId) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>The checkout saga. The order row is its state; each step commits state, messages and cursor as one.</summary>
sealed class Checkout(OrdersDb db, OrdersQueries queries, IOptions<PointsOptions> points, TimeProvider time) :
    IHandle<StockReserved>, IHandle<StockRejected>, IHandle<StockSaleFailed>, IHandle<ReservationExpired>,
    IHandle<PaymentCaptured>, IHandle<PaymentDeclined>, IHandle<PaymentRefunded>,
    IHandle<CheckoutExpired>, IHandle<AcceptanceDue>
{
    public Task Handle(StockReserved m, CancellationToken ct) => Step(m.OrderId, (order, now) => order.StockReserved(now), ct);
    public Task Handle(StockRejected m, CancellationToken ct) => Step(m.OrderId, (order, now) => order.StockLacking(m.Lacking, now), ct);
    public Task Handle(StockSaleFailed m, CancellationToken ct) => Step(m.OrderId, (order, now) => order.StockLacking(m.Lacking, now), ct);
    public Task Handle(ReservationExpired m, CancellationToken ct) => Step(m.OrderId, (order, now) => order.Expired(now), ct);
    public Task Handle(PaymentCaptured m, CancellationToken ct) => Step(m.OrderId, (order, now) => order.PaymentCaptured(m.Amount, now), ct);
    public Task Handle(PaymentDeclined m, CancellationToken ct) => Step(m.OrderId, (order, now) => order.PaymentDeclined(m.Reason, m.Final, now), ct);
    public Task Handle(CheckoutExpired m, CancellationToken ct) => Step(m.OrderId, (order, now) => order.Expired(now), ct);
    public Task Handle(AcceptanceDue m, CancellationToken ct) => Step(m.OrderId, (order, now) => order.Complete(points.Value, now) ?? [], ct);

    public async Task Handle(PaymentRefunded m, CancellationToken ct)
    {
        if (await queries.Order(db, m.OrderId, ct) is not { } order) return;
        var balance = order.Earned is null ? 0 : await db.HoldPoints(order.MemberId, ct);
        db.SendAll(order.PaymentRefunded(m.RefundedTotal, balance, time.GetUtcNow()));
    }

    async Task Step(Guid orderId, Func<Order, DateTimeOffset, IMessage[]> decide, CancellationToken ct)
    {
        // An order that the law no longer asks to keep is gone, and with it all that could happen to it.
        if (await queries.Order(db, orderId, ct) is { } order) db.SendAll(decide(order, time.GetUtcNow()));
    }
}
