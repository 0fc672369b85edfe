using System.Net;
using System.Security.Cryptography;
using System.Text;
using Jangteo.Payments.Contracts;

namespace Jangteo.Payments.Tests;

public class SandboxPayWebhookTests
{
    static async Task<HttpStatusCode> Post(Till till, string body, string? signature, string provider = "sandboxpay")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/payments/webhooks/{provider}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (signature is not null) request.Headers.TryAddWithoutValidation("Sandbox-Signature", signature);
        return (await till.Service.Http.SendAsync(request)).StatusCode;
    }

    static string Sign(string body, DateTimeOffset at, string secret = SandboxPayStandIn.Secret)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), "webhooks"u8);
        return $"t={at.ToUnixTimeSeconds()},v1={Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{at.ToUnixTimeSeconds()}.{body}")))}";
    }

    static string Body(Guid order, string key, string status = "captured") =>
        $$$"""{"id":"{{{Guid.NewGuid()}}}","type":"payment.{{{status}}}","at":"2026-11-23T00:00:00Z","payment":{"paymentKey":"{{{key}}}","reference":"{{{order}}}","status":"{{{status}}}","amount":{"amount":30000,"currency":"KRW"},"refunded":0,"declines":0,"lastDecline":null}}""";

    [Fact]
    public async Task That_are_forged_stale_or_senseless_are_refused()
    {
        await using var till = await Till.Open(new SandboxPayStandIn());
        var order = await till.CardOrder();
        var body = Body(order, "pay_x");
        var now = DateTimeOffset.UtcNow;

        Assert.Equal(HttpStatusCode.Unauthorized, await Post(till, body, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Post(till, body, "nonsense"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Post(till, body, Sign(body, now, "another secret altogether")));
        Assert.Equal(HttpStatusCode.Unauthorized, await Post(till, body.Replace("30000", "3"), Sign(body, now)));
        Assert.Equal(HttpStatusCode.BadRequest, await Post(till, body, Sign(body, now.AddMinutes(-6))));
        Assert.Equal(HttpStatusCode.BadRequest, await Post(till, body, Sign(body, now.AddMinutes(6))));
        Assert.Equal(HttpStatusCode.BadRequest, await Post(till, "{}", Sign("{}", now)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await Post(till, new string(' ', 70_000), Sign("", now)));
        Assert.Equal(HttpStatusCode.NotFound, await Post(till, body, Sign(body, now), "nobody"));
        Assert.Equal(PaymentStatus.Open, (await till.Load(order)).Status);
    }

    [Fact]
    public async Task Of_unknown_orders_or_other_payments_are_accepted_and_ignored()
    {
        await using var till = await Till.Open(new SandboxPayStandIn());
        var order = await till.CardOrder();
        foreach (var body in new[] { Body(Guid.NewGuid(), "pay_x"), Body(order, "pay_x"), Body(order, "pay_x").Replace(order.ToString(), "another shop's order") })
            Assert.Equal(HttpStatusCode.Accepted, await Post(till, body, Sign(body, DateTimeOffset.UtcNow)));
        Assert.Equal(PaymentStatus.Open, (await till.Load(order)).Status);
    }

    [Fact]
    public async Task That_claim_a_capture_are_hints_and_not_facts()
    {
        await using var till = await Till.Open(new SandboxPayStandIn());
        var order = await till.CardOrder();
        var page = (await till.Member().Start(order)).Required.RedirectUrl;
        var body = Body(order, page[(page.LastIndexOf('/') + 1)..]);

        Assert.Equal(HttpStatusCode.OK, await Post(till, body, Sign(body, DateTimeOffset.UtcNow)));
        await till.BooksAreEqual();

        Assert.Equal(PaymentStatus.Open, (await till.Load(order)).Status);
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
    }

    [Fact]
    public async Task That_come_twice_and_late_change_nothing()
    {
        await using var till = await Till.Open(new SandboxPayStandIn());
        var order = await till.PaidOrder();
        var key = (await till.Load(order)).ProviderKey!;
        foreach (var status in new[] { "authorised", "captured", "declined", "authorised", "voided" })
        {
            var body = Body(order, key, status);
            Assert.Equal(HttpStatusCode.OK, await Post(till, body, Sign(body, DateTimeOffset.UtcNow)));
        }
        await till.BooksAreEqual();
        Assert.Equal(PaymentStatus.Captured, (await till.Load(order)).Status);
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
    }
}
