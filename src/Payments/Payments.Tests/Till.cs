using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Jangteo.Payments.Tests;

/// <summary>Payments with a provider in one process, every message delivered twice, all waits short.</summary>
sealed class Till : IAsyncDisposable
{
    public static readonly Guid Buyer = Guid.CreateVersion7();

    readonly ProviderStandIn _provider;
    readonly List<string> _databases;

    Till(ProviderStandIn provider, TestService<PaymentsDb> service, List<string> databases) => (_provider, Service, _databases) = (provider, service, databases);

    public TestService<PaymentsDb> Service { get; }
    public PaymentsClient Member(Guid? member = null) => new(Service.As(member ?? Buyer));
    public PaymentsClient Staff => field ??= new(Service.As(Guid.CreateVersion7(), staff: true));
    public Clock Clock => _provider.Clock;
    public IPaymentProvider Provider => Service.Services.GetRequiredService<IPaymentProvider>();

    public static Task<Till> Open(ProviderStandIn provider, bool postgres = false, params (string, string)[] settings) => Open(provider, postgres, _ => { }, settings);

    public static async Task<Till> Open(ProviderStandIn provider, bool postgres, Action<WebApplicationBuilder> more, params (string, string)[] settings)
    {
        await provider.Start();
        List<(string, string)> all = [.. provider.Settings,
            ("Payments:CallTimeoutSeconds", "0.5"), ("Payments:AnswerWaitSeconds", "6"), ("Payments:RetrySeconds", "0.1"), ("Payments:ReconcilePollSeconds", "0.2"), ("Payments:WatchSeconds", "0.2"), ("Feeds:DeliverTwice", "true"), .. settings];
        foreach (var module in postgres ? new[] { "payments", provider.Module }.Where(m => m.Length > 0) : [])
            all.Insert(0, ($"ConnectionStrings:{module}", $"{TestDatabase.Server};Database=test_{module}_{Guid.NewGuid():N}"));
        // What is set last wins.
        all = [.. all.GroupBy(s => s.Item1).Select(s => s.Last())];
        var databases = all.Where(s => s.Item1.StartsWith("ConnectionStrings", StringComparison.Ordinal)).Select(s => s.Item2.Split('=')[^1]).ToList();
        var service = await TestService<PaymentsDb>.Start("payments",
            b => { b.AddPayments(); provider.Add(b); more(b); },
            a => { a.MapPayments(); provider.Map(a); },
            services => services.AddSingleton<TimeProvider>(provider.Clock), [.. all]);
        provider.Tell(service.Http.BaseAddress!);
        return new(provider, service, databases);
    }

    public static RequestPayment Request(Guid order, long won = 30_000, string method = PaymentMethods.Card, Guid? member = null) =>
        new(order, member ?? Buyer, Money.Won(won), method, "후지 사과 3kg 외 2건", DateTimeOffset.UtcNow.AddMinutes(30));

    public Task Hear(params IMessage[] messages) => Service.Deliver<OrderPayments>("orders", messages);

    public async Task<Guid> CardOrder(long won = 30_000)
    {
        var order = Guid.CreateVersion7();
        await Hear(Request(order, won));
        return order;
    }

    /// <summary>An order paid on the page and confirmed.</summary>
    public async Task<Guid> PaidOrder(long won = 30_000)
    {
        var order = await CardOrder(won);
        var back = await Pay(order, Payer.Pays);
        Assert.Equal(PaymentStatus.Captured, (await Member().Confirm(order, new(back!, Money.Won(won)))).Required.Status);
        return order;
    }

    /// <summary>Opens the page and pays; the payment key of the return address, or null when the page kept the payer.</summary>
    public async Task<string?> Pay(Guid order, Payer payer) => await PayAt((await Member().Start(order)).Required.RedirectUrl, payer);

    public Task<string?> PayAt(string page, Payer payer) => _provider.PayAt(Service.Http, page, payer);

    /// <summary>Chooses how a member's instant payments go.</summary>
    public Task StoreCard(Guid member, Payer payer) => _provider.StoreCard(Service.Http, member, payer);

