using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;
using static Jangteo.SandboxPay.Tests.Merchant;

namespace Jangteo.SandboxPay.Tests;

public class ProviderTests
{
    [Fact]
    public async Task Only_the_merchant_may_use_the_api()
    {
        await using var merchant = await Open();
        Assert.Equal(HttpStatusCode.Unauthorized, (await merchant.Browser.GetAsync("/sandbox-pay/api/report")).StatusCode);
        merchant.Browser.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("wrong:"u8));
        Assert.Equal(HttpStatusCode.Unauthorized, (await merchant.Browser.GetAsync("/sandbox-pay/api/report")).StatusCode);
        merchant.Browser.DefaultRequestHeaders.Authorization = new("Basic", "%%%");
        Assert.Equal(HttpStatusCode.Unauthorized, (await merchant.Browser.GetAsync("/sandbox-pay/api/report")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await merchant.Api.GetAsync("/sandbox-pay/api/report")).StatusCode);
    }

    [Fact]
    public async Task Opening_twice_with_one_key_gives_one_payment_and_another_body_is_refused()
    {
        await using var merchant = await Open();
        var first = await Read<PaymentOpened>(await merchant.OpenPayment());
        Assert.Equal(first, await Read<PaymentOpened>(await merchant.OpenPayment()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await merchant.OpenPayment(won: 1)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await merchant.OpenPayment("zero", won: 0)).StatusCode);
        Assert.StartsWith("http://localhost:5080/sandbox-pay/pay/pay_", first.PayPageUrl);
    }

    [Fact]
    public async Task Capture_needs_the_payers_word_and_the_same_amount_and_happens_once()
    {
        await using var merchant = await Open();
        var payment = await merchant.Payment();
        var confirm = $"/payments/{payment}/confirm";

        Assert.Contains("not-authorised", await (await merchant.Post(confirm, new { amount = Won(12_000) })).Content.ReadAsStringAsync());
        var back = await merchant.Pay(payment, "4242 4242 4242 4242");
        Assert.Equal($"http://shop.example/back?x=1&paymentKey={payment}&orderId=order%201&amount=12000", back.Headers.Location!.OriginalString);
        Assert.Contains("amount-mismatch", await (await merchant.Post(confirm, new { amount = Won(12_001) })).Content.ReadAsStringAsync());

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => merchant.Post(confirm, new { amount = Won(12_000) })));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal(["payment.authorised", "payment.captured"], await merchant.WebhookTypes(2));
        Assert.Contains("already-captured", await (await merchant.Post($"/payments/{payment}/void", null)).Content.ReadAsStringAsync());
        Assert.Single((await merchant.Api.GetFromJsonAsync<Page<Transaction>>("/sandbox-pay/api/report", MessageFormat.Json))!.Items);
    }

    [Fact]
    public async Task Refunds_in_parallel_never_exceed_the_capture_and_one_key_refunds_once()
    {
        await using var merchant = await Open();
        var payment = await merchant.CapturedPayment(10_000);
        Task<HttpResponseMessage> Refund(long won, string key) => merchant.Post($"/payments/{payment}/refunds", new { amount = Won(won), reason = "r" }, key);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Refund(900, $"key {i}")));
        Assert.Equal(11, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(HttpStatusCode.OK, (await Refund(100, "rest")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Refund(100, "rest")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Refund(99, "rest")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await Refund(1, "more")).StatusCode);

        var report = (await merchant.Api.GetFromJsonAsync<Page<Transaction>>("/sandbox-pay/api/report", MessageFormat.Json))!.Items;
        Assert.Equal(10_000, report.Where(t => t.Kind == "capture").Sum(t => t.Amount.Amount));
        Assert.Equal(10_000, report.Where(t => t.Kind == "refund").Sum(t => t.Amount.Amount));
    }

    [Fact]
    public async Task A_voided_payment_cannot_be_paid()
    {
        await using var merchant = await Open();
        var payment = await merchant.Payment();
        Assert.Equal(HttpStatusCode.OK, (await merchant.Post($"/payments/{payment}/void", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await merchant.Post($"/payments/{payment}/void", null)).StatusCode);
        Assert.Contains("This payment is closed", await (await merchant.Pay(payment, "4242424242424242")).Content.ReadAsStringAsync());
        Assert.Equal(["payment.voided"], await merchant.WebhookTypes(1));
    }

    [Fact]
    public async Task A_stored_card_is_charged_once_and_its_lost_answer_is_given_to_whoever_asks_again()
    {
        await using var merchant = await Open();
        await merchant.Api.PutAsJsonAsync("/sandbox-pay/api/customers/kim/card", new { number = "4000 0000 0000 5209" });
        object charge = new { reference = "order 2", customer = "kim", amount = Won(5_000), title = "t" };

        var lost = await Record.ExceptionAsync(async () => (await merchant.Post("/charges", charge, "c")).EnsureSuccessStatusCode());
        Assert.IsType<HttpRequestException>(lost);
        Assert.Equal(PaymentState.Captured, (await Read<PaymentView>(await merchant.Post("/charges", charge, "c"))).Status);
        Assert.Equal(PaymentState.Captured, (await merchant.Api.GetFromJsonAsync<PaymentView>("/sandbox-pay/api/calls/c", MessageFormat.Json))!.Status);
        Assert.Single((await merchant.Api.GetFromJsonAsync<Page<Transaction>>("/sandbox-pay/api/report", MessageFormat.Json))!.Items);
    }

    [Fact]
    public async Task Webhooks_are_signed_and_sent_again_until_they_are_taken()
    {
        await using var merchant = await Open();
        merchant.Refusals = 2;
        await merchant.Pay(await merchant.Payment(), "4242424242424242");

        Assert.True((await merchant.WebhookTypes(3)).Count >= 3);
        Assert.Single(merchant.Webhooks.Select(w => w.Body).Distinct());
        foreach (var (body, signature, _) in merchant.Webhooks)
        {
            var time = long.Parse(signature.Split(',')[0][2..], CultureInfo.InvariantCulture);
            Assert.InRange(time, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("the merchant's own secret"), "webhooks"u8);
            Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{time}.{body}"))), signature.Split("v1=")[1]);
        }
    }

    [Fact]
    public async Task Cards_that_notify_twice_or_late_do_so()
    {
        await using var merchant = await Open();
        var (twice, late) = (await merchant.Payment(), await merchant.Payment());
        await merchant.Pay(twice, "4000000000005308");
        await merchant.Pay(late, "4000000000005407");

        await merchant.WebhookTypes(3);
        var notices = merchant.Webhooks.Select(w => (Notice: JsonSerializer.Deserialize<Notice>(w.Body, MessageFormat.Json)!, w.At)).ToLookup(w => w.Notice.Payment.PaymentKey);
        Assert.True(notices[twice].Count() >= 2);
        Assert.Single(notices[twice].Select(n => n.Notice.Id).Distinct());
        Assert.All(notices[late], n => Assert.True(n.At - n.Notice.At >= TimeSpan.FromSeconds(0.7)));
    }

    [Fact]
    public async Task A_webhook_that_cannot_be_sent_ends_after_its_attempts_and_holds_up_no_other()
    {
        await using var merchant = await Open(("SandboxPay:WebhookAttempts", "1"));
        var unheard = await Read<PaymentOpened>(await merchant.OpenPayment("unheard", webhook: "ftp://hooks.example/hooks"));
        foreach (var payment in new[] { unheard.PaymentKey, await merchant.Payment() }) await merchant.Pay(payment, "4242424242424242");

        Assert.Equal(["payment.authorised"], await merchant.WebhookTypes(1));
        await Eventually.Holds(async () => await merchant.Service.Db(db => db.Webhooks.CountAsync()) == 0, "no webhook waits any more");
        Assert.Single(merchant.Webhooks);
    }
}
