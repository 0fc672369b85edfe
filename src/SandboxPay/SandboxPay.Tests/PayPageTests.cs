using System.Net;
using static Jangteo.SandboxPay.Tests.Merchant;

namespace Jangteo.SandboxPay.Tests;

public class PayPageTests
{
    [Theory, InlineData("ko-KR,ko;q=0.9,en;q=0.8", "12,000원 결제하기", "테스트 카드"), InlineData("en-GB,en;q=0.9,ko;q=0.1", "Pay ₩12,000", "Test cards"), InlineData("", "12,000원 결제하기", "테스트 카드")]
    public async Task Speaks_the_payers_language_and_shows_what_is_paid(string languages, string button, string cards)
    {
        await using var merchant = await Open();
        merchant.Browser.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Language", languages);
        var html = await merchant.Browser.GetStringAsync($"/sandbox-pay/pay/{await merchant.Payment()}");

        Assert.Contains(button, html);
        Assert.Contains(cards, html);
        Assert.Contains("장터 &amp; Co", html);
        Assert.Contains("사과 &lt;b&gt;3kg&lt;/b&gt;", html);
        Assert.All(TestCards.All, card => Assert.Contains($"{card.Number[..4]} {card.Number[4..8]}", html));
    }

    [Fact]
    public async Task Allows_no_script_no_frame_and_nothing_inline()
    {
        await using var merchant = await Open();
        var page = await merchant.Browser.GetAsync($"/sandbox-pay/pay/{await merchant.Payment()}");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();

        Assert.Equal("default-src 'none'; style-src 'self'; form-action 'self' http://shop.example; base-uri 'none'; frame-ancestors 'none'", policy);
        Assert.DoesNotContain("style=", await page.Content.ReadAsStringAsync());
        Assert.DoesNotContain("<script", await page.Content.ReadAsStringAsync());
        Assert.True(page.Headers.CacheControl!.NoStore);
        Assert.Contains(".bill", await merchant.Browser.GetStringAsync("/sandbox-pay/pay.css"));
    }

    [Theory]
    [InlineData("4242424242424241", "12/39", "123", "Please check the card number.")]
    [InlineData("", "12/39", "123", "Please check the card number.")]
    [InlineData("4242424242424242", "12/19", "123", "Please check the expiry date")]
    [InlineData("4242424242424242", "13/39", "123", "Please check the expiry date")]
    [InlineData("4242424242424242", "12/39", "12", "The security code")]
    [InlineData("4111111111111111", "12/39", "123", "Only the test cards")]
    [InlineData("4000000000000002", "12/39", "123", "The issuer declined the card")]
    [InlineData("4000000000009995", "12/39", "123", "insufficient funds")]
    public async Task Says_what_is_wrong_and_lets_the_payer_try_again(string card, string expiry, string code, string message)
    {
        await using var merchant = await Open();
        var payment = await merchant.Payment();

        var html = await (await merchant.Pay(payment, card, expiry, code)).Content.ReadAsStringAsync();
        Assert.Contains(message, html);
        Assert.Contains("role=\"alert\"", html);
        Assert.Contains("http://shop.example/cancel", html);

        Assert.Equal(HttpStatusCode.SeeOther, (await merchant.Pay(payment, "4242424242424242")).StatusCode);
    }

    [Fact]
    public async Task Waits_for_a_slow_issuer_and_then_goes_back()
    {
        await using var merchant = await Open();
        var payment = await merchant.Payment();

        Assert.Contains("Waiting for the card issuer", await (await merchant.Pay(payment, "4000000000005100")).Content.ReadAsStringAsync());
        Assert.Equal(["payment.authorised"], await merchant.WebhookTypes(1));
        Assert.Equal(HttpStatusCode.SeeOther, (await merchant.Browser.GetAsync($"/sandbox-pay/pay/{payment}")).StatusCode);
    }

    [Fact]
    public async Task Is_missing_for_an_unknown_payment()
    {
        await using var merchant = await Open();
        Assert.Equal(HttpStatusCode.NotFound, (await merchant.Browser.GetAsync("/sandbox-pay/pay/pay_none")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await merchant.Pay("pay_none", "4242424242424242")).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await merchant.Browser.PostAsync("/sandbox-pay/pay/pay_none", new StringContent("{}"))).StatusCode);
    }

    [Theory, InlineData("multipart/form-data"), InlineData("application/x-www-form-urlencoded")]
    public async Task Refuses_a_form_that_cannot_be_read(string contentType)
    {
        await using var merchant = await Open();
        var payment = await merchant.Payment();
        using var unreadable = new StringContent(string.Join('&', Enumerable.Range(0, 2_000).Select(i => $"field{i}=1")));
        unreadable.Headers.ContentType = new(contentType);
        Assert.Equal(HttpStatusCode.BadRequest, (await merchant.Browser.PostAsync($"/sandbox-pay/pay/{payment}", unreadable)).StatusCode);
    }
}
