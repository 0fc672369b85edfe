using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.My;

/// <summary>GET /my/withdrawal: what leaving means; POST: leaves, after asking for the password again; POST undo: stays after all.</summary>
[Authorize(Policies.Member)]
sealed class WithdrawalPage(IdentityClient identity, ILogger<WithdrawalPage> log) : ShopPage
{
    public Me? Me { get; private set; }

    [BindProperty] public string? Password { get; set; }
    [BindProperty] public string? Reason { get; set; }
    [BindProperty] public bool Agreed { get; set; }

    public Task OnGet(CancellationToken ct) => Load(ct);

    public async Task<IActionResult> OnPost(CancellationToken ct)
    {
        if (string.IsNullOrEmpty(Password)) ModelState.AddModelError(nameof(Password), T.FieldRequired);
        if (!Agreed) ModelState.AddModelError(nameof(Agreed), T.MustAgree);
        if (ModelState.IsValid)
        {
            var answer = await identity.Withdraw(new(Password!, string.IsNullOrWhiteSpace(Reason) ? null : Reason.Trim()), ct).OrRefusal(log);
            if (answer.Ok) return RedirectToPage();
            if (answer.Problem.Is("wrong-password")) ModelState.AddModelError(nameof(Password), T.WrongPassword);
            else if (answer.Problem.Is("staff-cannot-withdraw")) ModelState.AddModelError("", T.StaffCannotWithdraw);
            else SayRefused(answer.Problem, field => field == "password" ? nameof(Password) : nameof(Reason));
        }
        await Load(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostUndo(CancellationToken ct)
    {
        if ((await identity.UndoWithdrawal(ct).OrRefusal(log)).Ok) SayDone(T.WithdrawalUndone);
        else SayFailed(T.TryAgain);
        return RedirectToPage();
    }

    async Task Load(CancellationToken ct)
    {
        ShowPersonal(T.Withdrawal);
        Me = await identity.Me(ct).OrNull(log);
    }
}
