using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Orders;

/// <summary>GET /backoffice/orders: all orders, by status or searched.</summary>
sealed class IndexPage : StaffPage
{
    [BindProperty(SupportsGet = true)] public OrderStatus? Status { get; set; }
    [BindProperty(SupportsGet = true)] public string? Search { get; set; }
    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public Page<StaffOrderSummary> Found { get; private set; } = new([], null);

    public async Task OnGet() => Found = await Ask("orders", () => Modules.Orders.StaffList(Status, Search, After, ct: Ct)) ?? Found;
}
