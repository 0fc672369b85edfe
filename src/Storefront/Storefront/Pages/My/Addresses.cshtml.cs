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
    const int MostAddresses = 20;

    public IReadOnlyList<Address>? Addresses { get; private set; }

    [BindProperty]
    public AddressForm Form { get; set; } = new();

    public Task OnGet(CancellationToken ct) => Load(ct);

    public async Task<IActionResult> OnPostAdd(CancellationToken ct)
    {
        await Load(ct);
        Form.Check(ModelState, T);
        if (string.IsNullOrWhiteSpace(Form.Label)) ModelState.AddModelError("Form.Label", T.FieldRequired);
        if (Addresses is not { Count: < MostAddresses }) ModelState.AddModelError("", Addresses is null ? T.TryAgain : T.AddressesFull(MostAddresses));
        if (!ModelState.IsValid) return Page();
        var added = new Address(Guid.CreateVersion7(), Form.Label!.Trim(), Form.Recipient!.Trim(), Form.Phone!.Trim(), Form.PostalCode!.Trim(), Form.Address!.Trim(), Form.Detail?.Trim() ?? "", Addresses!.Count == 0);
        if (await Saves([.. Addresses!, added], ct)) return Saved();
        ModelState.AddModelError("", T.TryAgain);
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
        if (await Saves(addresses, ct)) return Saved();
        SayFailed(T.TryAgain);
        return RedirectToPage();
    }

    // Without the known addresses a save would erase them.
    async Task<bool> Saves(IReadOnlyList<Address> addresses, CancellationToken ct) => Addresses is not null && await identity.Change(new(Addresses: addresses), ct).OrNull(log) is not null;

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
