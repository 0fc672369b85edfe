using Jangteo.Identity.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders;

/// <summary>To ourselves: the law no longer asks to keep the order of an erased member.</summary>
sealed record KeepingEnded(Guid OrderId) : IMessage
{
    string IMessage.Key => OrderId.ToString();
}

/// <summary>What becomes of a member's orders when they leave.</summary>
sealed class MemberLeft(OrdersDb db, TimeProvider time) : IHandle<MemberWithdrawn>, IHandle<MemberErased>, IHandle<KeepingEnded>
{
    /// <summary>Records of contracts and payments: 전자상거래법 시행령 제6조 (Enforcement Decree of the E-Commerce Act, article 6), five years.</summary>
    const int KeepYears = 5;

    public async Task Handle(MemberWithdrawn message, CancellationToken ct)
    {
        // What is paid for will still be delivered; only what is not paid is off.
        var unpaid = await db.Orders.Where(o => o.MemberId == message.MemberId && (o.Status == OrderStatus.Placed || o.Status == OrderStatus.AwaitingPayment)).ToListAsync(ct);
        foreach (var order in unpaid) db.SendAll(order.Cancel(asStaff: false, CancelReasons.Buyer, time.GetUtcNow()) ?? []);
    }

    public async Task Handle(MemberErased message, CancellationToken ct)
    {
        foreach (var order in await db.Orders.Where(o => o.MemberId == message.MemberId && o.KeptUntil == null).ToListAsync(ct))
        {
            var until = order.PlacedAt.AddYears(KeepYears);
            order.KeepApart(until);
            db.Send(new KeepingEnded(order.Id), due: until);
        }
        // What the law has us keep of a used coupon or of points spent is in the order itself.
        await db.PointEntries.Where(e => e.MemberId == message.MemberId).ExecuteDeleteAsync(ct);
        await db.PointBalances.Where(b => b.MemberId == message.MemberId).ExecuteDeleteAsync(ct);
        await db.CouponBox.Where(h => h.MemberId == message.MemberId && !db.CouponUses.Any(u => u.MemberId == h.MemberId && u.Code == h.Code)).ExecuteDeleteAsync(ct);
    }

    public async Task Handle(KeepingEnded message, CancellationToken ct)
    {
        if (await db.Orders.Where(o => o.Id == message.OrderId && o.KeptUntil != null).ExecuteDeleteAsync(ct) == 0) return;
        await db.Decisions.Where(d => d.OrderId == message.OrderId).ExecuteDeleteAsync(ct);
        db.Send(new OrderErased(message.OrderId));
    }
}
