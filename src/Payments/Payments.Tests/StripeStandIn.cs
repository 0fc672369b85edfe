using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stripe;

namespace Jangteo.Payments.Tests;

/// <summary>
/// Stands in for Stripe: the parts of its published API that we use, spoken to by Stripe's own library over a socket, with its
/// form bodies, objects, statuses and errors (docs.stripe.com/api). Its books live as long as it does.
/// </summary>
public sealed class StripeStandIn(string url = "http://127.0.0.1:0") : ProviderStandIn
{
    public const string SecretKey = "sk_test_standin0secret0of0tests0only", WebhookSecret = "whsec_standin0secret0of0tests0only";

    sealed record Kept(int Status, string Body);

    readonly Lock _gate = new();
    readonly Dictionary<string, JsonObject> _sessions = [], _intents = [];
    readonly List<JsonObject> _charges = [], _refunds = [], _balance = [];
    readonly Dictionary<string, Payer> _payers = [];
    readonly ConcurrentDictionary<string, Task<Kept>> _answered = [];
    readonly HttpClient _http = new();
    WebApplication? _app;
    Uri? _merchant;

    /// <summary>Refunds are first only "pending", and done when they are asked about.</summary>
    public bool RefundsPend { get; set; }

    /// <summary>Runs when a report has been read and is not yet sent.</summary>
    public Func<Task> AfterReport { get; set; } = () => Task.CompletedTask;

    protected override string AddressSetting => "Payments:Stripe:ApiBase";
    public override IEnumerable<(string, string)> Settings =>
        [("Payments:Provider", "stripe"), ("Payments:Stripe:SecretKey", SecretKey), ("Payments:Stripe:WebhookSecret", WebhookSecret), ("Payments:Stripe:ApiBase", Address)];
    /// <summary>Every amount in its books, in its units.</summary>
    public IReadOnlyList<long> Balances { get { lock (_gate) return [.. _balance.Select(b => b["amount"]!.GetValue<long>())]; } }

    public string Address => _app!.Urls.First();

    public override void Tell(Uri payments) => _merchant = payments;

    public override async Task Start()
    {
        if (_app is not null) return;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        app.MapPost("/v1/checkout/sessions", (HttpContext http) => Once(http, Create));
        app.MapGet("/v1/checkout/sessions/{id}", (HttpContext http, string id) => Read(http, () => Found(_sessions, id, Expanded)));
        app.MapPost("/v1/checkout/sessions/{id}/expire", (HttpContext http, string id) => Once(http, _ => Expire(id)));
        app.MapPost("/v1/payment_intents/{id}/capture", (HttpContext http, string id) => Once(http, f => Capture(id, f)));
        app.MapPost("/v1/payment_intents/{id}/cancel", (HttpContext http, string id) => Once(http, _ => Cancel(id)));
        app.MapGet("/v1/charges", (HttpContext http, string payment_intent) => Read(http, () => List("/v1/charges", _charges.Where(c => Text(c, "payment_intent") == payment_intent).Reverse(), http)));
        app.MapGet("/v1/refunds", (HttpContext http, string payment_intent) => Read(http, () => List("/v1/refunds", _refunds.Where(c => Text(c, "payment_intent") == payment_intent).Reverse().Select(Later), http)));
        app.MapPost("/v1/refunds", (HttpContext http) => Once(http, Refund));
        app.MapGet("/v1/balance_transactions", (HttpContext http) => Read(http, () => List("/v1/balance_transactions", Balance(http), http), AfterReport));
        app.MapGet("/pay/{id}", (HttpContext http) => Page(http));
        app.MapPost("/pay/{id}", async (HttpContext http, string id) => Pay(id, Enum.Parse<Payer>((await http.Request.ReadFormAsync())["card"]!)) is { } next ? Results.Redirect(next) : Results.Text("Your card was declined."));
        await app.StartAsync();
        _app = app;
    }

