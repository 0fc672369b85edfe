using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Storefront.Pages.Orders;

/// <summary>GET /orders/{id}/done: what became of the order; looks again by itself until it is known.</summary>
[Authorize(Policies.Member)]
sealed class DonePage(OrdersClient orders, Language language) : ShopPage
{
    const int Looks = 15;
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    public OrderView Order { get; private set; } = null!;
    public string Mark { get; private set; } = "";
    public string Heading { get; private set; } = "";
    public string Text { get; private set; } = "";
    public bool Waiting { get; private set; }
    public bool Declined { get; private set; }

    public async Task<IActionResult> OnGet(Guid id, bool declined, CancellationToken ct)
    {
        if (declined && language != LanguageCookie.Of(Request)) return LocalRedirect($"{LanguageCookie.Of(Request).PathBase}/orders/{id}/done?declined=true");
        for (var look = 0; look < Looks; look++)
        {
            var answer = await orders.Get(id, ct);
            if (!answer.Ok) return NotFound();
            Order = answer.Value;
            if (declined || !IsOpen) break;
            await Task.Delay(s_pause, ct);
        }
        Waiting = IsOpen && !declined;
        Declined = IsOpen && declined;
        (Mark, Heading, Text) = Order.Status == OrderStatus.Cancelled ? ("stop", T.OrderStoppedTitle, Status.WhyCancelled(Order.CancelReason, T))
            : Declined ? ("stop", T.PayNow, T.PaymentDeclined)
            : Waiting ? ("wait", T.OrderWaitTitle, T.OrderWaitText)
            : ("", T.OrderDoneTitle, T.OrderDoneText);
        ShowPersonal(Heading, Tab.Cart);
        return Page();
    }

    bool IsOpen => Order.Status is OrderStatus.Placed or OrderStatus.AwaitingPayment;
}
