using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Reviews;

/// <summary>/backoffice/reviews: every order that does not settle itself, whichever module knows, and what staff can do about it.</summary>
sealed class IndexPage : StaffPage
{
    public Waiting Waiting { get; private set; } = new([], [], []);

    public async Task OnGet() => Waiting = await Waiting.Of(this);

    public Task<IActionResult> OnPostPayment(Guid id, PaymentAction action, string? reason, string? providerKey, string key, Guid? order) => Act("payments",
        () => Modules.Payments.Decide(id, new(action, reason?.Trim() ?? "", string.IsNullOrWhiteSpace(providerKey) ? null : providerKey.Trim()), key, Ct),
        action == PaymentAction.AskAgain ? W["결제사에 다시 조회합니다. 잠시 뒤 새로고침해 주세요.", "It is being asked again; look again in a moment."] : W["기록하고 처리했습니다.", "Recorded and done."], order);

    public Task<IActionResult> OnPostOrder(Guid id, OrderAction action, string? reason, int? revision, string key, Guid? order) =>
        Act("orders", () => Modules.Orders.Decide(id, new(action, reason?.Trim() ?? "", revision), key, Ct), W["기록하고 처리했습니다.", "Recorded and done."], order);

    public async Task<IActionResult> OnPostReplay(string module, long id, Guid? order)
    {
        if (!Modules.Names.Contains(module)) return Redirect("/backoffice/reviews");
        return await Act(module, () => Modules.Parked(module).Replay(id, Ct), W["다시 시도합니다. 잠시 뒤 새로고침해 주세요.", "It is being tried again; look again in a moment."], order);
    }

    async Task<IActionResult> Act<T>(string module, Func<Task<Answer<T>>> call, string done, Guid? order) where T : class
    {
        await Do(module, call, done);
        return Redirect(order is { } id ? $"/backoffice/orders/{id}/path" : "/backoffice/reviews");
    }
}

/// <summary>A message of an order that a module could not handle; those behind it wait for it.</summary>
sealed record ParkedOfOrder(string Module, Guid OrderId, ParkedView Message);

/// <summary>What waits for staff: of all orders, or of one.</summary>
sealed record Waiting(IReadOnlyList<PaymentReview> Payments, IReadOnlyList<OrderReview> Orders, IReadOnlyList<ParkedOfOrder> Parked)
{
    const int PageSize = 100;
    const int MaxPages = 10;

    // Messages of these modules have an order's id as their key.
    static readonly string[] Producers = ["orders", "inventory", "payments"];

    public int Count => Payments.Count + Orders.Count + Heads.Count();

    /// <summary>Those that failed; one that only waits behind another is tried with it.</summary>
    public IEnumerable<ParkedOfOrder> Heads => Parked.Where(p => p.Message.Error is not null);

    /// <summary>True in the list of all, where a row names its order.</summary>
    public bool NamesOrders { get; init; } = true;

    public Guid? Only { get; init; }

    public static async Task<Waiting> Of(StaffPage page, Guid? only = null)
    {
        var payments = await All(page, "payments", after => page.Modules.Payments.Reviews(after, PageSize, page.Ct));
        var orders = await All(page, "orders", after => page.Modules.Orders.Reviews(after, PageSize, page.Ct));
        var parked = new List<ParkedOfOrder>();
        foreach (var module in Modules.Names)
            parked.AddRange((await All(page, module, after => page.Modules.Parked(module).List(after, PageSize, ct: page.Ct))).SelectMany(m => OfOrder(module, m)));
        return new([.. payments.Where(r => only is null || r.OrderId == only)], [.. orders.Where(r => only is null || r.OrderId == only)],
            [.. parked.Where(p => only is null || p.OrderId == only)]) { NamesOrders = only is null, Only = only };
    }

    // What is of an order may lie behind much that is not.
    static async Task<List<T>> All<T>(StaffPage page, string module, Func<string?, Task<Answer<Page<T>>>> list)
    {
        var (all, after) = (new List<T>(), (string?)null);
        for (var pages = 0; pages < MaxPages && await page.Ask(module, () => list(after)) is { } next; pages++)
        {
            all.AddRange(next.Items);
            if ((after = next.Next) is null) break;
        }
        return all;
    }

    // What a module has told itself to do later is its own.
    static IEnumerable<ParkedOfOrder> OfOrder(string module, ParkedView message) =>
        Producers.Contains(message.Producer == "(due)" ? module : message.Producer) && Guid.TryParse(message.Key, out var order) ? [new(module, order, message)] : [];
}
