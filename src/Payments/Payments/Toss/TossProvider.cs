using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Jangteo.Payments;

/// <summary>
/// Toss Payments' API, version 2022-11-16 (docs.tosspayments.com/reference). The payer authenticates on Toss's page, and
/// nothing is charged before we confirm. A refused confirmation ends the page; the payer starts on a new one.
/// </summary>
sealed class TossProvider : IPaymentProvider
{
    const int PageSize = 100;
    static readonly TimeSpan KoreanTime = TimeSpan.FromHours(9);

    // Toss adds fields as it likes and leaves some out.
    static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    readonly HttpClient _http;
    readonly PaymentsOptions _options;
    readonly string _origin;
    readonly AuthenticationHeaderValue _authorization;
    readonly string? _accountBank;

    public TossProvider(HttpClient http, IOptions<TossOptions> toss, IConfiguration configuration, IOptions<PaymentsOptions> options)
    {
        (_http, _options, _origin) = (http, options.Value, configuration["Mall:Origin"]!.TrimEnd('/'));
        _http.BaseAddress = new Uri(toss.Value.ApiBase);
        _accountBank = toss.Value.VirtualAccountBank is { Length: > 0 } bank ? bank : null;
        Methods = _accountBank is null ? [PaymentMethods.Card] : [PaymentMethods.Card, PaymentMethods.VirtualAccount];
        // The key is the user of basic authentication; there is no password.
        _authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{toss.Value.SecretKey}:")));
    }

    public const string ProviderName = "toss";

    public string Name => ProviderName;

    public IReadOnlyList<string> Methods { get; }

    // Toss tells when a payment is done, not when its payer has authenticated and waits for us to confirm.
    public bool MustBeAsked => true;

    public Task<ProviderAnswer> OpenPage(ProviderRequest r, CancellationToken ct) => r.Method == PaymentMethods.VirtualAccount ? OpenAccount(r, ct) : OpenCardPage(r, ct);

    async Task<ProviderAnswer> OpenAccount(ProviderRequest r, CancellationToken ct) => await Post("/v1/virtual-accounts", r, new
    {
        amount = r.Amount.Amount, currency = r.Amount.Currency, orderId = r.OrderId, orderName = r.Title, customerName = _options.Merchant, bank = _accountBank, dueDate = Korean(r.ExpiresAt),
    }, ct) switch
    {
        { Payment: { VirtualAccount: { } account } opened } => new ProviderAnswer.AccountIssued(opened.PaymentKey, BankOf(account.BankCode), account.AccountNumber, account.CustomerName ?? _options.Merchant),
        var other => other.AsAnswer(),
    };

    async Task<ProviderAnswer> OpenCardPage(ProviderRequest r, CancellationToken ct) => await Post("/v1/payments", r, new
    {
        method = "CARD", amount = r.Amount.Amount, currency = r.Amount.Currency, orderId = r.OrderId, orderName = r.Title,
        successUrl = _origin + _options.ReturnPathOf(r.OrderId), failUrl = _origin + _options.CancelPathOf(r.OrderId),
    }, ct) switch
    {
        { Payment: { Checkout.Url: { } url } opened } => new ProviderAnswer.PageOpened(opened.PaymentKey, url),
        var other => other.AsAnswer(),
    };

    public Task<ProviderAnswer> Charge(ProviderRequest r, CancellationToken ct) => Task.FromResult<ProviderAnswer>(new ProviderAnswer.Refused("method-not-offered"));

    public async Task<ProviderAnswer> Confirm(ProviderRequest r, CancellationToken ct)
    {
        // After a lost answer Toss would repeat it for the same key, errors of its own included: so look first.
        if (r.ReachedBefore && await Get(r, ct) is { Payment: { Status: not ("READY" or "IN_PROGRESS") } settled }) return AnswerOf(settled);
        var confirmed = await Post("/v1/payments/confirm", r, new { paymentKey = r.ProviderKey, orderId = r.OrderId, amount = r.Amount.Amount }, ct);
        if (confirmed.Payment is { } payment) return AnswerOf(payment);
        if (confirmed.Refusal is not { } refusal) return confirmed.AsAnswer();
        return await Get(r, ct) switch
        {
            { Payment.Status: "READY" } => new ProviderAnswer.Refused("not-authorised"),
            { Payment.Status: "IN_PROGRESS" or "ABORTED" or "EXPIRED" } => new ProviderAnswer.Declined(ReasonOf(refusal), EndsPage: true),
            { Payment: { } known } => AnswerOf(known),
            { Refusal: not null } => new ProviderAnswer.Refused(ReasonOf(refusal)),
            var unknown => unknown.AsAnswer(),
        };
    }

