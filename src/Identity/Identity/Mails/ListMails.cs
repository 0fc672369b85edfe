using System.ComponentModel.DataAnnotations;
using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Mails;

/// <summary>GET /api/identity/mails: the mails sent, newest first; staff.</summary>
static class ListMails
{
    public static void Map(RouteGroupBuilder identity) => identity.MapGet("/mails", Handle).RequireAuthorization(Policies.Staff)
        .WithName("ListMails").WithSummary("The mails sent, newest first; staff").ProducesProblem(400);

    static async Task<Ok<Page<MailView>>> Handle(IdentityDb db, IDataProtectionProvider protection, CancellationToken ct, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var links = protection.CreateProtector(Post.Purpose);
        var mails = db.Mails.AsNoTracking();
        if (Cursor.Read<Position>(after) is var (at, id)) mails = mails.Where(m => m.At < at || (m.At == at && m.Id.CompareTo(id) < 0));
        var rows = await mails.OrderByDescending(m => m.At).ThenByDescending(m => m.Id).Take(limit + 1).ToListAsync(ct);
        return TypedResults.Ok(Page<MailView>.From(rows, limit, m => AsView(m, links), m => Cursor.Of(new Position(m.At, m.Id))));
    }

    // Without an SMTP server the file holds the link anyway and this list is how one reaches it; once sent, it is gone.
    static MailView AsView(Mail mail, IDataProtector links) => new(mail.Id, mail.To, mail.Subject,
        mail.Text.Replace(Mail.LinkMark, mail is { Status: MailStatus.File, ProtectedLink: { } link } ? links.Unprotect(link) : "…", StringComparison.Ordinal),
        mail.At, mail.Status.ToString().ToLowerInvariant());

    sealed record Position(DateTimeOffset At, Guid Id);
}
