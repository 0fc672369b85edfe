using Jangteo.Inventory.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Stock;

/// <summary>GET /backoffice/stock/movements: every correction, why, and by whom.</summary>
sealed class MovementsPage : StaffPage
{
    [BindProperty(SupportsGet = true)] public string? Sku { get; set; }
    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public Page<StockMovement> Found { get; private set; } = new([], null);

    public async Task OnGet() => Found = await Ask("inventory", () => Modules.Inventory.Adjustments(string.IsNullOrWhiteSpace(Sku) ? null : Sku.Trim(), After, 50, Ct)) ?? Found;
}
