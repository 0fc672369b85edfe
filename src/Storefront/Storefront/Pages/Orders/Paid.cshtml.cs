using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.Orders;

/// <summary>
/// GET /orders/{id}/paid: where the provider sends the payer back to. It confirms the payment, which Payments checks
/// against the stored amount and the provider's word, and shows what became of the order.
/// </summary>
[Authorize(Policies.Member)]
sealed class PaidPage(PaymentsClient payments, ILogger<PaidPage> log) : ShopPage
{
    public async Task<IActionResult> OnGet(Guid id, string? paymentKey, long amount, CancellationToken ct)
    {
        var home = LanguageCookie.Of(Request).PathBase;
        if (string.IsNullOrEmpty(paymentKey)) return LocalRedirect($"{home}/orders/{id}/pay");
        var known = await payments.Get(id, ct).OrRefusal(log);
        // Whatever the answer, or none: the provider's notice settles it as well, and the next page looks.
        var confirmed = known.Ok ? await payments.Confirm(id, new(paymentKey, known.Value.Amount with { Amount = amount }), ct).OrRefusal(log) : known;
        var declined = confirmed is { Ok: false, Problem.Status: >= 400 and < 500 };
        return LocalRedirect($"{home}/orders/{id}/done{(declined ? "?declined=true" : "")}");
    }
}
