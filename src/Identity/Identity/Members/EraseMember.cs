using Jangteo.Identity.Contracts;
using Jangteo.Identity.Mails;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Members;

/// <summary>To ourselves: the grace period of a withdrawal is over.</summary>
sealed record GraceEnded(Guid MemberId) : IMessage
{
    string IMessage.Key => MemberId.ToString();
}

/// <summary>Erases a member whose grace period is over, and tells the other modules to do the same.</summary>
sealed class EraseMember(IdentityDb db, TimeProvider time) : IHandle<GraceEnded>
{
    public async Task Handle(GraceEnded message, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        // Undone, or undone and withdrawn again with a later end: then a later message comes.
        if (await db.Members.FirstOrDefaultAsync(m => m.Id == message.MemberId, ct) is not { GraceEndsAt: { } end } member || end > now) return;

        foreach (var mail in await db.Mails.AsNoTracking().Where(m => m.MemberId == member.Id).Select(m => new { m.Id, m.At }).ToListAsync(ct))
            SendMails.DeleteFile(db.Store.DataFolder, mail.Id, mail.At);
        await db.Mails.Where(m => m.MemberId == member.Id).ExecuteDeleteAsync(ct);
        await db.MailedTokens.Where(t => t.MemberId == member.Id).ExecuteDeleteAsync(ct);
        await db.Sessions.Where(s => s.MemberId == member.Id).ExecuteDeleteAsync(ct);
        await db.Devices.Where(d => d.MemberId == member.Id).ExecuteDeleteAsync(ct);
        db.Remove(member);
        db.Send(new MemberErased(member.Id, now));
    }
}
