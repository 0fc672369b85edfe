using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.My;

/// <summary>GET /my/coupons: the member's coupon box; POST: puts a code into it.</summary>
[Authorize(Policies.Member)]
sealed class CouponsPage(OrdersClient orders, Show show, ILogger<CouponsPage> log) : ShopPage
{
    public Page<HeldCouponView>? Found { get; private set; }

    [BindProperty] public string? Code { get; set; }

    public Task OnGet(string? after, CancellationToken ct) => Load(after, ct);

    public async Task<IActionResult> OnPost(CancellationToken ct)
    {
        var code = Code?.Trim().ToUpperInvariant() ?? "";
        if ((code.Length == 0 ? T.FieldRequired : await orders.WhyNotInBox(code, T, log, ct)) is not { } why)
        {
            SayDone(T.CouponRegistered);
            return RedirectToPage();
        }
        ModelState.AddModelError(nameof(Code), why);
        await Load(null, ct);
        return Page();
    }

    async Task Load(string? after, CancellationToken ct)
    {
        ShowPersonal(T.MyCoupons);
        Found = await orders.Coupons(after, 50, ct).OrNull(log);
    }

    public string OffOf(CouponTerms terms) => T.OffAmount(terms.PercentOff is { } percent ? $"{percent}%" : show.Price(terms.AmountOff!.Value));

    /// <summary>What the coupon asks for, in one line.</summary>
    public string TermsOf(HeldCouponView coupon) => string.Join(" · ", new[]
    {
        coupon.Terms.MinSubtotal > 0 ? T.CouponFrom(show.Price(coupon.Terms.MinSubtotal)) : null,
        coupon.Terms.MostOff is { } most ? T.CouponUpTo(show.Price(most)) : null,
        T.CouponUntil(show.Time(coupon.Terms.ValidUntil)),
        coupon.UsesLeft > 0 ? T.CouponUsesLeft(coupon.UsesLeft) : null,
    }.OfType<string>());
}
