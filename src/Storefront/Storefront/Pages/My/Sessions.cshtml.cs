using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.My;

/// <summary>GET /my/sessions: where the member is logged in; POST: ends one.</summary>
[Authorize(Policies.Member)]
sealed class SessionsPage(IdentityClient identity, ILogger<SessionsPage> log) : ShopPage
{
    public IReadOnlyList<Session>? Sessions { get; private set; }

    public async Task OnGet(CancellationToken ct)
    {
        ShowPersonal(T.MySessions);
        Sessions = await identity.Sessions(ct).OrNull(log);
    }

    public async Task<IActionResult> OnPost(Guid id, CancellationToken ct)
    {
        if ((await identity.EndSession(id, ct).OrRefusal(log)).Ok) SayDone(T.SessionEnded);
        else SayFailed(T.TryAgain);
        return RedirectToPage();
    }
}
