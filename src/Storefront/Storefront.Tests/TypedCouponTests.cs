using System.Text.Json;
using Jangteo.Platform;

namespace Jangteo.Storefront.Tests;

public sealed class TypedCouponTests
{
    static readonly KoreanTexts s_texts = new();

    [Fact]
    public void A_refused_code_says_why_it_was_refused()
    {
        Assert.Equal(s_texts.CouponRefused("expired"), WhyRefused(409, new() { ["reason"] = JsonSerializer.SerializeToElement("expired") }));
        Assert.Equal(s_texts.TooManyTries, WhyRefused(429, []));
        Assert.Equal(s_texts.TryAgain, WhyRefused(400, []));
        Assert.Equal(s_texts.TryAgain, WhyRefused(503, null));
    }

    static string WhyRefused(int status, Dictionary<string, JsonElement>? extensions) =>
        TypedCoupon.WhyRefused(new(status, "urn:jangteo:problem:any", "") { Extensions = extensions }, s_texts);
}
