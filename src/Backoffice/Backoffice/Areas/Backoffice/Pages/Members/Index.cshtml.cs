using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Members;

/// <summary>GET /backoffice/members: members by e-mail or name.</summary>
sealed class IndexPage : StaffPage
{
    [BindProperty(SupportsGet = true)] public string? Search { get; set; }
    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public Page<MemberSummary> Found { get; private set; } = new([], null);

    public async Task OnGet() => Found = await Ask("identity", () => Modules.Identity.Members(Search, After, 30, Ct)) ?? Found;

    public string StatusOf(MemberSummary member) => member.Status switch
    {
        "active" => W["이용 중", "Active"],
        "withdrawn" or "withdrawing" => W["탈퇴 유예", "Withdrawing"],
        "erased" => W["탈퇴", "Erased"],
        _ => member.Status,
    };
}