    /// <summary>Does something at SandboxPay as the merchant, past our own books.</summary>
    public async Task<JsonElement> AtProvider(string path, object body, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, $"/sandbox-pay/api{path}") { Content = JsonContent.Create(body, body.GetType(), null, MessageFormat.Json) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SandboxPayStandIn.Secret}:")));
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        using var answer = await Service.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public Task<Payment> Load(Guid order) => Service.Db(db => db.Payments.AsNoTracking().FirstAsync(p => p.OrderId == order));

    public Task<Payment> Becomes(Guid order, PaymentStatus status) => Eventually.Sees(() => Load(order), p => p.Status == status);

    /// <summary>A call's answer is written down as if the provider had given it.</summary>
    public Task Answer(Guid order, ProviderAnswer answer, CallKind? kind = null, long? amount = null) => Service.Db(async db =>
    {
        await db.Unit(async () =>
        {
            var payment = (await db.Hold(order, CancellationToken.None))!;
            var call = await db.Calls.FirstAsync(c => c.OrderId == order && (kind == null || c.Kind == kind) && (amount == null || c.Amount == amount));
            var settlement = Service.Services.GetRequiredService<ProviderTraffic>().Settlement(db);
            await settlement.Apply(payment, call, ProviderRequest.Of(payment, call, reachedBefore: true), answer, CancellationToken.None);
            await db.SaveChangesAsync();
        }, CancellationToken.None);
        return true;
    });

    /// <summary>All calls but those that watch a page are answered.</summary>
    public Task BooksAreSettled() =>
        Eventually.Sees(() => Service.Db(db => db.Calls.AsNoTracking().Where(c => c.NextTryAt != null && c.Kind != CallKind.Watch).Select(c => new { c.Kind, c.Attempts, c.Answer }).ToListAsync()), open => open.Count == 0);

    /// <summary>All calls are answered, and our ledger says what the provider's books say.</summary>
    public async Task BooksAreEqual()
    {
        await BooksAreSettled();
        // What staff sent back by hand no provider knows.
        var ours = await Service.Db(async db => (await db.Ledger.AsNoTracking().Where(e => e.Kind != LedgerEntry.RefundOutside).ToListAsync()).Select(e => $"{e.Kind} {e.OrderId} {e.Amount}").Order().ToList());
        var theirs = new List<ProviderTransaction>();
        foreach (var name in await Service.Db(async db => (await db.Payments.Select(p => p.Provider).Distinct().ToListAsync()).Append(Provider.Name).Distinct()))
            await foreach (var t in Service.Services.GetRequiredKeyedService<IPaymentProvider>(name).Report(DateTimeOffset.UnixEpoch, Clock.GetUtcNow().AddMinutes(1), CancellationToken.None)) theirs.Add(t);
        // What is cancelled before it was paid is no refund, though Toss lists it like one.
        var captured = theirs.Where(t => t.Kind == LedgerEntry.Capture).Select(t => t.ProviderKey).ToHashSet();
        Assert.Equal(theirs.Where(t => captured.Contains(t.ProviderKey)).Select(t => $"{t.Kind} {t.Reference} {t.Amount}").Order(), ours);
        var payments = await Service.Db(db => db.Payments.AsNoTracking().ToListAsync());
        Assert.All(payments, p => Assert.InRange(p.RefundsAsked, p.Refunded, p.Captured));
    }

    /// <summary>Stops the process but leaves its databases; gives the settings with which another finds them.</summary>
    public async Task<(string, string)[]> Leave()
    {
        await Service.DisposeAsync();
        return [.. _databases.Select(d => ($"ConnectionStrings:{d.Split('_')[1]}", $"{TestDatabase.Server};Database={d}"))];
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await _provider.DisposeAsync();
        foreach (var database in _databases)
        {
            await using var admin = new NpgsqlConnection($"{TestDatabase.Server};Database=postgres");
            await admin.OpenAsync();
            await new NpgsqlCommand($"DROP DATABASE IF EXISTS {database} WITH (FORCE)", admin).ExecuteNonQueryAsync();
        }
    }
}
