using Jangteo.Identity.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.My;

/// <summary>GET /my/addresses: saved delivery addresses; POST: adds, removes, or makes one the usual one.</summary>
[Authorize(Policies.Member)]
sealed class AddressesPage(IdentityClient identity, ILogger<AddressesPage> log) : ShopPage
{
    public IReadOnlyList<Address>? Addresses { get; private set; }

    [BindProperty]
    public AddressForm Form { get; set; } = new();

    public Task OnGet(CancellationToken ct) => Load(ct);

    public async Task<IActionResult> OnPostAdd(CancellationToken ct)
    {
        await Load(ct);
        Form.Check(ModelState, T);
        if (string.IsNullOrWhiteSpace(Form.Label)) ModelState.AddModelError("Form.Label", T.FieldRequired);
        if (Addresses is null) ModelState.AddModelError("", T.TryAgain);
        if (!ModelState.IsValid) return Page();
        var added = Form.Kept(Form.Label!.Trim(), isDefault: Addresses!.Count == 0);
        // Pressed twice it is saved once.
        if (Addresses.Any(known => known with { Id = added.Id, IsDefault = added.IsDefault } == added)) return Saved();
        if (Addresses.Count >= MemberLimits.Addresses) ModelState.AddModelError("", T.AddressesFull(MemberLimits.Addresses));
        else
        {
            var saved = await identity.Change(new(Addresses: [.. Addresses, added]), ct).OrRefusal(log);
            if (saved.Ok) return Saved();
            SayRefused(saved.Problem, AddressForm.FieldOf);
        }
        return Page();
    }

    public async Task<IActionResult> OnPostRemove(Guid id, CancellationToken ct)
    {
        await Load(ct);
        return await Save([.. (Addresses ?? []).Where(address => address.Id != id)], ct);
    }

    public async Task<IActionResult> OnPostDefault(Guid id, CancellationToken ct)
    {
        await Load(ct);
        return await Save([.. (Addresses ?? []).Select(address => address with { IsDefault = address.Id == id })], ct);
    }

    async Task<IActionResult> Save(IReadOnlyList<Address> addresses, CancellationToken ct)
    {
        // Without the known addresses a save would erase them.
        if (Addresses is not null && await identity.Change(new(Addresses: addresses), ct).OrNull(log) is not null) return Saved();
        SayFailed(T.TryAgain);
        return RedirectToPage();
    }

    IActionResult Saved()
    {
        SayDone(T.SavedChanges);
        return RedirectToPage();
    }

    async Task Load(CancellationToken ct)
    {
        ShowPersonal(T.MyAddresses);
        Addresses = (await identity.Me(ct).OrNull(log))?.Addresses;
    }
}
