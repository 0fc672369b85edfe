using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Orders;

/// <summary>A tracking number as typed beside its order.</summary>
public sealed class TypedShipment
{
    public Guid Id { get; set; }
    public string? Number { get; set; }
    public string? TrackingNumber { get; set; }
}

/// <summary>/backoffice/orders/shipments: all that waits to be sent, oldest first, with its tracking numbers entered in one go.</summary>
sealed class ShipmentsPage : StaffPage
{
    const int MostShown = 100;

    [BindProperty] public string? Courier { get; set; }
    [BindProperty] public List<TypedShipment> Typed { get; set; } = [];

    public IReadOnlyList<StaffOrderSummary> Orders { get; private set; } = [];

    /// <summary>More wait than are shown.</summary>
    public bool More { get; private set; }

    public Task OnGet() => Load();

    public async Task<IActionResult> OnPost()
    {
        await Load();
        var sent = 0;
        foreach (var typed in Typed.Take(MostShown).Where(t => !string.IsNullOrWhiteSpace(t.TrackingNumber)))
            if (await Send(typed)) sent++;
        var done = W[$"{sent}건의 배송을 시작했습니다. 구매자에게 메일을 보냅니다.", $"{sent} handed to the courier; the buyers get mails."];
        if (Troubles.Count == 0 && sent > 0)
        {
            Done = done;
            return Redirect("/backoffice/orders/shipments");
        }
        // Some were refused: what was typed stays beside its order, to be corrected.
        Troubles.Insert(0, sent > 0 ? done : W["발송할 주문의 운송장 번호를 입력해 주세요.", "Write the tracking numbers of what goes out."]);
        await Load();
        return Page();
    }

    public string? NumberTypedFor(Guid order) => Typed.Find(t => t.Id == order)?.TrackingNumber;

    // A paid order is packed when it is sent. Sending with the same number again changes nothing, so a double press does no harm.
    async Task<bool> Send(TypedShipment typed)
    {
        var known = Troubles.Count;
        if (Orders.FirstOrDefault(o => o.Id == typed.Id) is { Status: OrderStatus.Confirmed }) await Ask("orders", () => Modules.Orders.Prepare(typed.Id, Ct));
        var shipped = await Ask("orders", () => Modules.Orders.Ship(typed.Id, new(Courier?.Trim() ?? "", typed.TrackingNumber!.Trim()), Ct));
        for (var i = known; i < Troubles.Count; i++) Troubles[i] = $"{typed.Number} · {Troubles[i]}";
        return shipped is not null;
    }

    async Task Load()
    {
        var waiting = new List<StaffOrderSummary>();
        More = false;
        foreach (var status in new[] { OrderStatus.Preparing, OrderStatus.Confirmed })
        {
            if (await Ask("orders", () => Modules.Orders.StaffList(status, limit: MostShown, oldestFirst: true, ct: Ct)) is not { } orders) continue;
            waiting.AddRange(orders.Items);
            More |= orders.Next is not null;
        }
        Orders = [.. waiting.OrderBy(o => o.PlacedAt).Take(MostShown)];
        More |= waiting.Count > Orders.Count;
    }
}
