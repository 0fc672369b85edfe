using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Parked;

/// <summary>/backoffice/parked: messages that a module could not handle, each with why, and a way to try again or to drop it; and those that were dropped.</summary>
sealed class IndexPage : StaffPage
{
    const int MaxShown = 100;

    public List<(string Module, Page<ParkedView> Page)> Found { get; } = [];

    [BindProperty(SupportsGet = true)] public bool Dropped { get; set; }

    /// <summary>The module of which there are more, and where they go on.</summary>
    [BindProperty(SupportsGet = true, Name = "of")] public string? Only { get; set; }
    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public async Task OnGet()
    {
        foreach (var module in Modules.Names.Where(m => Only is null || m == Only))
            if (await Ask(module, () => Modules.Parked(module).List(Only is null ? null : After, MaxShown, Dropped, Ct)) is { } page && page.Items.Count > 0)
                Found.Add((module, page));
    }

    public async Task<IActionResult> OnPostDrop(string module, long id, string? reason)
    {
        if (Modules.Names.Contains(module))
            await Do(module, () => Modules.Parked(module).Drop(id, reason?.Trim() ?? "", Ct), W["폐기했습니다. 처리자와 사유가 기록되며, 뒤에서 대기하던 메시지는 다시 처리됩니다.", "Dropped. Who did it and why is kept, and those behind it flow on."]);
        return Redirect("/backoffice/parked");
    }

    public async Task<IActionResult> OnPost(string module, long id)
    {
        if (Modules.Names.Contains(module))
            await Do(module, () => Modules.Parked(module).Replay(id, Ct), W["다시 시도합니다. 잠시 뒤 새로고침해 주세요.", "It is being tried again; look again in a moment."]);
        return Redirect("/backoffice/parked");
    }
}
