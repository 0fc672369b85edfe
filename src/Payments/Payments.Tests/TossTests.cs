using System.Net;
using System.Text;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments.Tests;

/// <summary>What is Toss Payments' own.</summary>
public class TossTests
{
    readonly TossStandIn _toss = new();

    static async Task<HttpStatusCode> Post(Till till, string body) =>
        (await till.Service.Http.PostAsync("/api/payments/webhooks/toss", new StringContent(body, Encoding.UTF8, "application/json"))).StatusCode;

    static string Notice(Guid order, string? key, string status = "DONE") =>
        $$$"""{"eventType":"PAYMENT_STATUS_CHANGED","createdAt":"2026-11-25T09:00:00.000000","data":{"paymentKey":"{{{key}}}","orderId":"{{{order}}}","status":"{{{status}}}","totalAmount":30000}}""";

    [Fact]
    public async Task A_card_that_is_refused_at_the_confirmation_leaves_the_order_open_for_another()
    {
        await using var till = await Till.Open(_toss);
        var order = await till.CardOrder();
        var key = await till.Pay(order, Payer.Pays);
        _toss.RefuseConfirm = "REJECT_CARD_PAYMENT";

        Assert.True((await till.Member().Confirm(order, new(key!, Money.Won(30_000)))).Problem!.Is("payment-declined"));
        var again = await till.Pay(order, Payer.Pays);
        Assert.NotEqual(key, again);
        Assert.Equal(PaymentStatus.Captured, (await till.Member().Confirm(order, new(again!, Money.Won(30_000)))).Required.Status);
        await till.BooksAreEqual();
        Assert.Equal([new(order, "insufficient-funds", false)], await till.Service.Announced<PaymentDeclined>());
    }

    [Fact]
    public async Task A_notice_is_unsigned_and_so_only_a_hint()
    {
        await using var till = await Till.Open(_toss);
        var order = await till.CardOrder();
        var key = _toss.KeyOf((await till.Member().Start(order)).Required.RedirectUrl);

        Assert.Equal(HttpStatusCode.OK, await Post(till, Notice(order, key)));
        Assert.Equal(HttpStatusCode.Accepted, await Post(till, Notice(order, "another")));
        Assert.Equal(HttpStatusCode.Accepted, await Post(till, Notice(Guid.NewGuid(), key)));
        Assert.Equal(HttpStatusCode.Accepted, await Post(till, """{"eventType":"METHOD_UPDATED","createdAt":"2026-11-25T09:00:00","data":{}}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await Post(till, "{}"));
        Assert.Equal(HttpStatusCode.BadRequest, await Post(till, "nonsense"));

        await till.BooksAreEqual();
        Assert.Equal(PaymentStatus.Open, (await till.Load(order)).Status);
    }

    [Fact]
    public async Task A_flood_of_notices_does_not_become_a_flood_of_questions()
    {
        await using var till = await Till.Open(_toss, false, [.. _toss.Down, ("Payments:WatchSeconds", "60")]);
        var order = await till.CardOrder();
        await till.Service.Db(db => db.Payments.ExecuteUpdateAsync(p => p.SetProperty(x => x.ProviderKey, "key")));

        for (var i = 0; i < 20; i++) Assert.Equal(HttpStatusCode.OK, await Post(till, Notice(order, "key")));

        Assert.Equal(2, await till.Service.Db(db => db.Calls.CountAsync(c => c.Kind == CallKind.Find)));
    }

    [Fact]
    public async Task Notices_that_are_answered_and_sent_again_do_not_make_us_ask_more_often_than_we_would()
    {
        await using var till = await Till.Open(_toss, false, ("Payments:WatchSeconds", "60"));
        var order = await till.CardOrder();
        var key = _toss.KeyOf((await till.Member().Start(order)).Required.RedirectUrl);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await Post(till, Notice(order, key)));
            var soon = till.Clock.GetUtcNow().AddSeconds(30);
            await Eventually.Sees(() => till.Service.Db(db => db.Calls.CountAsync(c => c.Kind == CallKind.Find && c.NextTryAt < soon)), open => open == 0);
        }

        Assert.Equal([true, false, false], await till.Service.Db(db => db.Calls.Where(c => c.Kind == CallKind.Find).OrderBy(c => c.CreatedAt).Select(c => c.AnsweredAt != null).ToListAsync()));
    }

    [Fact]
    public async Task What_it_does_not_offer_is_declined_at_once()
    {
        await using var till = await Till.Open(_toss);
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order, method: PaymentMethods.Instant));
        Assert.Equal([new(order, "method-not-offered", true)], await till.Service.Announced<PaymentDeclined>());
        Assert.Equal(PaymentStatus.Declined, (await till.Load(order)).Status);
    }

    [Fact]
    public async Task A_report_has_many_pages_and_only_its_time()
    {
        await using var till = await Till.Open(_toss, false, ("Payments:CallTimeoutSeconds", "5"));
        var order = await till.PaidOrder(won: 120);
        var noon = DateTimeOffset.UtcNow;
        for (var i = 0; i < 105; i++) Assert.True((await till.Staff.Refund(order, new(Money.Won(1), "part"), $"{i}")).Ok);

        Assert.Equal("capture", Assert.Single(await Report(till, noon.AddMinutes(-5), noon)).Kind);
        Assert.Equal(105, (await Report(till, noon, DateTimeOffset.UtcNow)).Count(t => t.Kind == "refund" && t.Amount == Money.Won(1)));
        Assert.Empty(await Report(till, noon.AddDays(-2), noon.AddDays(-1)));
    }

    static async Task<List<ProviderTransaction>> Report(Till till, DateTimeOffset from, DateTimeOffset until)
    {
        var all = new List<ProviderTransaction>();
        await foreach (var t in till.Provider.Report(from, until, CancellationToken.None)) all.Add(t);
        return all;
    }

    [Fact]
    public async Task A_payment_stays_with_its_provider_when_the_shop_changes_to_another()
    {
        await using var till = await Till.Open(_toss, false, ("Payments:Provider", "sandboxpay"));
        var order = await till.CardOrder();
        await till.Service.Db(db => db.Payments.ExecuteUpdateAsync(p => p.SetProperty(x => x.Provider, "toss")));
        var page = (await till.Member().Start(order)).Required.RedirectUrl;
        Assert.StartsWith(_toss.Address, page);
    }
}