    public override async Task<string?> PayAt(HttpClient browser, string page, Payer payer)
    {
        var answer = await browser.PostAsync(page, new FormUrlEncodedContent([new("card", payer.ToString())]));
        return answer.StatusCode == HttpStatusCode.Redirect ? HttpUtility.ParseQueryString(answer.Headers.Location!.Query)["paymentKey"] : null;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _http.Dispose();
    }

    static Kept Refuse(int status, string code, string type = "invalid_request_error") => new(status, $$$"""{"error":{"code":"{{{code}}}","type":"{{{type}}}","message":"…"}}""");

    static Kept Ok(JsonNode node) => new(200, node.ToJsonString());

    static string? Text(JsonObject o, string name) => o[name]?.GetValue<string>();

    static Task Write(HttpContext http, Kept kept)
    {
        (http.Response.StatusCode, http.Response.ContentType) = (kept.Status, "application/json");
        return http.Response.WriteAsync(kept.Body);
    }

    static bool Authorised(HttpContext http) => http.Request.Headers.Authorization == $"Bearer {SecretKey}";

    async Task Read(HttpContext http, Func<Kept> look, Func<Task>? then = null)
    {
        var kept = Refuse(401, "invalid_api_key");
        if (Authorised(http))
            lock (_gate) kept = look();
        if (then is not null) await then();
        await Write(http, kept);
    }

    Task Once(HttpContext http, Func<IFormCollection, Kept> work) => Once(http, form => Task.FromResult(work(form)));

    /// <summary>The same key is answered the same, and while it is being worked on it is refused.</summary>
    async Task Once(HttpContext http, Func<IFormCollection, Task<Kept>> work)
    {
        if (!Authorised(http)) { await Write(http, Refuse(401, "invalid_api_key")); return; }
        var form = await http.Request.ReadFormAsync();
        var mine = new TaskCompletionSource<Kept>(TaskCreationOptions.RunContinuationsAsynchronously);
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        var kept = _answered.GetOrAdd($"{http.Request.Path} {(key.Length > 0 ? key : Guid.NewGuid())}", mine.Task);
        if (kept == mine.Task) mine.SetResult(await work(form));
        else if (!kept.IsCompleted) { await Write(http, Refuse(409, "idempotency_key_in_use", "idempotency_error")); return; }
        if (kept == mine.Task && http.Request.Path.Value!.EndsWith("/capture", StringComparison.Ordinal) && Of(http.Request.Path.Value.Split('/')[3]) == Payer.LosesTheAnswer) http.Abort();
        else await Write(http, await kept);
    }

    Payer Of(string intent) { lock (_gate) return _payers.GetValueOrDefault(intent); }

    static Kept Found(Dictionary<string, JsonObject> all, string id, Func<JsonObject, JsonNode> show) => all.TryGetValue(id, out var found) ? Ok(show(found)) : Refuse(404, "resource_missing");

    JsonNode Expanded(JsonObject o)
    {
        var copy = o.DeepClone();
        if (Text(o, "payment_intent") is { } intent) copy["payment_intent"] = _intents[intent].DeepClone();
        return copy;
    }

    static Kept List(string path, IEnumerable<JsonNode> all, HttpContext http)
    {
        var limit = int.Parse(http.Request.Query["limit"].FirstOrDefault() ?? "10", System.Globalization.CultureInfo.InvariantCulture);
        var after = http.Request.Query["starting_after"].FirstOrDefault();
        var rest = (after is null ? all : all.SkipWhile(o => o["id"]!.GetValue<string>() != after).Skip(1)).ToList();
        return Ok(new JsonObject { ["object"] = "list", ["url"] = path, ["has_more"] = rest.Count > limit, ["data"] = new JsonArray([.. rest.Take(limit).Select(o => o.DeepClone())]) });
    }

