using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Books;

/// <summary>/backoffice/books: how our ledger and the provider's books compare, and what staff do about what differs.</summary>
sealed class IndexPage : StaffPage
{
    const int RunsShown = 5;

    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public Page<DifferenceView> Found { get; private set; } = new([], null);
    public IReadOnlyList<ReconciliationView> Runs { get; private set; } = [];

    public async Task OnGet()
    {
        Found = await Ask("payments", () => Modules.Payments.Differences(After, ct: Ct)) ?? Found;
        Runs = (await Ask("payments", () => Modules.Payments.Reconciliations(limit: RunsShown, ct: Ct)))?.Items ?? [];
    }

    public async Task<IActionResult> OnPostCompare(string key)
    {
        await Do("payments", () => Modules.Payments.Reconcile(new(), key, Ct), W["대조하고 있습니다. 잠시 뒤 새로고침해 주세요.", "The books are being compared; look again in a moment."]);
        return Redirect("/backoffice/books");
    }

    public async Task<IActionResult> OnPostDecide(Guid id, DifferenceAction action, string? reason, string key)
    {
        await Do("payments", () => Modules.Payments.Settle(id, new(action, reason?.Trim() ?? ""), key, Ct), W["기록하고 처리했습니다.", "Recorded and done."]);
        return Redirect("/backoffice/books");
    }
}
