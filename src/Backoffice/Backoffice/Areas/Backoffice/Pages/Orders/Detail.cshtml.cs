using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Orders;

/// <summary>/backoffice/orders/{id}: an order with its history and payment, and what staff do with it next.</summary>
sealed class DetailPage : StaffPage
{
    [BindProperty(SupportsGet = true)] public Guid Id { get; set; }

    public OrderView? Order { get; private set; }
    public PaymentView? Payment { get; private set; }

    /// <summary>A shipment and a refund that were refused, as they were typed.</summary>
    public string? TypedCourier { get; private set; }
    public string? TypedNumber { get; private set; }
    public string? TypedAmount { get; private set; }
    public string? TypedReason { get; private set; }

    public async Task<IActionResult> OnGet()
    {
        Order = await Ask("orders", () => Modules.Orders.Get(Id, Ct));
        Payment = await Ask("payments", () => Modules.Payments.Get(Id, Ct));
        if (Order is null && Troubles.Count == 0) Troubles.Add(W["주문을 찾을 수 없습니다.", "There is no such order."]);
        return Page();
    }

    public Task<IActionResult> OnPostPrepare() => Act("orders", () => Modules.Orders.Prepare(Id, Ct), W["배송 준비를 시작했습니다.", "Packing has begun."]);

    /// <param name="seen">How much had happened to the order when the page was made.</param>
    public async Task<IActionResult> OnPostShip(string? courier, string? trackingNumber, int seen)
    {
        if (await Do("orders", () => Modules.Orders.Ship(Id, new(courier?.Trim() ?? "", trackingNumber?.Trim() ?? ""), Ct), "") is { } shipped)
        {
            Done = shipped.History.Count == seen ? W["저장된 운송장과 같아 바뀐 내용이 없습니다.", "That is the shipment as it was; nothing has changed."]
                : shipped.History[^1].What == "shipment-corrected" ? W["운송장을 수정했습니다. 구매자에게 메일을 보냅니다.", "Shipment corrected; the buyer gets a mail."]
                : W["배송을 시작했습니다. 구매자에게 메일을 보냅니다.", "Handed to the courier; the buyer gets a mail."];
            return Here();
        }
        (TypedCourier, TypedNumber) = (courier, trackingNumber);
        return await OnGet();
    }

    public Task<IActionResult> OnPostDeliver() => Act("orders", () => Modules.Orders.Deliver(Id, Ct), W["배송 완료로 처리했습니다.", "Marked as delivered."]);

    public Task<IActionResult> OnPostCancel() => Act("orders", () => Modules.Orders.Cancel(Id, Ct), W["주문을 취소했습니다. 결제된 금액은 환불됩니다.", "Cancelled; what was paid is being refunded."]);

    /// <param name="refunded">How much had gone back when the page was made, in minor units.</param>
    public async Task<IActionResult> OnPostRefund(string? amount, string currency, string? reason, string key, long refunded)
    {
        if (Form.Minor(amount, currency) is not { } minor || minor <= 0) Refused = W["환불 금액을 숫자로 입력해 주세요.", "Write the amount as a number."];
        else if (await Do("payments", () => Modules.Payments.Refund(Id, new(new(minor, currency), reason?.Trim() ?? ""), key, Ct), "") is { } payment)
        {
            // Taken on is not done: a transfer is sent by hand, and a provider may still have to answer.
            Done = payment.Refunded.Amount > refunded ? W["환불했습니다.", "Refunded."]
                : W["환불을 접수했습니다. 결제사의 처리가 끝나면 반영되며, 직접 송금해야 하는 환불은 ‘검토 대기’에 나타납니다.", "The refund is taken on. It shows here once the provider has done it; one that has to be sent by hand is under \"To review\"."];
            return Here();
        }
        (TypedAmount, TypedReason) = (amount, reason);
        return await OnGet();
    }

    async Task<IActionResult> Act<T>(string module, Func<Task<Answer<T>>> call, string done) where T : class
    {
        await Do(module, call, done);
        return Here();
    }

    IActionResult Here() => Redirect($"/backoffice/orders/{Id}");
}
