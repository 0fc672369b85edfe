using System.Text.RegularExpressions;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront;

/// <summary>A coupon code as somebody typed it.</summary>
static partial class TypedCoupon
{
    [GeneratedRegex($@"^{BenefitLimits.Code}\z")] private static partial Regex Pattern();

    public static bool IsCode(string? text) => Pattern().IsMatch(text ?? "");

    /// <summary>Puts the coupon into the member's box; what stood in the way, or null.</summary>
    public static async Task<string?> WhyNotInBox(this OrdersClient orders, string code, Texts texts, ILogger log, CancellationToken ct)
    {
        // No coupon has a code of that form.
        if (!IsCode(code)) return texts.CouponRefused(CouponRefusals.Unknown);
        var answer = await orders.RegisterCoupon(code, ct).OrRefusal(log);
        return answer.Ok ? null : WhyRefused(answer.Problem, texts);
    }

    public static string WhyRefused(Problem problem, Texts texts) =>
        problem.Extensions is { } more && more.TryGetValue("reason", out var reason) ? texts.CouponRefused(reason.ToString())
        : problem.Status == 429 ? texts.TooManyTries
        : texts.TryAgain;
}
