using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;

namespace Jangteo.Payments.Tests;

/// <summary>What is Stripe's own.</summary>
public class StripeTests
{
    readonly StripeStandIn _stripe = new();

    static async Task<HttpStatusCode> Post(Till till, string body, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/payments/webhooks/stripe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (signature is not null) request.Headers.TryAddWithoutValidation("Stripe-Signature", signature);
        return (await till.Service.Http.SendAsync(request)).StatusCode;
    }

    static JsonObject Session(Guid order, string id) => new() { ["id"] = id, ["object"] = "checkout.session", ["client_reference_id"] = order.ToString(), ["status"] = "complete", ["payment_status"] = "paid" };

    [Fact]
    public async Task Notices_that_are_forged_stale_or_senseless_are_refused_and_others_only_hints()
    {
        await using var till = await Till.Open(_stripe);
        var order = await till.CardOrder();
        var (early, earlySignature) = StripeStandIn.Sign("payment_intent.payment_failed", new() { ["id"] = "pi_1", ["object"] = "payment_intent", ["metadata"] = new JsonObject { ["order"] = order.ToString() } }, DateTimeOffset.UtcNow);
        Assert.Equal(HttpStatusCode.OK, await Post(till, early, earlySignature));
        await till.BooksAreEqual();
        var key = _stripe.KeyOf((await till.Member().Start(order)).Required.RedirectUrl);
        var now = DateTimeOffset.UtcNow;
        var (body, signature) = StripeStandIn.Sign("checkout.session.completed", Session(order, key), now);

        Assert.Equal(HttpStatusCode.Unauthorized, await Post(till, body, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await Post(till, body, "nonsense"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Post(till, body.Replace("paid", "free"), signature));
        Assert.Equal(HttpStatusCode.Unauthorized, await Post(till, body, StripeStandIn.Sign("checkout.session.completed", Session(order, key), now, "whsec_another").Signature));
        var (old, oldSignature) = StripeStandIn.Sign("checkout.session.completed", Session(order, key), now.AddMinutes(-6));
        Assert.Equal(HttpStatusCode.BadRequest, await Post(till, old, oldSignature));
        Assert.Equal(HttpStatusCode.BadRequest, await Post(till, "[]", Stripe.EventUtility.GenerateSignatureHeader("[]", StripeStandIn.WebhookSecret, now.ToUnixTimeSeconds())));
        var (other, otherSignature) = StripeStandIn.Sign("customer.created", new() { ["id"] = "cus_1", ["object"] = "customer" }, now);
        Assert.Equal(HttpStatusCode.Accepted, await Post(till, other, otherSignature));
        var (strange, strangeSignature) = StripeStandIn.Sign("checkout.session.completed", Session(Guid.NewGuid(), key), now);
        Assert.Equal(HttpStatusCode.Accepted, await Post(till, strange, strangeSignature));

        Assert.Equal(HttpStatusCode.OK, await Post(till, body, signature));
        await till.BooksAreEqual();
        Assert.Equal(PaymentStatus.Open, (await till.Load(order)).Status);
    }

    [Fact]
    public async Task A_refund_that_is_pending_is_asked_about_and_not_sent_again()
    {
        await using var till = await Till.Open(_stripe);
        var order = await till.PaidOrder();
        _stripe.RefundsPend = true;

        var refunded = await till.Staff.Refund(order, new(Money.Won(10_000), "part"), "key");

        Assert.Equal(Money.Won(10_000), refunded.Required.Refunded);
        await till.BooksAreEqual();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_refund_that_fails_after_it_had_succeeded_is_found_and_sent_again_as_often_as_it_fails(bool postgres)
    {
        await using var till = await Till.Open(_stripe, postgres);
        var order = await till.PaidOrder();
        Assert.True((await till.Staff.Refund(order, new(Money.Won(10_000), "part"), "key")).Ok);
        Assert.Empty(await ReconciliationTests.Compare(till));

        for (var times = 0; times < 3; times++)
        {
            till.Clock.Forward(TimeSpan.FromMinutes(5));
            _stripe.FailLastRefund();

            var found = Assert.Single(await ReconciliationTests.Compare(till));
            Assert.Equal(("refund-extra", order, Money.Won(10_000), Money.Won(0)), (found.Kind, found.OrderId, found.Ours, found.Theirs));
            Assert.True((await till.Staff.Settle(found.Id, new(DifferenceAction.Repair, "as proposed"), $"{found.Id}")).Ok);
            Assert.Empty(await ReconciliationTests.Compare(till));
            Assert.Equal(10_000, (await till.Load(order)).Refunded);
        }
        Assert.Equal([30_000, -10_000, 10_000, -10_000, 10_000, -10_000, 10_000, -10_000], _stripe.Balances);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_refund_that_fails_days_after_it_had_succeeded_is_found_in_the_next_night_and_sent_again_once(bool postgres)
    {
        await using var till = await Till.Open(_stripe, postgres);
        var order = await till.PaidOrder();
        Assert.True((await till.Staff.Refund(order, new(Money.Won(10_000), "part"), "key")).Ok);
        Assert.Empty(await ReconciliationTests.NightAfter(till));
        Assert.Empty(await ReconciliationTests.NightAfter(till, days: 9));

        _stripe.FailLastRefund();

        var found = Assert.Single(await ReconciliationTests.NightAfter(till));
        Assert.Equal(("refund-extra", order, Money.Won(10_000), Money.Won(0)), (found.Kind, found.OrderId, found.Ours, found.Theirs));
        Assert.True((await till.Staff.Settle(found.Id, new(DifferenceAction.Repair, "as proposed"), "repair")).Ok);
        for (var nights = 0; nights < 7; nights++) Assert.Empty(await ReconciliationTests.NightAfter(till));
        Assert.Equal([30_000, -10_000, 10_000, -10_000], _stripe.Balances);
    }

    [Fact]
    public async Task What_is_repaired_while_the_books_are_read_is_not_shown_again()
    {
        await using var till = await Till.Open(_stripe);
        var order = await till.PaidOrder();
        Assert.True((await till.Staff.Refund(order, new(Money.Won(10_000), "part"), "key")).Ok);
        _stripe.FailLastRefund();
        var found = Assert.Single(await ReconciliationTests.Compare(till));
        var (read, repaired) = (new TaskCompletionSource(), new TaskCompletionSource());
        _stripe.AfterReport = () =>
        {
            read.TrySetResult();
            return repaired.Task;
        };

        var comparison = ReconciliationTests.Compare(till);
        await read.Task;
        Assert.True((await till.Staff.Settle(found.Id, new(DifferenceAction.Repair, "as proposed"), "repair")).Ok);
        await till.BooksAreSettled();
        repaired.SetResult();

        Assert.Empty(await comparison);
        Assert.Equal([30_000, -10_000, 10_000, -10_000], _stripe.Balances);
    }

    [Fact]
    public async Task A_charge_that_was_not_made_on_a_page_of_ours_goes_back()
    {
        await using var till = await Till.Open(_stripe);
        var key = _stripe.PayElsewhere(5_000);
        var found = Assert.Single(await ReconciliationTests.Compare(till));
        Assert.Equal(("unknown-order", key, Money.Won(5_000)), (found.Kind, found.ProviderKey, found.Theirs));

        Assert.True((await till.Staff.Settle(found.Id, new(DifferenceAction.Repair, "as proposed"), "repair")).Ok);

        Assert.Empty(await ReconciliationTests.Compare(till));
        Assert.Empty((await till.Staff.Reviews()).Required.Items);
        Assert.Equal([5_000, -5_000], _stripe.Balances);
    }

    [Fact]
    public async Task A_declined_card_is_told_though_its_notice_is_lost()
    {
        await using var till = await Till.Open(_stripe);
        _stripe.Tell(new("http://127.0.0.1:9"));
        var order = await till.CardOrder();

        Assert.Null(await till.Pay(order, Payer.HasNoFunds));

        await Eventually.Sees(() => till.Service.Announced<PaymentDeclined>(), m => m.Count > 0);
        Assert.Equal("insufficient-funds", (await till.Member().Get(order)).Required.LastDecline);
        Assert.Equal(PaymentStatus.Open, (await till.Load(order)).Status);
    }

    [Theory, InlineData("KRW", 30_000, 30_000), InlineData("JPY", 3_000, 3_000), InlineData("USD", 1_999, 1_999), InlineData("ISK", 500, 50_000), InlineData("UGX", 500, 50_000)]
    public async Task Money_is_counted_as_stripe_counts_it(string currency, long minor, long units)
    {
        await using var till = await Till.Open(_stripe, false, ("Mall:Currency", currency));
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order) with { Amount = new(minor, currency) });

        var key = await till.Pay(order, Payer.Pays);
        Assert.Equal(new Money(minor, currency), (await till.Member().Confirm(order, new(key!, new(minor, currency)))).Required.Captured);
        Assert.True((await till.Staff.Refund(order, new(new(minor, currency), "all"), "all")).Ok);

        Assert.Equal([units, -units], _stripe.Balances);
        await till.BooksAreEqual();
    }
}
