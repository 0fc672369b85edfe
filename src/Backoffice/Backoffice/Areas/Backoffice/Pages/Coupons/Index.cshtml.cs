using System.Globalization;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;

namespace Jangteo.Backoffice.Pages.Coupons;

/// <summary>A new coupon as it is typed in; times are Korean.</summary>
public sealed class CouponForm
{
    static readonly TimeSpan Seoul = TimeSpan.FromHours(9);

    public string? Code { get; set; }
    public string? NameKo { get; set; }
    public string? NameEn { get; set; }
    public string? AmountOff { get; set; }
    public int? PercentOff { get; set; }
    public string? MostOff { get; set; }
    public string? MinSubtotal { get; set; }
    public string? ValidFrom { get; set; } = Written(DateTimeOffset.UtcNow);
    public string? ValidUntil { get; set; } = Written(DateTimeOffset.UtcNow.AddMonths(1));
    public int? TotalLimit { get; set; }
    public int MemberLimit { get; set; } = 1;
    public bool IsPublic { get; set; }

    /// <summary>The terms, or the field that cannot be read.</summary>
    internal (CouponTerms? Terms, string? Unreadable) Read(string currency)
    {
        var bad = new List<string>();
        long? Amount(string field, string? text)
        {
            if (string.IsNullOrWhiteSpace(text)) return null;
            if (Form.Minor(text, currency) is { } minor) return minor;
            bad.Add(field);
            return null;
        }
        DateTimeOffset Time(string field, string? text)
        {
            if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return new(DateTime.SpecifyKind(time, DateTimeKind.Unspecified), Seoul);
            bad.Add(field);
            return default;
        }
        var terms = new CouponTerms(new(NameKo?.Trim() ?? "", NameEn?.Trim() ?? ""), Time("validFrom", ValidFrom), Time("validUntil", ValidUntil),
            Amount("amountOff", AmountOff), PercentOff, Amount("mostOff", MostOff), Amount("minSubtotal", MinSubtotal) ?? 0, TotalLimit, MemberLimit, IsPublic);
        return bad.Count > 0 ? (null, bad[0]) : (terms, null);
    }

    static string Written(DateTimeOffset time) => time.ToOffset(Seoul).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);
}

/// <summary>/backoffice/coupons: what coupons there are, how often they are used, new ones, and stopping them.</summary>
sealed class IndexPage(IConfiguration mall) : StaffPage
{
    [BindProperty(SupportsGet = true)] public string? After { get; set; }
    [BindProperty] public CouponForm Input { get; set; } = new();

    public Page<CouponView> Found { get; private set; } = new([], null);
    public bool IsWriting { get; private set; }
    public string Currency => mall["Mall:Currency"]!;

    public async Task OnGet()
    {
        Input.IsPublic = true;
        await Load();
    }

    public async Task<IActionResult> OnPost()
    {
        var (terms, unreadable) = Input.Read(Currency);
        var code = Uri.EscapeDataString(Input.Code?.Trim().ToUpperInvariant() ?? "");
        if (terms is null) Refused = W.Unreadable(unreadable!);
        else if (await Do("orders", () => Modules.Orders.MakeCoupon(code, terms, Ct), W[$"쿠폰을 등록했습니다: {code}", $"Made the coupon {code}."]) is not null) return Redirect("/backoffice/coupons");
        // Said on this page, which keeps what was typed, and not once more on the next.
        if (Refused is { } why) Troubles.Add(why);
        (Refused, IsWriting) = (null, true);
        await Load();
        return Page();
    }

    public async Task<IActionResult> OnPostStop(string code)
    {
        await Do("orders", () => Modules.Orders.StopCoupon(Uri.EscapeDataString(code), Ct), W[$"쿠폰 사용을 중지했습니다: {code}", $"Stopped the coupon {code}."]);
        return Redirect("/backoffice/coupons");
    }

    async Task Load() => Found = await Ask("orders", () => Modules.Orders.StaffCoupons(After, 50, Ct)) ?? Found;
}
