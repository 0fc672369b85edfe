using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Jangteo.Payments.Tests;

/// <summary>
/// Stands in for Toss Payments: the parts of its published API that we use, on a socket of its own, with its words, statuses and
/// error codes (docs.tosspayments.com/reference and /reference/error-codes). Its books live as long as it does.
/// </summary>
public sealed class TossStandIn(string url = "http://127.0.0.1:0") : ProviderStandIn
{
    public const string SecretKey = "test_sk_standin0secret0of0tests0only";

    sealed record Kept(int Status, string Body);

    readonly Lock _gate = new();
    readonly Dictionary<string, JsonObject> _payments = [];
    readonly Dictionary<string, Payer> _payers = [];
    readonly Dictionary<string, (string Success, string Fail)> _ways = [];
    readonly List<JsonObject> _transactions = [];
    readonly ConcurrentDictionary<string, Task<Kept>> _answered = [];
    readonly HttpClient _http = new();
    WebApplication? _app;
    Uri? _merchant;

    /// <summary>With which Toss proves that a deposit's notice is about this account; never ours to show.</summary>
    public const string AccountSecret = "ps_standin";

    /// <summary>No virtual account is opened.</summary>
    public bool RefuseAccounts { get; set; }

    /// <summary>The next confirmation is refused with this code.</summary>
    public string? RefuseConfirm { get; set; }

    public override bool ClosesPages => false;
    protected override string AddressSetting => "Payments:Toss:ApiBase";
    public override IEnumerable<(string, string)> Settings => [("Payments:Provider", "toss"), ("Payments:Toss:SecretKey", SecretKey), ("Payments:Toss:ApiBase", Address), ("Payments:Toss:VirtualAccountBank", "20")];
    public override string KeyOf(string page) => new Uri(page).Segments[^2].TrimEnd('/');
    public string Address => _app!.Urls.First();

    public override void Tell(Uri payments) => _merchant = payments;

    public override async Task Start()
    {
        if (_app is not null) return;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        var app = builder.Build();
        app.MapPost("/v1/payments", (HttpContext http) => Once(http, Create));
        app.MapPost("/v1/virtual-accounts", (HttpContext http) => Once(http, OpenAccount));
        app.MapPost("/v1/payments/confirm", (HttpContext http) => Once(http, Confirm));
        app.MapPost("/v1/payments/{key}/cancel", (HttpContext http, string key) => Once(http, body => Task.FromResult(Cancel(key, body))));
        app.MapGet("/v1/payments/{key}", (HttpContext http, string key) => Authorised(http) ? Write(http, Find(key)) : Write(http, Refuse(401, "UNAUTHORIZED_KEY")));
        app.MapGet("/v1/transactions", (HttpContext http, string startDate, string endDate, string? startingAfter, int limit) =>
            Write(http, Authorised(http) ? Transactions(startDate, endDate, startingAfter, limit) : Refuse(401, "UNAUTHORIZED_KEY")));
        app.MapGet("/v1/payments/{key}/checkout", (HttpContext http) => Page(http));
        app.MapPost("/v1/payments/{key}/checkout", async (HttpContext http, string key) => Results.Redirect(Authenticate(key, Enum.Parse<Payer>((await http.Request.ReadFormAsync())["card"]!))));
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

    static bool Authorised(HttpContext http) => http.Request.Headers.Authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SecretKey}:"))}";

    static Kept Refuse(int status, string code) => new(status, $$"""{"code":"{{code}}","message":"…"}""");

    static Kept Ok(JsonNode node) => new(200, node.ToJsonString());

    static Task Write(HttpContext http, Kept kept)
    {
        (http.Response.StatusCode, http.Response.ContentType) = (kept.Status, "application/json");
        return http.Response.WriteAsync(kept.Body);
    }

    Task Once(HttpContext http, Func<JsonNode, Kept> work) => Once(http, body => Task.FromResult(work(body)));

    /// <summary>The same key is answered the same, and while it is being worked on it is refused.</summary>
    async Task Once(HttpContext http, Func<JsonNode, Task<Kept>> work)
    {
        if (!Authorised(http)) { await Write(http, Refuse(401, "UNAUTHORIZED_KEY")); return; }
        var body = (await JsonNode.ParseAsync(http.Request.Body))!;
        var mine = new TaskCompletionSource<Kept>(TaskCreationOptions.RunContinuationsAsynchronously);
        var kept = _answered.GetOrAdd($"{http.Request.Path} {http.Request.Headers["Idempotency-Key"]}", mine.Task);
        if (kept == mine.Task) mine.SetResult(await work(body));
        else if (!kept.IsCompleted) { await Write(http, Refuse(409, "IDEMPOTENT_REQUEST_PROCESSING")); return; }
        if (kept == mine.Task && body["paymentKey"]?.GetValue<string>() is { } key && Of(key) == Payer.LosesTheAnswer) http.Abort();
        else await Write(http, await kept);
    }

