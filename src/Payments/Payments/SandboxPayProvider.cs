using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Jangteo.Payments;

/// <summary>SandboxPay's API, webhooks and report.</summary>
sealed class SandboxPayProvider : IPaymentProvider
{
    const string Api = "/sandbox-pay/api";
    static readonly TimeSpan ReplayWindow = TimeSpan.FromMinutes(5);

    readonly HttpClient _http;
    readonly PaymentsOptions _options;
    readonly string _origin;
    readonly string _webhookUrl;
    readonly AuthenticationHeaderValue _authorization;
    readonly byte[] _webhookKey;

    public SandboxPayProvider(HttpClient http, IConfiguration configuration, IOptions<PaymentsOptions> options)
    {
        (_http, _options) = (http, options.Value);
        _origin = configuration["Mall:Origin"]!.TrimEnd('/');
        // A provider in this process reaches us in process, whatever ports there are outside.
        var webhooks = configuration.IsHere("sandboxpay") ? $"{ModuleClients.BaseAddress(configuration, "payments")}" : _options.WebhookOrigin ?? _origin;
        _webhookUrl = $"{webhooks.TrimEnd('/')}/api/payments/webhooks/{Name}";
        var secret = Encoding.UTF8.GetBytes(configuration["SandboxPay:Secret"] is { Length: > 0 } given ? given : ServiceSecrets.Of("sandbox-pay", configuration));
        _authorization = new("Basic", Convert.ToBase64String([.. secret, (byte)':']));
        _webhookKey = HMACSHA256.HashData(secret, "webhooks"u8);
    }

    public const string ProviderName = "sandboxpay";

    public string Name => ProviderName;

    public IReadOnlyList<string> Methods { get; } = [PaymentMethods.Card, PaymentMethods.Instant];

    // It tells of everything, and again until it is heard.
    public bool MustBeAsked => false;

    public Task<ProviderAnswer> OpenPage(ProviderRequest r, CancellationToken ct) => Ask<Opened>(r, HttpMethod.Post, "/payments", new
    {
        reference = r.OrderId, amount = r.Amount, title = r.Title, merchant = _options.Merchant,
        returnUrl = _origin + _options.ReturnPathOf(r.OrderId), cancelUrl = _origin + _options.CancelPathOf(r.OrderId), webhookUrl = _webhookUrl,
    }, opened => new ProviderAnswer.PageOpened(opened.PaymentKey, opened.PayPageUrl), ct);

    // An instant payment is answered at once, so no notice is needed.
    public Task<ProviderAnswer> Charge(ProviderRequest r, CancellationToken ct) =>
        Ask<Paid>(r, HttpMethod.Post, "/charges", new { reference = r.OrderId, customer = r.MemberId, amount = r.Amount, title = r.Title }, AnswerOf, ct);

    public Task<ProviderAnswer> Confirm(ProviderRequest r, CancellationToken ct) =>
        Ask<Paid>(r, HttpMethod.Post, $"/payments/{r.ProviderKey}/confirm", new { amount = r.Amount }, AnswerOf, ct);

    public Task<ProviderAnswer> Refund(ProviderRequest r, CancellationToken ct) =>
        Ask<Returned>(r, HttpMethod.Post, $"/payments/{r.ProviderKey}/refunds", new { amount = r.Amount, reason = r.OrderId.ToString() }, refunded => new ProviderAnswer.Refunded(refunded.Amount), ct);

    public Task<ProviderAnswer> Void(ProviderRequest r, CancellationToken ct) => Ask<Paid>(r, HttpMethod.Post, $"/payments/{r.ProviderKey}/void", null, AnswerOf, ct);

    public Task<ProviderAnswer> Find(ProviderRequest r, CancellationToken ct) => Ask<Paid>(r, HttpMethod.Get, $"/payments/{r.ProviderKey}", null, AnswerOf, ct);

