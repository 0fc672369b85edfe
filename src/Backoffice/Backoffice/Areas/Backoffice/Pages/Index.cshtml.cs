using Jangteo.Board.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Names = Jangteo.Board.Contracts.Boards;

namespace Jangteo.Backoffice.Pages;

/// <summary>GET /backoffice: what waits for somebody to do it.</summary>
sealed class IndexPage : StaffPage
{
    public const int MaxCount = 100;
    const int LowStockAtMost = 5;
    const int Shown = 8;

    static readonly OrderStatus[] Waiting = [OrderStatus.AwaitingPayment, OrderStatus.Confirmed, OrderStatus.Preparing, OrderStatus.Shipped];

    public List<(OrderStatus Status, string Count)> Orders { get; } = [];
    public IReadOnlyList<StaffOrderSummary> Latest { get; private set; } = [];
    public IReadOnlyList<StockLevel> LowStock { get; private set; } = [];
    public List<PostSummary> Reported { get; } = [];
    public List<PostSummary> Unanswered { get; } = [];
    public int Parked { get; private set; }
    public int ToReview { get; private set; }
    public bool Missing { get; private set; }

    public async Task OnGet(bool missing = false)
    {
        Missing = missing;
        await CountOrders();
        Latest = (await Ask("orders", () => Modules.Orders.StaffList(limit: Shown, ct: Ct)))?.Items ?? [];
        LowStock = (await Ask("inventory", () => Modules.Inventory.LowStock(LowStockAtMost, limit: Shown, ct: Ct)))?.Items ?? [];
        await LookAtBoards();
        ToReview = ((await Ask("payments", () => Modules.Payments.Reviews(limit: MaxCount, ct: Ct)))?.Items.Count ?? 0)
            + ((await Ask("orders", () => Modules.Orders.Reviews(limit: MaxCount, ct: Ct)))?.Items.Count ?? 0);
        foreach (var module in Modules.Names)
            Parked += (await Ask(module, () => Modules.Parked(module).List(limit: MaxCount, ct: Ct)))?.Items.Count ?? 0;
    }

    async Task CountOrders()
    {
        foreach (var status in Waiting)
            if (await Ask("orders", () => Modules.Orders.StaffList(status, limit: MaxCount, ct: Ct)) is { } page)
                Orders.Add((status, page.Next is null ? $"{page.Items.Count}" : $"{MaxCount}+"));
    }

    async Task LookAtBoards()
    {
        foreach (var board in new[] { Names.Questions, Names.Review, Names.Free })
            Reported.AddRange((await Ask("board", () => Modules.Board.Posts(board, reported: true, limit: Shown, ct: Ct)))?.Items.Where(p => !p.Hidden) ?? []);
        Unanswered.AddRange((await Ask("board", () => Modules.Board.Posts(Names.Questions, limit: MaxCount, ct: Ct)))?.Items.Where(p => !p.Answered && !p.Hidden).Take(Shown) ?? []);
    }
}