    public async Task<ProviderAnswer> Refund(ProviderRequest r, CancellationToken ct)
    {
        // Idempotency keys live for 15 days at Toss; the reason carries our id of the refund for good.
        if (r.ReachedBefore && await Get(r, ct) is { Payment: { } before } && CancelOf(before, r) is { } earlier) return earlier;
        var sent = await Post($"/v1/payments/{r.ProviderKey}/cancel", r, new { cancelReason = $"refund {r.CallId}", cancelAmount = r.Amount.Amount, currency = r.Amount.Currency }, ct);
        if (sent.Payment is { } payment) return CancelOf(payment, r) ?? new ProviderAnswer.Unknown("The answer does not show the refund.");
        if (sent.Refusal is not { } refusal) return sent.AsAnswer();
        return await Get(r, ct) switch
        {
            // A deposit goes back to an account that only the buyer can name: staff ask them, and send it.
            { Payment: { } known } => CancelOf(known, r) ?? new ProviderAnswer.Refused(known.VirtualAccount is not null && known.BalanceAmount >= r.Amount.Amount ? Refunding.ByHand : ReasonOf(refusal)),
            { Refusal: not null } => new ProviderAnswer.Refused(ReasonOf(refusal)),
            var unknown => unknown.AsAnswer(),
        };
    }

    // A page cannot be closed, and need not be: without our confirmation nothing is charged. An account must be.
    public async Task<ProviderAnswer> Void(ProviderRequest r, CancellationToken ct) => await Get(r, ct) switch
    {
        { Payment.Status: "WAITING_FOR_DEPOSIT" } => await Post($"/v1/payments/{r.ProviderKey}/cancel", r, new { cancelReason = "the order is off" }, ct) switch
        {
            { Payment: not null } => new ProviderAnswer.Voided(),
            // The deposit was faster: the next attempt finds it.
            { Refusal: { } refusal } => new ProviderAnswer.Unknown(refusal),
            var other => other.AsAnswer(),
        },
        { Payment: { Status: "CANCELED", ApprovedAt: null } } => new ProviderAnswer.Voided(),
        { Payment.Status: "READY" or "IN_PROGRESS" or "ABORTED" or "EXPIRED" } => new ProviderAnswer.Voided(),
        { Payment: not null } => new ProviderAnswer.Refused("captured"),
        var other => other.AsAnswer(),
    };

    public async Task<ProviderAnswer> Find(ProviderRequest r, CancellationToken ct)
    {
        var answer = await Get(r, ct);
        return answer.Payment is { } payment ? AnswerOf(payment) : answer.AsAnswer();
    }

    static ProviderAnswer AnswerOf(TossPayment p) => p.Status switch
    {
        "CANCELED" when p.ApprovedAt is null => new ProviderAnswer.Voided(),
        "READY" or "IN_PROGRESS" or "WAITING_FOR_DEPOSIT" => new ProviderAnswer.Waiting(p.Status == "IN_PROGRESS", 0, null),
        // Whatever went back since, it was captured.
        "DONE" or "PARTIAL_CANCELED" or "CANCELED" => new ProviderAnswer.Captured(p.PaymentKey, p.Total),
        "ABORTED" or "EXPIRED" => new ProviderAnswer.Declined(ReasonOf(p.Failure?.Code ?? p.Status), EndsPage: true),
        _ => new ProviderAnswer.Unknown($"Toss Payments answered with the status {p.Status}."),
    };

    static ProviderAnswer? CancelOf(TossPayment payment, ProviderRequest r) =>
        payment.Cancels?.FirstOrDefault(c => c.CancelReason?.Contains(r.CallId.ToString(), StringComparison.Ordinal) == true) is { } cancel
            ? new ProviderAnswer.Refunded(new(Minor(cancel.CancelAmount), payment.Currency))
            : null;

    static string ReasonOf(string code) => code switch
    {
        // "Over the limit or not enough on the account."
        "REJECT_CARD_PAYMENT" or "REJECT_ACCOUNT_PAYMENT" => "insufficient-funds",
        "REJECT_CARD_COMPANY" => "card-declined",
        _ => code.ToLowerInvariant().Replace('_', '-'),
    };

    // Toss's codes of the banks that open virtual accounts (docs.tosspayments.com/codes/org-codes).
    static string BankOf(string code) => code switch
    {
        "03" => "IBK기업은행", "06" => "KB국민은행", "07" => "Sh수협은행", "11" => "NH농협은행", "20" => "우리은행", "31" => "iM뱅크", "32" => "부산은행",
        "34" => "광주은행", "37" => "전북은행", "39" => "경남은행", "71" => "우체국", "81" => "하나은행", "88" => "신한은행", "89" => "케이뱅크", _ => code,
    };

    // KRW has no decimals; Toss's numbers are whole.
    static long Minor(decimal amount) => decimal.ToInt64(amount);

    Task<Answer> Get(ProviderRequest r, CancellationToken ct) => Ask(new(HttpMethod.Get, $"/v1/payments/{r.ProviderKey}"), ct);