    static ProviderAnswer AnswerOf(Paid paid) => paid.Status switch
    {
        "captured" => new ProviderAnswer.Captured(paid.PaymentKey, paid.Amount),
        "declined" => new ProviderAnswer.Declined(paid.LastDecline ?? "card-declined"),
        "voided" => new ProviderAnswer.Voided(),
        "ready" or "authorising" or "authorised" => new ProviderAnswer.Waiting(paid.Status == "authorised", paid.Declines, paid.LastDecline),
        _ => new ProviderAnswer.Unknown($"SandboxPay answered with the status {paid.Status}."),
    };

    async Task<ProviderAnswer> Ask<T>(ProviderRequest r, HttpMethod method, string path, object? body, Func<T, ProviderAnswer> read, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, Api + path);
        request.Headers.Authorization = _authorization;
        if (method == HttpMethod.Post) request.Headers.Add("Idempotency-Key", r.CallId.ToString());
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), null, MessageFormat.Json);
        try
        {
            using var response = await _http.SendAsync(request, ct);
            return response.IsSuccessStatusCode
                ? read((await response.Content.ReadFromJsonAsync<T>(MessageFormat.Json, ct))!)
                : await RefusalOf(response, ct);
        }
        catch (Exception e)
        {
            return ProviderAnswer.Failed(e);
        }
    }

    static async Task<ProviderAnswer> RefusalOf(HttpResponseMessage response, CancellationToken ct)
    {
        var status = response.StatusCode;
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests) return new ProviderAnswer.NotSent($"SandboxPay answered {(int)status}.");
        if (status is not (HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity)) return new ProviderAnswer.Unknown($"SandboxPay answered {(int)status}.");
        var problem = await response.Content.ReadFromJsonAsync<Problem>(MessageFormat.Json, ct);
        return new ProviderAnswer.Refused(problem!.Type[(problem.Type.LastIndexOf(':') + 1)..]);
    }

    /// <summary>The header is <c>Sandbox-Signature: t={unix seconds},v1={hex of HMAC-SHA256 over "{t}.{body}"}</c>.</summary>
    public WebhookReading Read(IHeaderDictionary headers, string body, DateTimeOffset now)
    {
        var parts = headers["Sandbox-Signature"].ToString().Split(',');
        if (parts is not [['t', '=', .. var time], ['v', '1', '=', .. var signature]] || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return new WebhookReading.Forged();
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(_webhookKey, Encoding.UTF8.GetBytes($"{time}.{body}")));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(signature))) return new WebhookReading.Forged();
        if (Math.Abs(now.ToUnixTimeSeconds() - seconds) > ReplayWindow.TotalSeconds) return new WebhookReading.Unusable("The notice is too old.");
        try
        {
            var notice = JsonSerializer.Deserialize<Notice>(body, MessageFormat.Json)!;
            return new WebhookReading.Notice(notice.Payment.Reference, notice.Payment.PaymentKey);
        }
        catch (JsonException)
        {
            return new WebhookReading.Unusable("The notice is not understood.");
        }
    }

    public async IAsyncEnumerable<ProviderTransaction> Report(DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken ct)
    {
        string? after = null;
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Calls.Query($"{Api}/report", ("from", from.ToString("O")), ("until", until.ToString("O")), ("after", after)));
            request.Headers.Authorization = _authorization;
            using var response = await _http.SendAsync(request, ct);
            response.EnsureSuccessStatusCode();
            var page = (await response.Content.ReadFromJsonAsync<Page<Movement>>(MessageFormat.Json, ct))!;
            foreach (var movement in page.Items) yield return new(movement.Kind, movement.Reference, movement.PaymentKey, movement.Amount, movement.At);
            after = page.Next;
        }
        while (after is not null);
    }

    sealed record Opened(string PaymentKey, string PayPageUrl);

    sealed record Paid(string PaymentKey, string Reference, string Status, Money Amount, int Declines, string? LastDecline);

    sealed record Returned(Money Amount);

    sealed record Notice(Paid Payment);

    sealed record Movement(string Kind, string Reference, string PaymentKey, Money Amount, DateTimeOffset At);
}
