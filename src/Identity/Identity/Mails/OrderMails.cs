using Jangteo.Identity.Members;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Mails;

/// <summary>Tells members by mail what becomes of their orders.</summary>
sealed class OrderMails(IdentityDb db, Post post) : IHandle<OrderConfirmed>, IHandle<OrderCancelled>, IHandle<OrderProgressed>
{
    public Task Handle(OrderConfirmed order, CancellationToken ct) =>
        Tell(order.MemberId, Post.IdOf(order.OrderId, "confirmed"), member => post.OrderConfirmed(member, order), ct);

    public Task Handle(OrderCancelled order, CancellationToken ct) =>
        Tell(order.MemberId, Post.IdOf(order.OrderId, "cancelled"), member => post.OrderCancelled(member, order), ct);

    public Task Handle(OrderProgressed order, CancellationToken ct) => order.Status != OrderStatus.Shipped
        ? Task.CompletedTask
        : Tell(order.MemberId, Post.IdOf(order.OrderId, "shipped"), member => post.OrderShipped(member, order), ct);

    async Task Tell(Guid memberId, Guid mailId, Action<Member> write, CancellationToken ct)
    {
        if (await db.Mails.AnyAsync(m => m.Id == mailId, ct)) return;
        // Nobody writes to a member who is erased by now.
        if (await db.Members.FirstOrDefaultAsync(m => m.Id == memberId, ct) is { } member) write(member);
    }
}
