using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Jangteo.SandboxPay;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments.Tests;

/// <summary>However SandboxPay misbehaves, every payment is settled, the provider's books equal ours and a comparison finds nothing.</summary>
public class MisbehavingProviderTests
{
    // The answer of a person who waits is not what is tested, so nobody waits long.
    static async Task<Till> Open(bool postgres, Dictionary<string, object> misbehaviour)
    {
        var till = await Till.Open(new SandboxPayStandIn(), postgres, ("SandboxPay:HangSeconds", "0.8"), ("Payments:AnswerWaitSeconds", "3"));
        await till.AtProvider("/misbehaviour", misbehaviour, HttpMethod.Put);
        return till;
    }

    /// <summary>All that there are, so that a new one cannot be forgotten.</summary>
    public static TheoryData<string> Scenarios => [.. Misbehaviour.Scenarios.Select(p => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(p.Name))];

    /// <summary>One of each: charged at once, paid on the page by somebody who comes back, cancelled after, refunded in part.</summary>
    static async Task Trade(Till till, int seed, bool comesBack = true)
    {
        var random = new Random(seed);
        Guid Id()
        {
            var bytes = new byte[16];
            random.NextBytes(bytes);
            return new(bytes);
        }
        var (instant, cancelled, card, part) = (Id(), Id(), Id(), Id());
        await till.Hear(Till.Request(instant, method: PaymentMethods.Instant), Till.Request(cancelled, method: PaymentMethods.Instant), Till.Request(card), Till.Request(part));
        foreach (var order in new[] { card, part }) await PayOnThePage(till, order, comesBack);
        await till.Hear(new CancelPayment(cancelled, "buyer"));
        await till.Staff.Refund(part, new(Money.Won(4_000), "하나가 상했어요"), "part");
        await AllIsSettled(till);
        Assert.Equal(30_000, (await till.Load(card)).Captured);
        Assert.Equal((30_000, 4_000), ((await till.Load(part)).Captured, (await till.Load(part)).Refunded));
        Assert.Equal((await till.Load(cancelled)).Captured, (await till.Load(cancelled)).Refunded);
        Assert.Contains((await till.Load(instant)).Status, new[] { PaymentStatus.Captured, PaymentStatus.Declined });
    }

    // A payer whose page did not open, or did not come back, tries once more.
    static async Task PayOnThePage(Till till, Guid order, bool comesBack)
    {
        var page = await Eventually.Sees(async () => (await Start(till, order))?.RedirectUrl, url => url is not null);
        var key = await till.PayAt(page!, Payer.Pays);
        Assert.NotNull(key);
        if (comesBack) await Eventually.Sees(async () => (await till.Member().Confirm(order, new(key, Money.Won(30_000)))).Value?.Status, s => s == PaymentStatus.Captured);
        else await till.Becomes(order, PaymentStatus.Captured);
    }

    static async Task<PaymentStart?> Start(Till till, Guid order)
    {
        try
        {
            return (await till.Member().Start(order)).Value;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    static async Task AllIsSettled(Till till)
    {
        await Eventually.Sees(() => till.Service.Db(db => db.Calls.CountAsync(c => c.NextTryAt != null)), open => open == 0);
        await till.BooksAreEqual();
        Assert.Empty((await till.Staff.Reviews()).Required.Items);
        var asked = (await till.Staff.Reconcile(new(), Guid.CreateVersion7().ToString())).Required;
        await Eventually.Sees(async () => (await till.Staff.Reconciliations()).Required.Items.Single(r => r.Id == asked.Id), r => r.Status == "done");
        Assert.Empty((await till.Staff.Differences()).Required.Items);
    }

    [Theory, MemberData(nameof(Scenarios))]
    public async Task Whatever_it_does_always_all_is_settled_once(string scenario)
    {
        await using var till = await Open(false, new() { [scenario] = 1, ["attempts"] = 2, ["seed"] = 1 });
        await Trade(till, seed: 11, comesBack: true);
    }

    [Theory, InlineData("losesTheAnswer"), InlineData("notifiesLate"), InlineData("notifiesTwice"), InlineData("notifiesOutOfOrder"), InlineData("notifiesWrongAmount")]
    public async Task A_payer_who_never_comes_back_has_paid_nevertheless(string scenario)
    {
        await using var till = await Open(false, new() { [scenario] = 1, ["attempts"] = 2 });
        await Trade(till, seed: 12, comesBack: false);
    }

    [Theory, InlineData(1, false), InlineData(2, false), InlineData(3, true)]
    public async Task A_mix_by_seed_is_settled(int seed, bool postgres)
    {
        await using var till = await Open(postgres, new()
        {
            ["seed"] = seed, ["attempts"] = 3, ["delayMilliseconds"] = 200, ["declines"] = 0.2, ["delays"] = 0.2, ["isDown"] = 0.2, ["dropsTheCall"] = 0.2, ["losesTheAnswer"] = 0.2, ["timesOut"] = 0.1,
            ["answersTwice"] = 0.2, ["notifiesLate"] = 0.2, ["notifiesTwice"] = 0.2, ["notifiesOutOfOrder"] = 0.2, ["notifiesForged"] = 0.3, ["notifiesWrongAmount"] = 0.3, ["notifiesNever"] = 0.2,
        });
        for (var round = 0; round < 4; round++) await Trade(till, seed * 100 + round);
    }

    [Fact]
    public async Task One_that_never_answers_again_comes_to_staff_and_is_settled_when_it_does()
    {
        var till = await Till.Open(new SandboxPayStandIn(), false, ("Payments:ReviewAfterSeconds", "0"));
        await using var _ = till;
        await till.AtProvider("/misbehaviour", new { isDown = 1, attempts = 1_000_000 }, HttpMethod.Put);
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order, method: PaymentMethods.Instant));
        var review = await Eventually.Sees(async () => (await till.Staff.Reviews()).Required.Items.SingleOrDefault(), r => r is { Attempts: > 1 });
        Assert.Equal(("unanswered", "charge", order), (review!.Kind, review.Call, review.OrderId));
        await till.AtProvider("/misbehaviour", new { }, HttpMethod.Put);
        Assert.True((await till.Staff.Decide(review.Id, new(PaymentAction.AskAgain, "they are back"), "k")).Ok);
        await till.Becomes(order, PaymentStatus.Captured);
        Assert.Empty((await till.Staff.Reviews()).Required.Items);
        await till.BooksAreEqual();
    }
}
