using Jangteo.Identity.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;

namespace Jangteo.Backoffice.Pages.Members;

/// <summary>/backoffice/members/{id}: a member's points and coupons; staff give and take points with a reason, and issue coupons.</summary>
sealed class DetailPage(IConfiguration mall) : StaffPage
{
    [BindProperty(SupportsGet = true)] public Guid Id { get; set; }
    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public MemberSummary? Member { get; private set; }
    public PointAccount? Points { get; private set; }
    public Page<HeldCouponView> Coupons { get; private set; } = new([], null);

    /// <summary>What was typed and refused.</summary>
    public long? TypedChange { get; private set; }
    public string? TypedReason { get; private set; }
    public string? TypedCode { get; private set; }

    public string Currency => mall["Mall:Currency"]!;

    public async Task OnGet()
    {
        Member = (await Ask("identity", () => Modules.Identity.Members(Id.ToString(), limit: 1, ct: Ct)))?.Items.FirstOrDefault();
        Points = await Ask("orders", () => Modules.Orders.PointsOf(Id, After, ct: Ct));
        Coupons = await Ask("orders", () => Modules.Orders.CouponsOf(Id, limit: 50, ct: Ct)) ?? Coupons;
    }

    public async Task<IActionResult> OnPostPoints(long? change, string? reason, string key)
    {
        if (change is null or 0) Refused = W["지급하거나 차감할 적립금을 입력해 주세요.", "Write how many points to give or take."];
        else if (await Do("orders", () => Modules.Orders.AdjustPoints(Id, new(change.Value, reason?.Trim() ?? ""), key, Ct), W[$"적립금을 {change:+0;-0} 조정했습니다.", $"Adjusted the points by {change:+0;-0}."]) is not null) return Here();
        (TypedChange, TypedReason) = (change, reason);
        await OnGet();
        return Page();
    }

    public async Task<IActionResult> OnPostCoupon(string? code)
    {
        var name = code?.Trim().ToUpperInvariant() ?? "";
        if (await Do("orders", () => Modules.Orders.IssueCoupon(Uri.EscapeDataString(name), [Id], Ct), W[$"쿠폰을 발급했습니다: {name}", $"Issued the coupon {name}."]) is not null) return Here();
        (TypedCode, Refused) = (code, $"{W["쿠폰 코드", "Coupon code"]} ‘{name}’: {Refused}");
        await OnGet();
        return Page();
    }

    IActionResult Here() => Redirect($"/backoffice/members/{Id}");

    public string Price(long points) => W.Price(new(points, Currency));
}
