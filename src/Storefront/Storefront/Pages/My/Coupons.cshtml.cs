using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.My;

/// <summary>GET /my/coupons: the member's coupon box; POST: puts a code into it.</summary>
[Authorize(Policies.Member)]
sealed class CouponsPage(OrdersClient orders, Show show, IConfiguration mall, ILogger<CouponsPage> log) : ShopPage
{
    public Page<HeldCouponView>? Found { get; private set; }

    [BindProperty] public string? Code { get; set; }

    public Task OnGet(string? after, CancellationToken ct) => Load(after, ct);

    public async Task<IActionResult> OnPost(CancellationToken ct)
    {
        if (await WhyRefused(Code?.Trim().ToUpperInvariant(), ct) is not { } why)
        {
            SayDone(T.CouponRegistered);
            return RedirectToPage();
        }
        ModelState.AddModelError(nameof(Code), why);
        await Load(null, ct);
        return Page();
    }

    /// <summary>Puts the code into the box; what stood in the way, or null.</summary>
    async Task<string?> WhyRefused(string? code, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(code)) return T.FieldRequired;
        var answer = await orders.RegisterCoupon(code, ct).OrRefusal(log);
        return answer.Ok ? null : answer.Problem.Status == 503 ? T.TryAgain : T.CouponRefused(answer.Problem.Extensions?.GetValueOrDefault("reason").ToString() ?? "unknown");
    }

    async Task Load(string? after, CancellationToken ct)
    {
        ShowPersonal(T.MyCoupons);
        Found = await orders.Coupons(after, 50, ct).OrNull(log);
    }

    public string OffOf(CouponTerms terms) => T.OffAmount(terms.PercentOff is { } percent ? $"{percent}%" : Price(terms.AmountOff!.Value));

    /// <summary>What the coupon asks for, in one line.</summary>
    public string TermsOf(HeldCouponView coupon) => string.Join(" · ", new[]
    {
        coupon.Terms.MinSubtotal > 0 ? T.CouponFrom(Price(coupon.Terms.MinSubtotal)) : null,
        coupon.Terms.MostOff is { } most ? T.CouponUpTo(Price(most)) : null,
        T.CouponUntil(show.Time(coupon.Terms.ValidUntil)),
        coupon.UsesLeft > 0 ? T.CouponUsesLeft(coupon.UsesLeft) : null,
    }.OfType<string>());

    string Price(long amount) => show.Price(new(amount, mall["Mall:Currency"]!));
}
