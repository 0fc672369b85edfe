using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Jangteo.SandboxPay.Tests;

/// <summary>A merchant who uses SandboxPay and hears its webhooks on a route of the same process.</summary>
sealed class Merchant : IAsyncDisposable
{
    const string Secret = "the merchant's own secret";

    readonly TestService<SandboxPayDb> _service;

    Merchant(TestService<SandboxPayDb> service)
    {
        _service = service;
        Api.BaseAddress = service.Http.BaseAddress;
        Api.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Secret}:")));
    }

    public HttpClient Api { get; } = new();
    public HttpClient Browser => _service.Http;
    public TestService<SandboxPayDb> Service => _service;

    /// <summary>Bodies, signatures and times, in the order in which they came.</summary>
    public ConcurrentQueue<(string Body, string Signature, DateTimeOffset At)> Webhooks { get; } = [];

    /// <summary>How often the merchant refuses a webhook before taking it.</summary>
    public int Refusals;

    public static async Task<Merchant> Open(params (string, string)[] settings)
    {
        Merchant? merchant = null;
        var service = await TestService<SandboxPayDb>.Start("sandboxpay", b => b.AddSandboxPay(), a =>
        {
            a.MapSandboxPay();
            a.MapPost("/hooks", async (HttpRequest request) =>
            {
                merchant!.Webhooks.Enqueue((await new StreamReader(request.Body).ReadToEndAsync(), request.Headers["Sandbox-Signature"].ToString(), DateTimeOffset.UtcNow));
                return Interlocked.Decrement(ref merchant.Refusals) >= 0 ? Results.StatusCode(503) : Results.Ok();
            });
        }, null, [("SandboxPay:Secret", Secret), ("SandboxPay:DelaySeconds", "0.5"), ("SandboxPay:LateSeconds", "0.7"), ("SandboxPay:HangSeconds", "0.3"), ("Feeds:DeliverTwice", "true"), .. settings]);
        return merchant = new(service);
    }

    public Task<HttpResponseMessage> Post(string path, object? body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/sandbox-pay/api{path}") { Content = JsonContent.Create(body) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return Api.SendAsync(request);
    }

    public Task<HttpResponseMessage> OpenPayment(string key = "open", long won = 12_000, string reference = "order 1", string webhook = "http://hooks.in-process/hooks") => Post("/payments", new
    {
        reference, amount = Won(won), title = "사과 <b>3kg</b>", merchant = "장터 & Co",
        returnUrl = "http://shop.example/back?x=1", cancelUrl = "http://shop.example/cancel", webhookUrl = webhook,
    }, key);

    public async Task<string> Payment(long won = 12_000) => (await Read<PaymentOpened>(await OpenPayment(Guid.NewGuid().ToString(), won))).PaymentKey;

    public Task<HttpResponseMessage> Pay(string payment, string card, string expiry = "12/39", string code = "123", string language = "en") =>
        Browser.PostAsync($"/sandbox-pay/pay/{payment}?lang={language}", new FormUrlEncodedContent(new Dictionary<string, string> { ["number"] = card, ["expiry"] = expiry, ["code"] = code }));

    public async Task<string> CapturedPayment(long won = 12_000)
    {
        var payment = await Payment(won);
        Assert.Equal(HttpStatusCode.SeeOther, (await Pay(payment, "4242424242424242")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Post($"/payments/{payment}/confirm", new { amount = Won(won) })).StatusCode);
        return payment;
    }

    public static object Won(long amount) => new { amount, currency = "KRW" };

    public static async Task<T> Read<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<T>(MessageFormat.Json))!;
    }

    public async Task<List<string>> WebhookTypes(int expected)
    {
        await Eventually.Holds(() => Task.FromResult(Webhooks.Count >= expected), $"{expected} webhooks");
        return [.. Webhooks.Select(w => JsonDocument.Parse(w.Body).RootElement.GetProperty("type").GetString()!)];
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _service.DisposeAsync();
    }
}
