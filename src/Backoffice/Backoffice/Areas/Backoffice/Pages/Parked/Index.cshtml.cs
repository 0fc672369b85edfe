using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Parked;

/// <summary>/backoffice/parked: messages that a module could not handle, each with why, and a way to try again.</summary>
sealed class IndexPage : StaffPage
{
    const int MaxShown = 100;

    public List<(string Module, Page<ParkedView> Page)> Found { get; } = [];

    public async Task OnGet()
    {
        foreach (var module in Modules.Names)
            if (await Ask(module, () => Modules.Parked(module).List(limit: MaxShown, ct: Ct)) is { } page && page.Items.Count > 0)
                Found.Add((module, page));
    }

    public async Task<IActionResult> OnPost(string module, long id)
    {
        if (Modules.Names.Contains(module))
            await Do(module, () => Modules.Parked(module).Replay(id, Ct), W["다시 시도합니다. 잠시 뒤 새로고침해 주세요.", "It is being tried again; look again in a moment."]);
        return Redirect("/backoffice/parked");
    }
}
