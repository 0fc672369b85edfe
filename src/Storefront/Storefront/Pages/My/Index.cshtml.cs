using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.My;

/// <summary>GET /my: the member's own record; POST: changes it.</summary>
[Authorize(Policies.Member)]
sealed class MyPage(IdentityClient identity, ILogger<MyPage> log) : ShopPage
{
    public Me? Me { get; private set; }

    [BindProperty] public string? Name { get; set; }
    [BindProperty] public bool Marketing { get; set; }

    public async Task OnGet(CancellationToken ct)
    {
        await Load(ct);
        Name = Me?.Name;
        Marketing = Me?.Consents.LastOrDefault(consent => consent.Name == "marketing")?.Given == true;
    }

    public async Task<IActionResult> OnPost(CancellationToken ct)
    {
        var name = Name?.Trim() ?? "";
        if (name.Length is 0 or > 50) ModelState.AddModelError(nameof(Name), name.Length == 0 ? T.FieldRequired : T.FieldTooLong(50));
        else
        {
            var changed = await identity.Change(new(Name: name, MarketingConsent: Marketing), ct).OrRefusal(log);
            if (changed.Ok)
            {
                SayDone(T.SavedChanges);
                return RedirectToPage();
            }
            SayRefused(changed.Problem, field => field == "name" ? nameof(Name) : "");
        }
        await Load(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostResend(CancellationToken ct)
    {
        if ((await identity.ResendVerification(ct).OrRefusal(log)).Ok) SayDone(T.VerificationSent);
        else SayFailed(T.TryAgain);
        return RedirectToPage();
    }

    async Task Load(CancellationToken ct)
    {
        ShowPersonal(T.MyInformation);
        Me = await identity.Me(ct).OrNull(log);
    }
}
