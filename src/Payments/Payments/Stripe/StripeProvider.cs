using System.Net;
using System.Runtime.CompilerServices;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Stripe;
using Stripe.Checkout;
using StripeRefund = Stripe.Refund;

namespace Jangteo.Payments;

/// <summary>
/// Stripe's Checkout (docs.stripe.com/api/checkout/sessions). Its page authorises the card (<c>capture_method=manual</c>) and we
/// capture it, so that nobody is charged for an order that has gone off meanwhile. The session is the payment's key.
/// </summary>
sealed class StripeProvider : IPaymentProvider
{
    const int ToleranceSeconds = 300;
    const string OrderKey = "order", RefundKey = "refund", SessionKey = "session", IntentPrefix = "pi_";

    readonly StripeClient _stripe;
    readonly StripeOptions _account;
    readonly PaymentsOptions _options;
    readonly string _origin;

    public StripeProvider(HttpClient http, IOptions<StripeOptions> account, IConfiguration configuration, IOptions<PaymentsOptions> options)
    {
        (_account, _options, _origin) = (account.Value, options.Value, configuration["Mall:Origin"]!.TrimEnd('/'));
        // Calls are repeated by ProviderTraffic, which knows what may be repeated, and by nobody else.
        _stripe = new(_account.SecretKey, httpClient: new SystemNetHttpClient(http, maxNetworkRetries: 0, enableTelemetry: false), apiBase: _account.ApiBase.TrimEnd('/'));
    }

    public const string ProviderName = "stripe";

    public string Name => ProviderName;

    public IReadOnlyList<string> Methods { get; } = [PaymentMethods.Card];

    // Its notices come, unless the shop's endpoint was never entered at Stripe or is out of reach.
    public bool MustBeAsked => true;

    public Task<ProviderAnswer> OpenPage(ProviderRequest r, CancellationToken ct) => Try(async () =>
    {
        var session = await _stripe.V1.Checkout.Sessions.CreateAsync(new()
        {
            Mode = "payment",
            ClientReferenceId = r.OrderId.ToString(),
            LineItems = [new() { Quantity = 1, PriceData = new() { Currency = r.Amount.Currency.ToLowerInvariant(), UnitAmount = Units(r.Amount), ProductData = new() { Name = r.Title } } }],
            PaymentIntentData = new() { CaptureMethod = "manual", Metadata = new() { [OrderKey] = r.OrderId.ToString() } },
            // The order is in one currency; another would be another amount.
            AdaptivePricing = new() { Enabled = false },
            SuccessUrl = $"{_origin}{_options.ReturnPathOf(r.OrderId)}?paymentKey={{CHECKOUT_SESSION_ID}}&amount={r.Amount.Amount}",
            CancelUrl = _origin + _options.CancelPathOf(r.OrderId),
        }, Once(r), ct);
        return new ProviderAnswer.PageOpened(session.Id, session.Url);
    });

    public Task<ProviderAnswer> Charge(ProviderRequest r, CancellationToken ct) => Task.FromResult<ProviderAnswer>(new ProviderAnswer.Refused("method-not-offered"));

    public Task<ProviderAnswer> Confirm(ProviderRequest r, CancellationToken ct) => Try(async () =>
    {
        var session = await Look(r, ct);
        if (session.PaymentIntent is not { Status: "requires_capture" } authorised)
            return await AnswerOf(session, ct) is var known and not ProviderAnswer.Waiting ? known : new ProviderAnswer.Refused("not-authorised");
        if (AmountOf(authorised.AmountCapturable, authorised.Currency) != r.Amount) return new ProviderAnswer.Refused("amount-mismatch");
        try
        {
            session.PaymentIntent = await _stripe.V1.PaymentIntents.CaptureAsync(authorised.Id, new() { Metadata = new() { [SessionKey] = session.Id } }, Once(r), ct);
            return await AnswerOf(session, ct);
        }
        catch (StripeException e) when (Refusal(e) is ProviderAnswer.Refused refused)
        {
            // Refused, or done by an attempt whose answer was lost.
            return await AnswerOf(await Look(r, ct), ct) is var known and not ProviderAnswer.Waiting ? known : new ProviderAnswer.Declined(refused.Reason, EndsPage: true);
        }
    });

