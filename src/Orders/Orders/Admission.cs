using Jangteo.Orders.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Jangteo.Orders;

/// <summary>
/// Keeps the queue of orders that wait for us, not for their buyers, short: under more load than the checkout can do, some
/// buyers are told at once to come again, instead of all waiting ever longer for their confirmation.
/// </summary>
sealed class Admission(IOptions<OrdersOptions> options, TimeProvider time)
{
    // Counting costs a tenth of a millisecond, so it is not done for every order.
    static readonly TimeSpan Holds = TimeSpan.FromMilliseconds(250);

    (bool IsFull, DateTimeOffset Until) _known;

    public async Task<bool> IsFull(OrdersDb db, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        // The second half is for a clock that was set back.
        if (_known.Until > now && _known.Until - now <= Holds) return _known.IsFull;
        _known = (_known.IsFull, now + Holds);
        var most = options.Value.MostWaiting;
        var waiting = await db.Orders.Where(o => o.Status == OrderStatus.Placed || o.Status == OrderStatus.AwaitingPayment && o.PaymentMethod == PaymentMethods.Instant)
            .Take(most).CountAsync(ct);
        _known = (waiting >= most, now + Holds);
        return waiting >= most;
    }
}
