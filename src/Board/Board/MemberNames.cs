using Jangteo.Board.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>A member as the board knows one: the masked name, or that there is no such member any more.</summary>
sealed class Member
{
    public Guid Id { get; set; }
    public string? MaskedName { get; set; }
    public DateTimeOffset NamedAt { get; set; }

    /// <summary>Stays when all else goes, so that what arrives late does not bring the member back.</summary>
    public bool Erased { get; set; }
}

/// <summary>Keeps the names that others may see, and forgets members who left.</summary>
sealed class MemberNames(BoardDb db) : IHandle<MemberRegistered>, IHandle<MemberRenamed>, IHandle<MemberErased>
{
    public Task Handle(MemberRegistered message, CancellationToken ct) => Name(message.MemberId, message.MaskedName, message.At, ct);

    public Task Handle(MemberRenamed message, CancellationToken ct) => Name(message.MemberId, message.MaskedName, message.At, ct);

    async Task Name(Guid id, string maskedName, DateTimeOffset at, CancellationToken ct)
    {
        var member = await Find(id, ct);
        if (member.Erased || at < member.NamedAt) return;
        (member.MaskedName, member.NamedAt) = (maskedName, at);
    }

    /// <summary>What was said stays, for the talk to make sense; who said it and what they bought does not.</summary>
    public async Task Handle(MemberErased message, CancellationToken ct)
    {
        var member = await Find(message.MemberId, ct);
        (member.Erased, member.MaskedName) = (true, null);
        var commented = db.Comments.Where(c => c.MemberId == member.Id).Select(c => c.PostId);
        var changed = await db.Posts.Where(p => p.MemberId == member.Id || commented.Contains(p.Id)).Select(p => new { p.Board, p.Id, p.ProductId }).ToListAsync(ct);
        foreach (var post in changed) db.Send(new BoardChanged(post.Board, post.Id, post.ProductId));
        await db.Posts.Where(p => p.MemberId == member.Id).ExecuteUpdateAsync(set => set
            .SetProperty(p => p.MemberId, (Guid?)null).SetProperty(p => p.OrderId, (Guid?)null).SetProperty(p => p.Version, p => p.Version + 1), ct);
        await db.Comments.Where(c => c.MemberId == member.Id).ExecuteUpdateAsync(set => set.SetProperty(c => c.MemberId, (Guid?)null), ct);
        foreach (var report in await db.Reports.Where(r => r.MemberId == member.Id).ToListAsync(ct))
        {
            db.Remove(report);
            db.Add(new Report { PostId = report.PostId, MemberId = Guid.CreateVersion7(), Reason = report.Reason, At = report.At });
        }
        await db.WriteRates.Where(r => r.MemberId == member.Id).ExecuteDeleteAsync(ct);
        await db.Purchases.Where(p => p.MemberId == member.Id).ExecuteDeleteAsync(ct);
    }

    async Task<Member> Find(Guid id, CancellationToken ct)
    {
        var member = await db.Members.FindAsync([id], ct);
        if (member is null) db.Add(member = new() { Id = id });
        return member;
    }
}