    static JsonObject Metadata(IFormCollection form, string prefix) =>
        new(form.Where(f => f.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(f => KeyValuePair.Create(f.Key[(prefix.Length + 1)..^1], (JsonNode?)f.Value.ToString())));

    long Seconds => Clock.GetUtcNow().ToUnixTimeSeconds();

    Kept Create(IFormCollection form)
    {
        if (form["mode"] != "payment" || form["payment_intent_data[capture_method]"] != "manual" || form["line_items[0][price_data][product_data][name]"] == "") return Refuse(400, "parameter_invalid_empty");
        var id = $"cs_test_{Guid.NewGuid():N}";
        lock (_gate)
        {
            return Ok(_sessions[id] = new JsonObject
            {
                ["id"] = id, ["object"] = "checkout.session", ["mode"] = "payment", ["status"] = "open", ["payment_status"] = "unpaid", ["payment_intent"] = null, ["url"] = $"{Address}/pay/{id}",
                ["client_reference_id"] = form["client_reference_id"].ToString(), ["currency"] = form["line_items[0][price_data][currency]"].ToString(),
                ["amount_total"] = long.Parse(form["line_items[0][price_data][unit_amount]"]!, System.Globalization.CultureInfo.InvariantCulture) * int.Parse(form["line_items[0][quantity]"]!, System.Globalization.CultureInfo.InvariantCulture),
                ["success_url"] = form["success_url"].ToString(), ["cancel_url"] = form["cancel_url"].ToString(), ["intent_metadata"] = Metadata(form, "payment_intent_data[metadata]"), ["created"] = Seconds,
            });
        }
    }

    /// <summary>What the payer does on the page; gives where their browser goes next, or null when it stays.</summary>
    string? Pay(string id, Payer payer)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out var session) || Text(session, "status") != "open") return null;
            // The intent is made when the payer first tries.
            if (Text(session, "payment_intent") is not { } intentId)
            {
                session["payment_intent"] = intentId = $"pi_{Guid.NewGuid():N}";
                _intents[intentId] = new JsonObject
                {
                    ["id"] = intentId, ["object"] = "payment_intent", ["status"] = "requires_payment_method", ["amount"] = session["amount_total"]!.GetValue<long>(), ["amount_capturable"] = 0, ["amount_received"] = 0,
                    ["currency"] = Text(session, "currency"), ["capture_method"] = "manual", ["metadata"] = session["intent_metadata"]!.DeepClone(), ["created"] = Seconds,
                };
            }
            var intent = _intents[intentId];
            _payers[intentId] = payer;
            var declined = payer is Payer.IsDeclined or Payer.HasNoFunds;
            var charge = new JsonObject
            {
                ["id"] = $"ch_{Guid.NewGuid():N}", ["object"] = "charge", ["payment_intent"] = intentId, ["amount"] = intent["amount"]!.GetValue<long>(), ["amount_captured"] = 0, ["amount_refunded"] = 0L, ["currency"] = Text(session, "currency"),
                ["status"] = declined ? "failed" : "succeeded", ["captured"] = false, ["failure_code"] = declined ? "card_declined" : null, ["metadata"] = intent["metadata"]!.DeepClone(),
                ["outcome"] = new JsonObject { ["reason"] = declined ? payer == Payer.HasNoFunds ? "insufficient_funds" : "generic_decline" : null }, ["created"] = Seconds,
            };
            _charges.Add(charge);
            if (declined)
            {
                Notify("payment_intent.payment_failed", intent, payer);
                return null;
            }
            (intent["status"], intent["amount_capturable"], intent["latest_charge"]) = ("requires_capture", intent["amount"]!.GetValue<long>(), Text(charge, "id"));
            session["status"] = "complete";
            Notify("checkout.session.completed", session, payer);
            return Text(session, "success_url")!.Replace("{CHECKOUT_SESSION_ID}", id, StringComparison.Ordinal);
        }
    }

    internal override Task Misprice(Till till, Guid order, long more)
    {
        lock (_gate)
        {
            var session = _sessions.Values.Last(s => Text(s, "client_reference_id") == order.ToString());
            session["amount_total"] = session["amount_total"]!.GetValue<long>() + more;
        }
        return Task.CompletedTask;
    }

    public override HttpRequestMessage Forge(Guid order, string key)
    {
        var (body, signature) = Sign("checkout.session.completed", new() { ["id"] = key, ["object"] = "checkout.session", ["client_reference_id"] = order.ToString(), ["status"] = "complete", ["payment_status"] = "paid" }, DateTimeOffset.UtcNow, "whsec_another");
        return Notice("stripe", body, "Stripe-Signature", signature);
    }

    Kept Expire(string id)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out var session)) return Refuse(404, "resource_missing");
            if (Text(session, "status") != "open") return Refuse(400, "checkout_session_not_open");
            session["status"] = "expired";
            return Ok(session);
        }
    }

    async Task<Kept> Capture(string id, IFormCollection form)
    {
        if (Of(id) == Payer.IsSlow) await Task.Delay(600);
        lock (_gate)
        {
            if (!_intents.TryGetValue(id, out var intent)) return Refuse(404, "resource_missing");
            if (Text(intent, "status") != "requires_capture") return Refuse(400, "payment_intent_unexpected_state");
            var amount = intent["amount"]!.GetValue<long>();
            (intent["status"], intent["amount_received"], intent["amount_capturable"]) = ("succeeded", amount, 0);
            foreach (var (name, value) in Metadata(form, "metadata")) intent["metadata"]![name] = value!.DeepClone();
            var charge = _charges.Single(c => Text(c, "id") == Text(intent, "latest_charge"));
            (charge["captured"], charge["amount_captured"]) = (true, amount);
            Book("charge", charge, amount);
            Notify("payment_intent.succeeded", intent, Of(id));
            return Ok(intent);
        }
    }

    Kept Cancel(string id)
    {
        lock (_gate)
        {
            if (!_intents.TryGetValue(id, out var intent)) return Refuse(404, "resource_missing");
            if (Text(intent, "status") is "succeeded" or "canceled") return Refuse(400, "payment_intent_unexpected_state");
            (intent["status"], intent["amount_capturable"]) = ("canceled", 0);
            return Ok(intent);
        }
    }

    Kept Refund(IFormCollection form)
    {
        lock (_gate)
        {
            var charge = _charges.LastOrDefault(c => Text(c, "payment_intent") == form["payment_intent"] && c["captured"]!.GetValue<bool>());
            if (charge is null) return Refuse(400, "charge_not_captured");
            var amount = long.Parse(form["amount"]!, System.Globalization.CultureInfo.InvariantCulture);
            if (charge["amount_refunded"]!.GetValue<long>() + amount > charge["amount"]!.GetValue<long>()) return Refuse(400, "charge_already_refunded");
            charge["amount_refunded"] = charge["amount_refunded"]!.GetValue<long>() + amount;
            var refund = new JsonObject
            {
                ["id"] = $"re_{Guid.NewGuid():N}", ["object"] = "refund", ["amount"] = amount, ["currency"] = Text(charge, "currency"), ["payment_intent"] = Text(charge, "payment_intent"), ["charge"] = Text(charge, "id"),
                ["status"] = RefundsPend ? "pending" : "succeeded", ["metadata"] = Metadata(form, "metadata"), ["created"] = Seconds,
            };
            _refunds.Add(refund);
            Book("refund", refund, -amount);
            return Ok(refund);
        }
    }

    /// <summary>Somebody pays through something else that the merchant has at Stripe, and that names no order; gives the payment's key.</summary>
    public string PayElsewhere(long units)
    {
        lock (_gate)
        {
            var (id, charge) = ($"pi_{Guid.NewGuid():N}", $"ch_{Guid.NewGuid():N}");
            _intents[id] = new JsonObject { ["id"] = id, ["object"] = "payment_intent", ["status"] = "succeeded", ["amount"] = units, ["amount_received"] = units, ["currency"] = "krw", ["metadata"] = new JsonObject(), ["latest_charge"] = charge, ["created"] = Seconds };
            _charges.Add(new JsonObject
            {
                ["id"] = charge, ["object"] = "charge", ["payment_intent"] = id, ["amount"] = units, ["amount_captured"] = units, ["amount_refunded"] = 0L, ["currency"] = "krw", ["status"] = "succeeded", ["captured"] = true, ["metadata"] = new JsonObject(), ["created"] = Seconds,
            });
            Book("charge", _charges[^1], units);
            return id;
        }
    }

    static JsonObject Later(JsonObject refund)
    {
        if (Text(refund, "status") == "pending") refund["status"] = "succeeded";
        return refund;
    }

    /// <summary>The bank sends back what had been refunded, as may happen days later: the refund is over, and its money is in the balance again.</summary>
    public void FailLastRefund()
    {
        lock (_gate)
        {
            var refund = _refunds[^1];
            (refund["status"], refund["failure_reason"]) = ("failed", "expired_or_canceled_card");
            var charge = _charges.Single(c => Text(c, "id") == Text(refund, "charge"));
            charge["amount_refunded"] = charge["amount_refunded"]!.GetValue<long>() - refund["amount"]!.GetValue<long>();
            Book("refund_failure", refund, refund["amount"]!.GetValue<long>());
        }
    }

    void Book(string type, JsonObject source, long amount) => _balance.Add(new JsonObject
    {
        ["id"] = $"txn_{Guid.NewGuid():N}", ["object"] = "balance_transaction", ["type"] = type, ["amount"] = amount, ["currency"] = Text(source, "currency"), ["source"] = Text(source, "id"), ["created"] = Seconds,
    });

    IEnumerable<JsonNode> Balance(HttpContext http)
    {
        long Limit(string name) => long.Parse(http.Request.Query[$"created[{name}]"]!, System.Globalization.CultureInfo.InvariantCulture);
        foreach (var t in _balance.Where(t => t["created"]!.GetValue<long>() >= Limit("gte") && t["created"]!.GetValue<long>() < Limit("lt")).Reverse())
        {
            var copy = t.DeepClone();
            // As it stands now, whatever it was when this was booked.
            copy["source"] = Expanded(_charges.Concat(_refunds).Single(s => Text(s, "id") == Text(t, "source")));
            yield return copy;
        }
    }

    /// <summary>The body and header of a signed notice.</summary>
    public static (string Body, string Signature) Sign(string type, JsonObject about, DateTimeOffset at, string secret = WebhookSecret)
    {
        var body = new JsonObject { ["id"] = $"evt_{Guid.NewGuid():N}", ["object"] = "event", ["api_version"] = "2026-10-28.endive", ["type"] = type, ["created"] = at.ToUnixTimeSeconds(), ["data"] = new JsonObject { ["object"] = about.DeepClone() } }.ToJsonString();
        return (body, EventUtility.GenerateSignatureHeader(body, secret, at.ToUnixTimeSeconds()));
    }

    void Notify(string type, JsonObject about, Payer payer)
    {
        if (_merchant is null) return;
        var (body, signature) = Sign(type, about, Clock.GetUtcNow());
        for (var copies = payer == Payer.NotifiesTwice ? 2 : 1; copies > 0; copies--) _ = Send(body, signature, payer == Payer.NotifiesLate ? 600 : 0);
    }

    async Task Send(string body, string signature, int delayMs)
    {
        await Task.Delay(delayMs);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_merchant!, "/api/payments/webhooks/stripe")) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
            await _http.SendAsync(request);
        }
        catch (Exception e) when (e is HttpRequestException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody hears it, as may happen.
        }
    }

    static Task Page(HttpContext http)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync($"<h1>Stripe Checkout (stand-in)</h1><form method=post>{string.Concat(Enum.GetNames<Payer>().Select(p => $"<button name=card value={p}>{p}</button> "))}</form>");
    }
}

public class StripeCardPayments() : CardPaymentContract(new StripeStandIn());

public class StripeRefunds() : RefundContract(new StripeStandIn());