    Payer Of(string key) { lock (_gate) return _payers.GetValueOrDefault(key); }

    Kept Find(string key) { lock (_gate) return _payments.TryGetValue(key, out var payment) ? Ok(payment) : Refuse(404, "NOT_FOUND_PAYMENT"); }

    Task<Kept> Create(JsonNode body)
    {
        lock (_gate)
        {
            var order = body["orderId"]!.GetValue<string>();
            if (body["orderName"]!.GetValue<string>().Length is 0 or > 100) return Task.FromResult(Refuse(400, "INVALID_ORDER_NAME"));
            if (_payments.Values.Any(p => p["orderId"]!.GetValue<string>() == order && p["approvedAt"] is not null)) return Task.FromResult(Refuse(400, "DUPLICATED_ORDER_ID"));
            var key = $"tgen_{Guid.NewGuid():N}";
            _payments[key] = new JsonObject
            {
                ["mId"] = "tvivarepublica", ["paymentKey"] = key, ["orderId"] = order, ["orderName"] = body["orderName"]!.GetValue<string>(), ["status"] = "READY",
                ["requestedAt"] = Now(), ["approvedAt"] = null, ["method"] = "카드", ["type"] = "NORMAL", ["currency"] = body["currency"]!.GetValue<string>(),
                ["totalAmount"] = body["amount"]!.GetValue<long>(), ["balanceAmount"] = body["amount"]!.GetValue<long>(), ["cancels"] = null, ["failure"] = null, ["virtualAccount"] = null,
                ["checkout"] = new JsonObject { ["url"] = $"{Address}/v1/payments/{key}/checkout" }, ["version"] = "2022-11-16",
            };
            _ways[key] = (body["successUrl"]!.GetValue<string>(), body["failUrl"]!.GetValue<string>());
            return Task.FromResult(Ok(_payments[key]));
        }
    }

    Kept OpenAccount(JsonNode body)
    {
        var order = body["orderId"]!.GetValue<string>();
        // Without an offset, in Korea.
        if (!DateTime.TryParseExact(body["dueDate"]!.GetValue<string>(), "yyyy-MM-dd'T'HH:mm:ss", null, System.Globalization.DateTimeStyles.None, out var due) || due < Clock.GetUtcNow().UtcDateTime.AddHours(9)) return Refuse(400, "INVALID_DATE");
        if (body["bank"]?.GetValue<string>() != "20" || body["customerName"]!.GetValue<string>().Length == 0) return Refuse(400, "INVALID_BANK");
        if (RefuseAccounts) return Refuse(400, "FAILED_VIRTUAL_ACCOUNT");
        lock (_gate)
        {
            var key = $"tgen_{Guid.NewGuid():N}";
            return Ok(_payments[key] = new JsonObject
            {
                ["mId"] = "tvivarepublica", ["paymentKey"] = key, ["orderId"] = order, ["orderName"] = body["orderName"]!.GetValue<string>(), ["status"] = "WAITING_FOR_DEPOSIT", ["requestedAt"] = Now(), ["approvedAt"] = null,
                ["method"] = "가상계좌", ["type"] = "NORMAL", ["currency"] = "KRW", ["totalAmount"] = body["amount"]!.GetValue<long>(), ["balanceAmount"] = body["amount"]!.GetValue<long>(), ["cancels"] = null, ["failure"] = null,
                ["virtualAccount"] = new JsonObject { ["accountType"] = "일반", ["accountNumber"] = "X6505636518308", ["bankCode"] = "20", ["customerName"] = body["customerName"]!.GetValue<string>(), ["dueDate"] = body["dueDate"]!.GetValue<string>(), ["expired"] = false },
                ["checkout"] = null, ["secret"] = AccountSecret,
            });
        }
    }

    /// <summary>Somebody sends the money; false when the account takes none. The notice may get lost.</summary>
    public bool Deposit(Guid order, bool notify = true)
    {
        lock (_gate)
        {
            if (_payments.Values.SingleOrDefault(p => p["orderId"]!.GetValue<string>() == order.ToString() && p["status"]!.GetValue<string>() == "WAITING_FOR_DEPOSIT") is not { } payment) return false;
            (payment["status"], payment["approvedAt"]) = ("DONE", Now());
            var transaction = Book(payment, payment["totalAmount"]!.GetValue<long>());
            if (notify) _ = Send(OfDeposit(order, transaction), 0);
            return true;
        }
    }

