using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.Orders;

/// <summary>GET /orders/{id}: where the order stands; POST: cancel it, or accept what was delivered.</summary>
[Authorize(Policies.Member)]
sealed class OrderPage(OrdersClient orders, PaymentsClient payments, ILogger<OrderPage> log) : ShopPage
{
    public OrderView Order { get; private set; } = null!;

    /// <summary>Where the buyer sends the money, when they do so themselves.</summary>
    public DepositInstructions? Deposit { get; private set; }

    public async Task<IActionResult> OnGet(Guid id, CancellationToken ct)
    {
        var answer = await orders.Get(id, ct);
        if (!answer.Ok) return NotFound();
        Order = answer.Value;
        if (Order.Status == OrderStatus.AwaitingPayment && PaymentMethods.IsDeposit(Order.PaymentMethod)) Deposit = (await payments.Get(id, ct).OrNull(log))?.Deposit;
        ShowPersonal(T.OrderDetail);
        return Page();
    }

    public async Task<IActionResult> OnPostCancel(Guid id, CancellationToken ct)
    {
        var answer = await orders.Cancel(id, ct).OrRefusal(log);
        if (answer.Ok) SayDone(T.OrderCancelled);
        else SayFailed(answer.Problem.Is("not-cancellable") ? T.OrderNotCancellable : T.TryAgain);
        return RedirectToPage(new { id });
    }

    public async Task<IActionResult> OnPostComplete(Guid id, CancellationToken ct)
    {
        var answer = await orders.Complete(id, ct).OrRefusal(log);
        if (answer.Ok) SayDone(T.PurchaseConfirmed);
        else SayFailed(T.TryAgain);
        return RedirectToPage(new { id });
    }
}