    public Task<ProviderAnswer> Refund(ProviderRequest r, CancellationToken ct) => Try(async () =>
    {
        // A charge that was not made on a page of ours has no session: its intent is its key.
        var intent = r.ProviderKey?.StartsWith(IntentPrefix, StringComparison.Ordinal) == true ? r.ProviderKey : (await Look(r, ct)).PaymentIntentId;
        if (intent is null) return new ProviderAnswer.Refused("not-captured");
        // Stripe forgets idempotency keys after a day; what the refund carries stays.
        if (r.ReachedBefore)
            await foreach (var earlier in _stripe.V1.Refunds.ListAutoPagingAsync(new() { PaymentIntent = intent, Limit = 100 }, cancellationToken: ct))
                if (earlier.Metadata?.GetValueOrDefault(RefundKey) == r.CallId.ToString()) return AnswerOf(earlier);
        return AnswerOf(await _stripe.V1.Refunds.CreateAsync(new() { PaymentIntent = intent, Amount = Units(r.Amount), Metadata = new() { [RefundKey] = r.CallId.ToString() } }, Once(r), ct));
    });

    public Task<ProviderAnswer> Void(ProviderRequest r, CancellationToken ct) => Try(async () =>
    {
        var session = await Look(r, ct);
        if (session.PaymentIntent is { Status: "succeeded" }) return new ProviderAnswer.Refused("captured");
        if (session.PaymentIntent is { Status: "requires_capture" } authorised) await _stripe.V1.PaymentIntents.CancelAsync(authorised.Id, null, Once(r), ct);
        else if (session.Status == "open") await _stripe.V1.Checkout.Sessions.ExpireAsync(session.Id, null, null, ct);
        return new ProviderAnswer.Voided();
        // When the payer is faster, Stripe refuses, and the next attempt finds the card authorised.
    }, refused => new ProviderAnswer.Unknown(refused.Reason));

    public Task<ProviderAnswer> Find(ProviderRequest r, CancellationToken ct) => Try(async () => await AnswerOf(await Look(r, ct), ct));

    Task<Session> Look(ProviderRequest r, CancellationToken ct) => _stripe.V1.Checkout.Sessions.GetAsync(r.ProviderKey, new() { Expand = ["payment_intent"] }, null, ct);

    async Task<ProviderAnswer> AnswerOf(Session session, CancellationToken ct)
    {
        if (session.PaymentIntent is { Status: "succeeded" } paid) return new ProviderAnswer.Captured(session.Id, AmountOf(paid.AmountReceived, paid.Currency));
        if (session.Status == "expired" || session.PaymentIntent is { Status: "canceled" }) return new ProviderAnswer.Declined("expired", EndsPage: true);
        if (session.PaymentIntent is not { } intent) return new ProviderAnswer.Waiting(false, 0, null);
        // Every refused card leaves a failed charge; the newest comes first.
        var failed = (await _stripe.V1.Charges.ListAsync(new() { PaymentIntent = intent.Id, Limit = 100 }, null, ct)).Where(c => c.Status == "failed").ToList();
        return new ProviderAnswer.Waiting(intent.Status == "requires_capture", failed.Count, failed.FirstOrDefault() is { } last ? ReasonOf(last) : null);
    }

    static ProviderAnswer AnswerOf(StripeRefund refund) => refund.Status switch
    {
        "succeeded" => new ProviderAnswer.Refunded(AmountOf(refund.Amount, refund.Currency)),
        "failed" or "canceled" => new ProviderAnswer.Refused(refund.FailureReason ?? refund.Status),
        _ => new ProviderAnswer.Unknown($"The refund is {refund.Status}."),
    };

    static string ReasonOf(Charge charge) => (charge.Outcome?.Reason is { } reason and not "generic_decline" ? reason : charge.FailureCode ?? "card_declined").Replace('_', '-');

    static RequestOptions Once(ProviderRequest r) => new() { IdempotencyKey = r.CallId.ToString() };

    // Stripe's smallest unit is ISO 4217's minor unit, but for two currencies without one (docs.stripe.com/currencies#special-cases).
    static long Factor(string currency) => currency is "ISK" or "UGX" ? 100 : 1;

    static long Units(Money amount) => amount.Amount * Factor(amount.Currency);

    static Money AmountOf(long units, string currency) => new(units / Factor(currency.ToUpperInvariant()), currency.ToUpperInvariant());