    string OfDeposit(Guid order, string transaction) =>
        new JsonObject { ["createdAt"] = Now(), ["secret"] = AccountSecret, ["status"] = "DONE", ["transactionKey"] = transaction, ["orderId"] = order.ToString() }.ToJsonString();

    /// <summary>The notice of a deposit comes once more.</summary>
    public Task TellOfDeposit(Guid order) => Send(OfDeposit(order, Guid.NewGuid().ToString("N")), 0);

    /// <summary>The key of an order's account.</summary>
    public string AccountOf(Guid order) => Last(order)["paymentKey"]!.GetValue<string>();

    JsonObject Last(Guid order) { lock (_gate) return _payments.Values.Last(p => p["orderId"]!.GetValue<string>() == order.ToString()); }

    internal override Task Misprice(Till till, Guid order, long more)
    {
        var payment = Last(order);
        lock (_gate)
        {
            var won = payment["totalAmount"]!.GetValue<long>() + more;
            (payment["totalAmount"], payment["balanceAmount"]) = (won, won);
        }
        return Task.CompletedTask;
    }

    public override HttpRequestMessage Forge(Guid order, string key) =>
        Notice("toss", $$$"""{"eventType":"PAYMENT_STATUS_CHANGED","createdAt":"2026-11-25T09:00:00.000000","data":{"paymentKey":"{{{key}}}","orderId":"{{{order}}}","status":"DONE","totalAmount":30000}}""");

