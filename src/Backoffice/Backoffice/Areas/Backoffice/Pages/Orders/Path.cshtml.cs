using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Orders;

/// <summary>Something that happened to an order, in whichever module.</summary>
sealed record Step(DateTimeOffset At, string Module, string What, string Detail, bool IsBad = false);

/// <summary>/backoffice/orders/{id}/path: explains an order: all that happened to it across the modules, in the order of time.</summary>
sealed class PathPage : StaffPage
{
    [BindProperty(SupportsGet = true)] public Guid Id { get; set; }

    public OrderPath? Order { get; private set; }
    public PaymentPath? Payment { get; private set; }
    public ReservationView? Reservation { get; private set; }
    public Reviews.Waiting Waiting { get; private set; } = new([], [], []);
    public IReadOnlyList<Step> Steps { get; private set; } = [];

    public async Task OnGet()
    {
        Order = await Ask("orders", () => Modules.Orders.Path(Id, Ct));
        Payment = await Ask("payments", () => Modules.Payments.Path(Id, Ct));
        Reservation = await Ask("inventory", () => Modules.Inventory.Reservation(Id, Ct));
        Waiting = await Reviews.Waiting.Of(this, Id);
        Steps = [.. OfOrder().Concat(OfPayment()).Concat(OfParked()).OrderBy(s => s.At)];
        if (Order is null && Payment is null && Troubles.Count == 0) Troubles.Add(W["주문을 찾을 수 없습니다.", "There is no such order."]);
    }

    IEnumerable<Step> OfOrder() => Order is null ? [] : Order.Order.History.Select(h => new Step(h.At, "orders", W.Event(h.What), W.Detail(h.Detail, Order.Order.Total.Currency), h.What is "cancelled" or "payment-declined"))
        .Concat(Order.Decisions.Select(d => new Step(d.At, "staff", W.Action(d.Action), $"{d.Reason} — {Who(d.By)}")));

    IEnumerable<Step> OfPayment() => Payment is null ? [] : Payment.Calls.SelectMany(OfCall).Concat(Payment.Refunds.SelectMany(OfRefund))
        .Append(new Step(Payment.CreatedAt, "payments", W["결제 요청 받음", "Payment asked for"], W.Price(Payment.Payment.Amount)))
        .Concat(Payment.Payment.Ledger.Select(e => new Step(e.At, "ledger", W.Event(e.Kind), $"{W.Price(e.Amount)} {e.Reference}")))
        .Concat(Payment.Decisions.Select(d => new Step(d.At, "staff", $"{W.Call(d.About)}: {W.Action(d.Action)}", $"{d.Reason} — {Who(d.By)}")));

    IEnumerable<Step> OfCall(ProviderCallView call)
    {
        yield return new(call.At, "provider", $"→ {W.Call(call.Kind)}", W.Price(call.Amount));
        var asked = W[$"{call.Attempts}회 조회", $"asked {call.Attempts}×"];
        if (call.AnsweredAt is { } answered) yield return new(answered, "provider", $"← {W.Call(call.Kind)}", $"{call.Answer} · {asked}", call.Answer?.StartsWith("Refused", StringComparison.Ordinal) == true || call.Answer?.StartsWith("Declined", StringComparison.Ordinal) == true);
        else if (call.NextTryAt is { } next) yield return new(next, "provider", W["다음 조회 예정", "Asked again"], $"{W.Call(call.Kind)} · {call.Answer ?? W["아직 응답 없음", "no answer yet"]} · {asked}", call.Attempts > 0);
    }

    // That it was asked for and answered is told by its call, which has its id; here is only what people need beside.
    IEnumerable<Step> OfRefund(RefundView refund) => refund.Refusal is null ? [] :
        [new(Payment!.Calls.FirstOrDefault(c => c.Id == refund.Id)?.AnsweredAt ?? refund.At, "payments", W["환불 거절됨", "Refund refused"], $"{W.Price(refund.Amount)} {refund.Refusal} · {W.RefundStatus(refund.Status)}", true)];

    IEnumerable<Step> OfParked() => Waiting.Parked.Select(p => new Step(p.Message.ParkedAt, p.Module, W["메시지 보류", "Message parked"], $"{p.Message.Type}: {p.Message.Error?.Split('\n')[0] ?? W["앞선 메시지 대기", "waits behind another"]}", true));

    string Who(Guid by) => W[$"직원 {by.ToString()[..8]}", $"staff {by.ToString()[..8]}"];
}
