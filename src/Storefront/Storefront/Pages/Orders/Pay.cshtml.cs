using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.Orders;

/// <summary>GET /orders/{id}/pay: waits until the stock is reserved, then sends the buyer to the provider's page.</summary>
[Authorize(Policies.Member)]
sealed class PayPage(OrdersClient orders, PaymentsClient payments, Language language, ILogger<PayPage> log) : ShopPage
{
    const int Looks = 15;
    const int MostTries = 3;
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    public Guid Id { get; private set; }
    public bool Waiting { get; private set; }
    public string Heading { get; private set; } = "";
    public string Text { get; private set; } = "";

    /// <summary>How often the provider's page could not be opened before this.</summary>
    [BindProperty(SupportsGet = true)] public int Tries { get; set; }

    public async Task<IActionResult> OnGet(Guid id, CancellationToken ct)
    {
        Id = id;
        ShowPersonal(T.PayNow, Tab.Cart);
        LanguageCookie.Remember(language, Response);
        for (var look = 0; look < Looks; look++)
        {
            var order = await orders.Get(id, ct);
            if (!order.Ok) return NotFound();
            if (IsSettled(order.Value) || order.Value.Status == OrderStatus.AwaitingPayment && PaymentMethods.IsDeposit(order.Value.PaymentMethod)) return Done();
            if (order.Value.Status == OrderStatus.AwaitingPayment && await Start(ct) is { } answer) return answer;
            await Task.Delay(s_pause, ct);
        }
        (Waiting, Heading, Text) = (true, T.OrderPreparing, T.OrderStockWaitText);
        return Page();
    }

    // What is paid or off needs no page, and a transfer is made at the buyer's bank, so there is nowhere to send them.
    static bool IsSettled(OrderView order) => order.Status is not (OrderStatus.Placed or OrderStatus.AwaitingPayment);

    RedirectResult Done() => Redirect(Url.Content($"~/orders/{Id}/done"));

    /// <summary>Null when Payments has not heard of the order yet.</summary>
    async Task<IActionResult?> Start(CancellationToken ct)
    {
        var started = await payments.Start(Id, ct).OrRefusal(log);
        if (started.Ok) return started.Value.RedirectUrl.Length > 0 ? Redirect(started.Value.RedirectUrl) : null;
        // A stored card is charged without a page; and who has paid waits until Orders has heard of it.
        if (started.Problem.Is("no-page") || started.Problem.Is("payment-closed")) return Done();
        if (started.Problem.Status < 500) return null;
        // A provider that is slow for a moment is asked again by the page itself; after that it is the buyer's to say when.
        (Waiting, Heading, Text) = Tries is >= 0 and < MostTries ? (true, T.OrderPreparing, T.PaymentSlow) : (false, T.UnavailableTitle, T.PaymentUnavailable);
        Tries++;
        return Page();
    }
}