    Task<Answer> Post(string path, ProviderRequest r, object body, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, body.GetType(), null, s_json) };
        request.Headers.Add("Idempotency-Key", r.CallId.ToString());
        return Ask(request, ct);
    }

    async Task<Answer> Ask(HttpRequestMessage request, CancellationToken ct)
    {
        using var _ = request;
        request.Headers.Authorization = _authorization;
        try
        {
            using var response = await _http.SendAsync(request, ct);
            if (response.IsSuccessStatusCode) return new() { Payment = await response.Content.ReadFromJsonAsync<TossPayment>(s_json, ct) };
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests) return new() { Failure = new ProviderAnswer.NotSent($"Toss Payments answered {(int)response.StatusCode}.") };
            // 409: an earlier attempt with the same key is still being worked on.
            if (response.StatusCode is HttpStatusCode.Conflict or >= HttpStatusCode.InternalServerError) return new() { Failure = new ProviderAnswer.Unknown($"Toss Payments answered {(int)response.StatusCode}.") };
            return new() { Refusal = (await response.Content.ReadFromJsonAsync<TossFailure>(s_json, ct))!.Code };
        }
        catch (Exception e)
        {
            return new() { Failure = ProviderAnswer.Failed(e) };
        }
    }

    /// <summary>Toss does not sign what it says about payments, so it only makes us ask.</summary>
    public WebhookReading Read(IHeaderDictionary headers, string body, DateTimeOffset now)
    {
        try
        {
            var notice = JsonSerializer.Deserialize<TossNotice>(body, s_json)!;
            return notice switch
            {
                { Data: { OrderId: { } order, PaymentKey: { } key } } => new WebhookReading.Notice(order, key, IsSigned: false),
                // DEPOSIT_CALLBACK has another form and names the order only.
                { OrderId: { } deposited, Status: not null } => new WebhookReading.Notice(deposited, null, IsSigned: false),
                { EventType: not null } => new WebhookReading.Other(),
                _ => new WebhookReading.Unusable("The notice is not understood."),
            };
        }
        catch (JsonException)
        {
            return new WebhookReading.Unusable("The notice is not understood.");
        }
    }

    public async IAsyncEnumerable<ProviderTransaction> Report(DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken ct)
    {
        string? after = null;
        List<TossTransaction> page;
        do
        {
            // Toss takes Korean times without an offset, to the second and inclusive; the exact limits are applied here.
            using var request = new HttpRequestMessage(HttpMethod.Get, Calls.Query("/v1/transactions", ("startDate", Korean(from)), ("endDate", Korean(until)), ("startingAfter", after), ("limit", PageSize)));
            request.Headers.Authorization = _authorization;
            using var response = await _http.SendAsync(request, ct);
            response.EnsureSuccessStatusCode();
            page = (await response.Content.ReadFromJsonAsync<List<TossTransaction>>(s_json, ct))!;
            foreach (var t in page.Where(t => t.TransactionAt >= from && t.TransactionAt < until))
            {
                var amount = new Money(Math.Abs(Minor(t.Amount)), t.Currency);
                if (t.Status == "DONE") yield return new(LedgerEntry.Capture, t.OrderId, t.PaymentKey, amount, t.TransactionAt);
                else if (t.Status is "CANCELED" or "PARTIAL_CANCELED") yield return new(LedgerEntry.RefundKind, t.OrderId, t.PaymentKey, amount, t.TransactionAt);
            }
            after = page.LastOrDefault()?.TransactionKey;
        }
        while (page.Count == PageSize);
    }

    static string Korean(DateTimeOffset time) =>
        new DateTimeOffset(Math.Clamp(time.UtcTicks, DateTime.UnixEpoch.Ticks, DateTime.UnixEpoch.AddYears(200).Ticks), TimeSpan.Zero).ToOffset(KoreanTime).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A payment, a refusal's code, or a failure of the call.</summary>
    readonly record struct Answer(TossPayment? Payment, string? Refusal, ProviderAnswer? Failure)
    {
        public ProviderAnswer AsAnswer() => Failure ?? (Refusal is { } code ? new ProviderAnswer.Refused(ReasonOf(code)) : new ProviderAnswer.Unknown("Toss Payments' answer is not understood."));
    }

    sealed record TossPayment(string PaymentKey, string OrderId, string Status, decimal TotalAmount, decimal BalanceAmount, string Currency, string? ApprovedAt, TossCheckout? Checkout, TossAccount? VirtualAccount, List<TossCancel>? Cancels, TossFailure? Failure)
    {
        public Money Total => new(Minor(TotalAmount), Currency);
    }

    sealed record TossCheckout(string Url);

    sealed record TossAccount(string AccountNumber, string BankCode, string? CustomerName);

    sealed record TossCancel(decimal CancelAmount, string? CancelReason);

    sealed record TossFailure(string Code);

    sealed record TossNotice(string? EventType, TossNoticeData? Data, string? OrderId, string? Status);

    sealed record TossNoticeData(string? PaymentKey, string? OrderId);

    sealed record TossTransaction(string TransactionKey, string PaymentKey, string OrderId, string Status, DateTimeOffset TransactionAt, string Currency, decimal Amount);
}
