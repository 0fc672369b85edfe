using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Web;
using Jangteo.SandboxPay;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Payments.Tests;

/// <summary>How a payment goes at the provider.</summary>
public enum Payer { Pays, IsDeclined, HasNoFunds, IsSlow, LosesTheAnswer, NotifiesTwice, NotifiesLate }

/// <summary>A provider, or what stands in for it, to run the contract against.</summary>
public abstract class ProviderStandIn : IAsyncDisposable
{
    /// <summary>The time, for the provider and for us.</summary>
    internal Clock Clock { get; } = new();

    /// <summary>Starts what is a process of its own; those that live in the tests' process are started with it.</summary>
    public virtual Task Start() => Task.CompletedTask;

    /// <summary>Tells where Payments hears notices.</summary>
    public virtual void Tell(Uri payments) { }

    /// <summary>The settings with which the provider cannot be reached, and time enough to be refused the connection: of a call that took too long nobody could say that it never arrived.</summary>
    public (string, string)[] Down => [(AddressSetting, "http://127.0.0.1:9"), ("Payments:CallTimeoutSeconds", "20")];

    /// <summary>The setting that says where the provider is.</summary>
    protected virtual string AddressSetting => $"Modules:{Module}:Address";

    /// <summary>A page that was closed takes no payer any more; elsewhere the payer may go on, but nothing is charged.</summary>
    public virtual bool ClosesPages => true;

    /// <summary>The provider's key of the payment, as its page's address says it.</summary>
    public virtual string KeyOf(string page) => page[(page.LastIndexOf('/') + 1)..];

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Its module's name, for the address and the database.</summary>
    public virtual string Module => "";
    public abstract IEnumerable<(string, string)> Settings { get; }
    public virtual void Add(WebApplicationBuilder builder) { }
    public virtual void Map(WebApplication app) { }

    /// <summary>Pays on the page; the payment key of the return address, or null when the page kept the payer.</summary>
    public abstract Task<string?> PayAt(HttpClient browser, string page, Payer payer);

    /// <summary>Its own books say from now on that it was asked for another amount.</summary>
    internal abstract Task Misprice(Till till, Guid order, long more);

    /// <summary>A notice that says the payment was captured, and that it has not sent.</summary>
    public abstract HttpRequestMessage Forge(Guid order, string key);

    /// <summary>A notice on its way to us.</summary>
    protected static HttpRequestMessage Notice(string provider, string body, string? header = null, string? signature = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/payments/webhooks/{provider}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (header is not null) request.Headers.TryAddWithoutValidation(header, signature);
        return request;
    }

    /// <summary>Chooses how a member's instant payments go.</summary>
    public virtual Task StoreCard(HttpClient http, Guid member, Payer payer) => throw new NotSupportedException("It has no instant payments.");
}

/// <summary>Real time, moved forward at will.</summary>
sealed class Clock : TimeProvider
{
    TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;

    public void Forward(TimeSpan by) => _ahead += by;
}

public sealed class SandboxPayStandIn : ProviderStandIn
{
    public const string Secret = "a secret of the tests only";

    static readonly Dictionary<Payer, string> Cards = new()
    {
        [Payer.Pays] = "4242424242424242", [Payer.IsDeclined] = "4000000000000002", [Payer.HasNoFunds] = "4000000000009995", [Payer.IsSlow] = "4000000000005100",
        [Payer.LosesTheAnswer] = "4000000000005209", [Payer.NotifiesTwice] = "4000000000005308", [Payer.NotifiesLate] = "4000000000005407",
    };

    public override string Module => "sandboxpay";
    public override IEnumerable<(string, string)> Settings => [("SandboxPay:Secret", Secret), ("SandboxPay:LateSeconds", "0.6"), ("SandboxPay:DelaySeconds", "0.6"), ("SandboxPay:HangSeconds", "2")];
    public override void Add(WebApplicationBuilder builder) => builder.AddSandboxPay();
    public override void Map(WebApplication app) => app.MapSandboxPay();

    public override async Task<string?> PayAt(HttpClient browser, string page, Payer payer)
    {
        var path = new Uri(page).PathAndQuery;
        var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["number"] = Cards[payer], ["expiry"] = "12/39", ["code"] = "123" });
        var answer = await browser.PostAsync(path, form);
        for (var look = 0; look < 1_000 && answer.StatusCode == HttpStatusCode.OK && (await answer.Content.ReadAsStringAsync()).Contains("http-equiv"); look++)
        {
            await Task.Delay(50);
            answer = await browser.GetAsync(path);
        }
        return answer.StatusCode == HttpStatusCode.SeeOther ? HttpUtility.ParseQueryString(answer.Headers.Location!.Query)["paymentKey"] : null;
    }

    internal override async Task Misprice(Till till, Guid order, long more)
    {
        await using var scope = till.Service.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SandboxPayDb>();
        await db.Unit(() => db.Payments.Where(p => p.Reference == order.ToString()).ExecuteUpdateAsync(p => p.SetProperty(x => x.Amount.Amount, x => x.Amount.Amount + more)), default);
    }

    public override HttpRequestMessage Forge(Guid order, string key) => Notice("sandboxpay",
        $$$"""{"id":"{{{Guid.NewGuid()}}}","type":"payment.captured","at":"2026-11-23T00:00:00Z","payment":{"paymentKey":"{{{key}}}","reference":"{{{order}}}","status":"captured","amount":{"amount":30000,"currency":"KRW"},"refunded":0,"declines":0,"lastDecline":null}}""",
        "Sandbox-Signature", $"t={DateTimeOffset.UtcNow.ToUnixTimeSeconds()},v1={new string('0', 64)}");

    public override async Task StoreCard(HttpClient http, Guid member, Payer payer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/sandbox-pay/api/customers/{member}/card") { Content = JsonContent.Create(new { number = Cards[payer] }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Secret}:")));
        (await http.SendAsync(request)).EnsureSuccessStatusCode();
    }
}

public class SandboxPayCardPayments() : CardPaymentContract(new SandboxPayStandIn());

public class SandboxPayInstantPayments() : InstantPaymentContract(new SandboxPayStandIn());

public class SandboxPayRefunds() : RefundContract(new SandboxPayStandIn());
