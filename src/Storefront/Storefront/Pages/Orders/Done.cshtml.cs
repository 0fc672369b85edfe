using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.Orders;

/// <summary>GET /orders/{id}/done: what became of the order; looks again by itself until it is known.</summary>
[Authorize(Policies.Member)]
sealed class DonePage(OrdersClient orders, PaymentsClient payments, ILogger<DonePage> log) : ShopPage
{
    const int Looks = 15;
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    public OrderView Order { get; private set; } = null!;
    public string Mark { get; private set; } = "";
    public string Heading { get; private set; } = "";
    public string Text { get; private set; } = "";
    public bool Waiting { get; private set; }
    public bool Declined { get; private set; }

    /// <summary>Where the buyer sends the money, when they do so themselves.</summary>
    public DepositInstructions? Deposit { get; private set; }

    public async Task<IActionResult> OnGet(Guid id, bool declined, CancellationToken ct)
    {
        for (var look = 0; look < Looks; look++)
        {
            var answer = await orders.Get(id, ct);
            if (!answer.Ok) return NotFound();
            Order = answer.Value;
            if (declined || !IsOpen) break;
            if (Order.Status == OrderStatus.AwaitingPayment && PaymentMethods.IsDeposit(Order.PaymentMethod) && (Deposit = (await payments.Get(id, ct).OrNull(log))?.Deposit) is not null) break;
            await Task.Delay(s_pause, ct);
        }
        Waiting = IsOpen && !declined && Deposit is null;
        Declined = IsOpen && declined;
        (Mark, Heading, Text) = Order.Status == OrderStatus.Cancelled ? ("stop", T.OrderStoppedTitle, Status.WhyCancelled(Order.CancelReason, T))
            : Declined ? ("stop", T.PaymentNotDone, T.PaymentDeclined)
            : Deposit is not null ? ("wait", T.DepositTitle, T.DepositText)
            : Waiting ? ("wait", T.OrderWaitTitle, T.OrderWaitText)
            : ("", T.OrderDoneTitle, T.OrderDoneText);
        ShowPersonal(Heading, Tab.Cart);
        return Page();
    }

    bool IsOpen => Order.Status is OrderStatus.Placed or OrderStatus.AwaitingPayment;
}
