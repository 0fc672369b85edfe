using System.Net;
using System.Text.RegularExpressions;

namespace Jangteo.Storefront.Tests;

/// <summary>What was typed stays while the module that would take it is down, and each complaint leads to its field.</summary>
public sealed partial class FormsWithoutModulesTests(LonelyShop shop) : IClassFixture<LonelyShop>
{
    [Fact]
    public async Task A_name_that_could_not_be_saved_is_still_there()
    {
        var page = await Send("/my", ("Name", "김새이름"), ("Marketing", "true"));

        Assert.Contains("value=\"김새이름\"", page);
        Assert.Contains("처리하지 못했어요", page);
        Assert.Matches("name=\"Marketing\" value=\"true\" checked", page);
    }

    [Fact]
    public async Task A_reason_for_leaving_that_could_not_be_sent_is_still_there()
    {
        var page = await Send("/my/withdrawal", ("Password", "a long enough passphrase 42"), ("Reason", "너무 많이 사서"), ("Agreed", "true"));

        Assert.Contains("value=\"너무 많이 사서\"", page);
        Assert.Contains("처리하지 못했어요", page);
        Assert.DoesNotContain("비밀번호가 맞지 않아요", page);
        Assert.DoesNotContain("a long enough passphrase", page);
    }

    [Fact]
    public async Task A_coupon_code_and_points_that_nobody_can_count_are_still_there()
    {
        var page = await Send("/checkout", [.. Order, ("Form.PaymentMethod", "card"), ("Form.CouponCode", "WELCOME-10"), ("Form.Points", "3,000")]);

        Assert.Matches("id=\"Form-CouponCode\"[^>]*value=\"WELCOME-10\"", page);
        Assert.Matches("id=\"Form-Points\"[^>]*value=\"3,000\"", page);
        Assert.Contains("쿠폰 코드: 처리하지 못했어요", page);
    }

    [Fact]
    public async Task The_way_to_pay_that_was_chosen_stays_chosen()
    {
        var page = await Send("/checkout", [.. Order, ("Form.PaymentMethod", "bank-transfer")]);

        Assert.Matches("value=\"bank-transfer\" checked", page);
        Assert.Matches("value=\"card\"(?! checked)", page);
    }

    [Fact]
    public async Task A_way_to_pay_that_was_not_chosen_is_asked_for_where_it_is_chosen() =>
        Assert.Contains("결제 수단: 다시 확인해 주세요", await Send("/checkout", Order));

    [Fact]
    public async Task A_code_that_can_be_no_coupons_is_called_unknown() =>
        Assert.Contains("등록되지 않은 쿠폰이에요", await Send("/my/coupons", ("Code", "쿠폰 주세요")));

    [Fact]
    public async Task The_total_that_the_buyer_saw_stays_in_the_shops_currency()
    {
        await using var abroad = new ShopAbroad();
        await abroad.InitializeAsync();

        var page = await Send(abroad, "/en/checkout", [.. Order, ("Form.PaymentMethod", "card")]);

        Assert.Contains("Pay $230.00", page);
        Assert.DoesNotContain("₩", page);
    }

    sealed class ShopAbroad() : ShopWithoutModules(KeyValuePair.Create<string, string?>("Mall:Currency", "USD"));

    static readonly (string, string)[] Order =
    [
        ("Form.OrderId", Guid.CreateVersion7().ToString()), ("Form.ExpectedTotal", "23000"), ("Form.Recipient", "김민수"), ("Form.Phone", "010-1234-5678"),
        ("Form.PostalCode", "04524"), ("Form.Address", "서울 중구 세종대로 110"), ("Form.Agreed", "true"),
    ];

    Task<string> Send(string path, params (string Name, string Value)[] fields) => Send(shop, path, fields);

    /// <summary>Sends a member's form and gives the page that comes back, on which every complaint must lead somewhere.</summary>
    static async Task<string> Send(ShopWithoutModules shop, string path, params (string Name, string Value)[] fields)
    {
        using var member = shop.Member();
        var token = Token().Match(await member.GetStringAsync("/personal")).Groups[1].Value;
        var form = fields.Append((Name: "__RequestVerificationToken", Value: token)).Select(field => KeyValuePair.Create(field.Name, field.Value));
        var answer = await member.PostAsync(path, new FormUrlEncodedContent(form));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.All(Links().Matches(page), link => Assert.Contains($"id=\"{link.Groups[1].Value}\"", page));
        return page;
    }

    [GeneratedRegex("id=\"antiforgery\" type=\"hidden\" value=\"([^\"]+)\"")] private static partial Regex Token();
    [GeneratedRegex("href=\"#([^\"]+)\"")] private static partial Regex Links();
}
