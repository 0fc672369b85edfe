using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Mails;

/// <summary>GET /backoffice/mails: what the mall wrote to members, to be read when somebody asks.</summary>
sealed class IndexPage : StaffPage
{
    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public Page<MailView> Found { get; private set; } = new([], null);

    public async Task OnGet() => Found = await Ask("identity", () => Modules.Identity.Mails(After, 30, Ct)) ?? Found;

    public (string Text, string Colour) StatusOf(MailView mail) => mail.Status switch
    {
        "sent" => (W["발송됨", "Sent"], "good"),
        "written" or "file" => (W["파일로 저장", "Written to a file"], "good"),
        "waiting" or "pending" or "queued" => (W["대기", "Waiting"], "warn"),
        "failed" => (W["발송 실패", "Failed"], "bad"),
        _ => (mail.Status, ""),
    };
}
