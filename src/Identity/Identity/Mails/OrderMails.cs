using Jangteo.Identity.Members;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Mails;

/// <summary>Tells members by mail what becomes of their orders.</summary>
sealed class OrderMails(IdentityDb db, MailQueries queries, Post post) : IHandle<OrderConfirmed>, IHandle<OrderCancelled>, IHandle<OrderProgressed>
{
    public Task Handle(OrderConfirmed order, CancellationToken ct) =>
        Tell(order.MemberId, Post.IdOf(order.OrderId, "confirmed"), member => post.OrderConfirmed(member, order), ct);

    public Task Handle(OrderCancelled order, CancellationToken ct) =>
        Tell(order.MemberId, Post.IdOf(order.OrderId, "cancelled"), member => post.OrderCancelled(member, order), ct);

    public Task Handle(OrderProgressed order, CancellationToken ct) => order.Status != OrderStatus.Shipped
        ? Task.CompletedTask
        : Tell(order.MemberId, Post.ShippedIdOf(order), member => post.OrderShipped(member, order), ct);

    async Task Tell(Guid memberId, Guid mailId, Action<Member> write, CancellationToken ct)
    {
        // Nobody writes twice, nor to a member who is erased by now.
        if (await queries.Addressee(db, memberId, mailId, ct) is { } member) write(member);
    }
}

/// <summary>The query of every order, compiled once for the process's database.</summary>
sealed class MailQueries
{
    readonly Func<IdentityDb, Guid, Guid, CancellationToken, Task<Member?>> _addressee = EF.CompileAsyncQuery((IdentityDb db, Guid memberId, Guid mailId, CancellationToken ct) =>
        db.Members.FirstOrDefault(m => m.Id == memberId && !db.Mails.Any(mail => mail.Id == mailId)));

    /// <summary>The member, unless the mail is written already.</summary>
    public Task<Member?> Addressee(IdentityDb db, Guid memberId, Guid mailId, CancellationToken ct) => _addressee(db, memberId, mailId, ct);
}