    static async Task<ProviderAnswer> Try(Func<Task<ProviderAnswer>> ask, Func<ProviderAnswer.Refused, ProviderAnswer>? ifRefused = null)
    {
        try
        {
            return await ask();
        }
        catch (StripeException e)
        {
            var refusal = Refusal(e);
            return refusal is ProviderAnswer.Refused refused && ifRefused is not null ? ifRefused(refused) : refusal;
        }
        catch (Exception e)
        {
            return ProviderAnswer.Failed(e);
        }
    }

    // Stripe's own sentences are not kept: that about a wrong key repeats a part of it.
    static ProviderAnswer Refusal(StripeException e) => e.HttpStatusCode switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests => new ProviderAnswer.NotSent($"Stripe answered {(int)e.HttpStatusCode}."),
        HttpStatusCode.BadRequest or HttpStatusCode.PaymentRequired or HttpStatusCode.NotFound => new ProviderAnswer.Refused((e.StripeError?.DeclineCode ?? e.StripeError?.Code ?? "refused").Replace('_', '-')),
        _ => new ProviderAnswer.Unknown($"Stripe answered {(int)e.HttpStatusCode}."),
    };

    /// <summary>The header is Stripe-Signature: a time, and signatures over it and the body (docs.stripe.com/webhooks/signature).</summary>
    public WebhookReading Read(IHeaderDictionary headers, string body, DateTimeOffset now)
    {
        try
        {
            EventUtility.ValidateSignature(body, headers["Stripe-Signature"], _account.WebhookSecret, ToleranceSeconds, now.ToUnixTimeSeconds());
        }
        catch (Exception e)
        {
            return e.Message.Contains("tolerance", StringComparison.Ordinal) ? new WebhookReading.Unusable("The notice is too old.") : new WebhookReading.Forged();
        }
        try
        {
            return EventUtility.ParseEvent(body, throwOnApiVersionMismatch: false).Data.Object switch
            {
                Session session => new WebhookReading.Notice(session.ClientReferenceId ?? "", session.Id),
                PaymentIntent intent => new WebhookReading.Notice(intent.Metadata?.GetValueOrDefault(OrderKey) ?? "", null),
                _ => new WebhookReading.Other(),
            };
        }
        catch (Exception)
        {
            return new WebhookReading.Unusable("The notice is not understood.");
        }
    }

    public async IAsyncEnumerable<ProviderTransaction> Report(DateTimeOffset from, DateTimeOffset until, [EnumeratorCancellation] CancellationToken ct)
    {
        var filter = new BalanceTransactionListOptions { Limit = 100, Created = new DateRangeOptions { GreaterThanOrEqual = Clamp(from), LessThan = Clamp(until) }, Expand = ["data.source.payment_intent"] };
        await foreach (var t in _stripe.V1.BalanceTransactions.ListAutoPagingAsync(filter, cancellationToken: ct))
        {
            // The amounts are the payer's; those of the balance may be in the currency that Stripe pays out.
            var (kind, intent, amount, at) = t.Source switch
            {
                Charge charge => (LedgerEntry.Capture, charge.PaymentIntent, AmountOf(charge.AmountCaptured, charge.Currency), t.Created),
                StripeRefund { Status: not ("failed" or "canceled") } back => (LedgerEntry.RefundKind, back.PaymentIntent, AmountOf(back.Amount, back.Currency), t.Created),
                // One that failed, if only after days, is there twice, out of the balance and into it again: nothing went back.
                StripeRefund gone when t.Type == "refund_failure" => (ProviderTransaction.RefundFailed, gone.PaymentIntent, AmountOf(gone.Amount, gone.Currency), gone.Created),
                _ => default,
            };
            if (amount.IsZero) continue;
            yield return new(kind, intent?.Metadata?.GetValueOrDefault(OrderKey) ?? "", intent?.Metadata?.GetValueOrDefault(SessionKey) ?? intent?.Id ?? "", amount, new(at, TimeSpan.Zero));
        }
    }

    // Whole seconds are what Stripe counts in.
    static DateTime Clamp(DateTimeOffset time) => new(Math.Clamp(time.UtcTicks, DateTime.UnixEpoch.Ticks, DateTime.UnixEpoch.AddYears(200).Ticks), DateTimeKind.Utc);
}