    string Now() => Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(9)).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffK", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What the payer does on the page; gives where their browser goes next.</summary>
    string Authenticate(string key, Payer payer)
    {
        lock (_gate)
        {
            var payment = _payments[key];
            var (success, fail) = _ways[key];
            if (payment["status"]!.GetValue<string>() is not ("READY" or "IN_PROGRESS")) return With(fail, "code=NOT_FOUND_PAYMENT_SESSION");
            _payers[key] = payer;
            if (payer is Payer.IsDeclined or Payer.HasNoFunds)
            {
                var code = payer == Payer.IsDeclined ? "REJECT_CARD_COMPANY" : "REJECT_CARD_PAYMENT";
                Abort(payment, code);
                return With(fail, $"code={code}&message=declined&orderId={payment["orderId"]}");
            }
            payment["status"] = "IN_PROGRESS";
            return With(success, $"paymentType=NORMAL&orderId={payment["orderId"]}&paymentKey={key}&amount={payment["totalAmount"]}");
        }
    }

    static string With(string url, string query) => $"{url}{(url.Contains('?') ? '&' : '?')}{query}";

    void Abort(JsonObject payment, string code)
    {
        (payment["status"], payment["failure"]) = ("ABORTED", new JsonObject { ["code"] = code, ["message"] = "…" });
        Notify(payment);
    }

    async Task<Kept> Confirm(JsonNode body)
    {
        var key = body["paymentKey"]!.GetValue<string>();
        if (Of(key) == Payer.IsSlow) await Task.Delay(600);
        lock (_gate)
        {
            if (!_payments.TryGetValue(key, out var payment)) return Refuse(404, "NOT_FOUND_PAYMENT");
            var status = payment["status"]!.GetValue<string>();
            if (status is "DONE" or "CANCELED" or "PARTIAL_CANCELED") return Refuse(400, "ALREADY_PROCESSED_PAYMENT");
            if (status != "IN_PROGRESS") return Refuse(404, "NOT_FOUND_PAYMENT_SESSION");
            if (payment["orderId"]!.GetValue<string>() != body["orderId"]!.GetValue<string>() || payment["totalAmount"]!.GetValue<long>() != body["amount"]!.GetValue<long>()) return Refuse(400, "INVALID_REQUEST");
            if (RefuseConfirm is { } code)
            {
                RefuseConfirm = null;
                Abort(payment, code);
                return Refuse(403, code);
            }
            (payment["status"], payment["approvedAt"]) = ("DONE", Now());
            Book(payment, payment["totalAmount"]!.GetValue<long>());
            Notify(payment);
            return Ok(payment);
        }
    }

    Kept Cancel(string key, JsonNode body)
    {
        lock (_gate)
        {
            if (!_payments.TryGetValue(key, out var payment)) return Refuse(404, "NOT_FOUND_PAYMENT");
            if (payment["status"]!.GetValue<string>() is "CANCELED") return Refuse(400, "ALREADY_CANCELED_PAYMENT");
            if (payment["status"]!.GetValue<string>() == "WAITING_FOR_DEPOSIT")
            {
                payment["status"] = "CANCELED";
                Book(payment, payment["totalAmount"]!.GetValue<long>());
                return Ok(payment);
            }
            // Where the money came from an account, the refund must say where it goes.
            if (payment["virtualAccount"] is not null && body["refundReceiveAccount"] is null) return Refuse(400, "INVALID_REFUND_ACCOUNT_INFO");
            if (payment["status"]!.GetValue<string>() is not ("DONE" or "PARTIAL_CANCELED")) return Refuse(403, "NOT_CANCELABLE_PAYMENT");
            var left = payment["balanceAmount"]!.GetValue<long>();
            var amount = body["cancelAmount"]?.GetValue<long>() ?? left;
            if (amount > left) return Refuse(403, "NOT_CANCELABLE_AMOUNT");
            (payment["balanceAmount"], payment["status"]) = (left - amount, left == amount ? "CANCELED" : "PARTIAL_CANCELED");
            var transaction = Book(payment, amount);
            if (payment["cancels"] is null) payment["cancels"] = new JsonArray();
            payment["cancels"]!.AsArray().Add(new JsonObject { ["cancelAmount"] = amount, ["cancelReason"] = body["cancelReason"]!.GetValue<string>(), ["transactionKey"] = transaction, ["canceledAt"] = Now(), ["cancelStatus"] = "DONE" });
            Notify(payment);
            return Ok(payment);
        }
    }

    /// <summary>Somebody refunds a part on Toss's own pages.</summary>
    public void CancelByHand(string key, long won) => Cancel(key, new JsonObject { ["cancelAmount"] = won, ["cancelReason"] = "by hand" });

    string Book(JsonObject payment, long amount)
    {
        var key = Guid.NewGuid().ToString("N").ToUpperInvariant();
        _transactions.Add(new JsonObject
        {
            ["mId"] = "tvivarepublica", ["transactionKey"] = key, ["paymentKey"] = payment["paymentKey"]!.GetValue<string>(), ["orderId"] = payment["orderId"]!.GetValue<string>(), ["method"] = "카드",
            ["status"] = payment["status"]!.GetValue<string>(), ["transactionAt"] = Now(), ["currency"] = payment["currency"]!.GetValue<string>(), ["amount"] = amount,
        });
        return key;
    }

    Kept Transactions(string start, string end, string? after, int limit)
    {
        lock (_gate)
        {
            var from = after is null ? 0 : _transactions.FindIndex(t => t["transactionKey"]!.GetValue<string>() == after) + 1;
            bool Within(JsonObject t) => string.CompareOrdinal(t["transactionAt"]!.GetValue<string>(), start) >= 0 && string.CompareOrdinal(t["transactionAt"]!.GetValue<string>()[..19], end) <= 0;
            return Ok(new JsonArray([.. _transactions.Skip(from).Where(Within).Take(limit).Select(t => t.DeepClone())]));
        }
    }

    void Notify(JsonObject payment)
    {
        if (_merchant is null) return;
        var body = new JsonObject { ["eventType"] = "PAYMENT_STATUS_CHANGED", ["createdAt"] = Now(), ["data"] = payment.DeepClone() }.ToJsonString();
        var payer = _payers.GetValueOrDefault(payment["paymentKey"]!.GetValue<string>());
        for (var copies = payer == Payer.NotifiesTwice ? 2 : 1; copies > 0; copies--) _ = Send(body, payer == Payer.NotifiesLate ? 600 : 0);
    }

    async Task Send(string body, int delayMs)
    {
        await Task.Delay(delayMs);
        try
        {
            await _http.PostAsync(new Uri(_merchant!, "/api/payments/webhooks/toss"), new StringContent(body, Encoding.UTF8, "application/json"));
        }
        catch (Exception e) when (e is HttpRequestException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody hears it, as may happen.
        }
    }

    static Task Page(HttpContext http)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync($"<h1>Toss Payments (stand-in)</h1><form method=post>{string.Concat(Enum.GetNames<Payer>().Select(p => $"<button name=card value={p}>{p}</button> "))}</form>");
    }
}

public class TossCardPayments() : CardPaymentContract(new TossStandIn());

public class TossRefunds() : RefundContract(new TossStandIn());
