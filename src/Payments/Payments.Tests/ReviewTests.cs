using System.Net.Http.Json;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments.Tests;

/// <summary>What does not settle itself comes to people, with all that happened, and their word settles it once.</summary>
public class ReviewTests
{
    static (string, string)[] Down => [.. new SandboxPayStandIn().Down, ("Payments:ReviewAfterSeconds", "0")];

    static async Task<Guid> InstantOrder(Till till)
    {
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order, method: PaymentMethods.Instant));
        return order;
    }

    static async Task<IReadOnlyList<PaymentReview>> Reviews(Till till) => (await till.Staff.Reviews()).Required.Items;

    static Task<PaymentReview> Review(Till till, Guid order, string kind) =>
        Eventually.Sees(async () => (await Reviews(till)).FirstOrDefault(r => r.OrderId == order && r.Kind == kind), r => r is not null)!;

    /// <summary>An order whose money the provider will not send back: somebody has sent it back at the provider already.</summary>
    static async Task<Guid> RefusedOrder(Till till)
    {
        var order = await till.PaidOrder();
        await till.AtProvider($"/payments/{(await till.Load(order)).ProviderKey}/refunds", new { amount = Money.Won(30_000), reason = "by hand" });
        await till.Hear(new CancelPayment(order, "buyer"));
        return order;
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_refused_refund_of_a_cancelled_order_waits_for_staff_with_its_whole_path(bool postgres)
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), postgres);
        var order = await RefusedOrder(till);

        var first = await Review(till, order, "refund-refused");
        Assert.Equal(("refund", Money.Won(30_000), "exceeds-captured"), (first.Call, first.Amount, first.Answer));
        var path = (await till.Staff.Path(order)).Required;
        Assert.Equal(["openPage", "confirm", "refund"], path.Calls.Where(c => c.Kind != "find").Select(c => c.Kind));
        Assert.All(path.Calls, c => Assert.NotNull(c.AnsweredAt));
        Assert.Equal(("refused", "exceeds-captured"), (Assert.Single(path.Refunds).Status, path.Refunds[0].Refusal));

        Assert.True((await till.Staff.Decide(first.Id, new(PaymentAction.AskAgain, "perhaps now"), "a")).Ok);
        Assert.True((await till.Staff.Decide(first.Id, new(PaymentAction.AskAgain, "perhaps now"), "b")).Ok);
        var second = await Eventually.Sees(async () => (await Reviews(till)).SingleOrDefault(r => r.Id != first.Id), r => r is not null);
        Assert.Equal(30_000, (await till.Load(order)).Captured - (await till.Load(order)).RefundsAsked);

        foreach (var key in new[] { "c", "c", "d" })
            Assert.Equal("doneOutside", (await till.Staff.Decide(second!.Id, new(PaymentAction.DoneOutside, "bank transfer of 25 November"), key)).Required.Action);
        Assert.True((await till.Staff.Decide(second!.Id, new(PaymentAction.Settle, "twice"), "e")).Problem!.Is("already-settled"));

        Assert.Empty(await Reviews(till));
        Assert.Equal([Money.Won(30_000)], (await till.Service.Announced<PaymentRefunded>()).Select(m => m.RefundedTotal));
        var after = (await till.Staff.Path(order)).Required;
        Assert.Equal((PaymentStatus.Refunded, Money.Won(30_000)), (after.Payment.Status, after.Payment.Refunded));
        Assert.Equal(["capture", "refund-outside"], after.Payment.Ledger.Select(l => l.Kind));
        Assert.Equal(["replaced", "outside"], after.Refunds.Select(r => r.Status));
        Assert.Equal(["askAgain", "doneOutside"], after.Decisions.Select(d => d.Action));
        Assert.All(after.Decisions, d => Assert.NotEqual(Guid.Empty, d.By));
    }

    [Fact]
    public async Task A_refused_refund_can_be_asked_for_again_and_succeed_or_be_dropped()
    {
        await using var till = await Till.Open(new SandboxPayStandIn());
        var order = await till.PaidOrder();
        await till.AtProvider($"/payments/{(await till.Load(order)).ProviderKey}/refunds", new { amount = Money.Won(20_000), reason = "by hand" });
        Assert.True((await till.Staff.Refund(order, new(Money.Won(15_000), "too much"), "one")).Problem!.Is("refund-refused"));
        Assert.True((await till.Staff.Refund(order, new(Money.Won(12_000), "too much"), "two")).Problem!.Is("refund-refused"));
        var waiting = await Reviews(till);
        Assert.Equal([15_000, 12_000], waiting.Select(r => r.Amount.Amount));

        Assert.True((await till.Staff.Decide(waiting[1].Id, new(PaymentAction.Settle, "a mistake of ours"), "s")).Ok);
        Assert.Equal(waiting[0], Assert.Single(await Reviews(till)) with { Actions = waiting[0].Actions });
        Assert.True((await till.Staff.Refund(order, new(Money.Won(12_000), "too much"), "two")).Problem!.Is("refund-refused"));
        Assert.Equal(PaymentStatus.Captured, (await till.Load(order)).Status);
    }

    [Fact]
    public async Task A_part_that_was_refused_before_the_order_went_off_goes_back_with_the_rest_and_nobody_is_asked()
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), false, new SandboxPayStandIn().Down);
        var order = await InstantOrder(till);
        await till.Answer(order, new ProviderAnswer.Captured("pay_1", Money.Won(30_000)), CallKind.Charge);
        await till.Staff.Refund(order, new(Money.Won(5_000), "part"), "part");
        await till.Hear(new CancelPayment(order, "buyer"));
        await till.Answer(order, new ProviderAnswer.Refused("too-soon"), CallKind.Refund, amount: 5_000);

        Assert.Empty(await Reviews(till));
        Assert.Equal([5_000, 5_000, 25_000], (await till.Staff.Path(order)).Required.Refunds.Select(r => r.Amount.Amount).Order());
        Assert.Equal(30_000, (await till.Load(order)).RefundsAsked);
    }

    [Fact]
    public async Task A_part_and_a_rest_that_are_both_refused_are_asked_for_as_one_whichever_is_refused_first()
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), false, new SandboxPayStandIn().Down);
        var order = await InstantOrder(till);
        await till.Answer(order, new ProviderAnswer.Captured("pay_1", Money.Won(30_000)), CallKind.Charge);
        await till.Staff.Refund(order, new(Money.Won(5_000), "part"), "part");
        await till.Hear(new CancelPayment(order, "buyer"));

        await till.Answer(order, new ProviderAnswer.Refused("too-soon"), CallKind.Refund, amount: 25_000);
        Assert.Equal([25_000], (await Reviews(till)).Select(r => r.Amount.Amount));
        await till.Answer(order, new ProviderAnswer.Refused("too-soon"), CallKind.Refund, amount: 5_000);

        Assert.Empty(await Reviews(till));
        Assert.Equal(["asked", "replaced", "replaced"], (await till.Staff.Path(order)).Required.Refunds.Select(r => r.Status).Order());
        Assert.Equal(30_000, (await till.Load(order)).RefundsAsked);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_charge_that_is_never_answered_comes_to_staff_after_its_time_and_their_word_settles_it_once(bool postgres)
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), postgres, Down);
        var (charged, not) = (await InstantOrder(till), await InstantOrder(till));
        var first = await Review(till, charged, "unanswered");
        Assert.Equal([PaymentAction.AskAgain, PaymentAction.Happened, PaymentAction.DidNotHappen], first.Actions);

        Assert.Contains("providerKey", (await till.Staff.Decide(first.Id, new(PaymentAction.Happened, "seen"), "k1")).Problem!.Errors!.Keys);
        Assert.Contains("action", (await till.Staff.Decide(first.Id, new(PaymentAction.DoneOutside, "seen"), "k2")).Problem!.Errors!.Keys);
        Assert.Contains("reason", (await till.Staff.Decide(first.Id, new(PaymentAction.Happened, " ", "pay_9"), "k3")).Problem!.Errors!.Keys);
        foreach (var key in new[] { "k4", "k4", "k5" }) Assert.True((await till.Staff.Decide(first.Id, new(PaymentAction.Happened, "seen in their console", "pay_9"), key)).Ok);
        var second = await Review(till, not, "unanswered");
        foreach (var key in new[] { "k6", "k7" }) Assert.True((await till.Staff.Decide(second.Id, new(PaymentAction.DidNotHappen, "not in their console"), key)).Ok);

        Assert.Empty(await Reviews(till));
        Assert.Equal([new(charged, Money.Won(30_000))], await till.Service.Announced<PaymentCaptured>());
        Assert.Equal([new(not, "not-charged", true)], await till.Service.Announced<PaymentDeclined>());
        Assert.Equal("pay_9", (await till.Service.Db(db => db.Ledger.SingleAsync())).Reference);
    }

    [Fact]
    public async Task Nothing_comes_to_staff_before_its_time_and_asking_again_asks_now()
    {
        await using var patient = await Till.Open(new SandboxPayStandIn(), false, new SandboxPayStandIn().Down);
        var waiting = await InstantOrder(patient);
        await Eventually.Sees(() => patient.Service.Db(db => db.Calls.SingleAsync(c => c.OrderId == waiting)), c => c.Attempts > 0);
        Assert.Empty(await Reviews(patient));

        await using var till = await Till.Open(new SandboxPayStandIn(), false, [.. Down, ("Payments:RetrySeconds", "60")]);
        var order = await InstantOrder(till);
        var review = await Eventually.Sees(async () => (await Reviews(till)).Single(), r => r.Attempts == 1);
        Assert.True(review.NextTryAt > DateTimeOffset.UtcNow.AddSeconds(20));
        Assert.True((await till.Staff.Decide(review.Id, new(PaymentAction.AskAgain, "they are back"), "now")).Ok);
        await Eventually.Sees(async () => (await Reviews(till)).Single(), r => r.Attempts == 2);
    }

    [Fact]
    public async Task Lists_in_pages_for_staff_only()
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), false, Down);
        for (var i = 0; i < 5; i++) await InstantOrder(till);
        var pages = new List<PaymentReview>();
        for (string? after = null; ;)
        {
            var page = (await till.Staff.Reviews(after, limit: 2)).Required;
            pages.AddRange(page.Items);
            if ((after = page.Next) is null) break;
        }
        Assert.Equal(5, pages.Select(r => r.Id).Distinct().Count());
        Assert.Equal(5, pages.Count);
        Assert.Equal(403, (await till.Member().Reviews()).Problem!.Status);
        Assert.Equal(403, (await till.Member().Path(pages[0].OrderId)).Problem!.Status);
        Assert.Equal(403, (await till.Member().Decide(pages[0].Id, new(PaymentAction.AskAgain, "me"), "k")).Problem!.Status);
        Assert.Equal(404, (await till.Staff.Decide(Guid.CreateVersion7(), new(PaymentAction.AskAgain, "none"), "k")).Problem!.Status);
        Assert.Equal(404, (await till.Staff.Path(Guid.CreateVersion7())).Problem!.Status);
        using var raw = await till.Service.As(Guid.CreateVersion7(), staff: true).PostAsJsonAsync($"/api/payments/reviews/{pages[0].Id}/decisions", new { action = "forget", reason = "x" });
        Assert.Equal(400, (int)raw.StatusCode);
    }

    public static TheoryData<string, string> Unfit => new()
    {
        { "Charge", "waiting" }, { "Charge", "voided" }, { "Confirm", "voided" }, { "Confirm", "waiting" }, { "Refund", "voided" }, { "Refund", "captured" }, { "Void", "waiting" }, { "OpenPage", "voided" },
    };

    [Theory, MemberData(nameof(Unfit))]
    public void An_answer_that_does_not_say_what_became_of_a_call_never_ends_it(string kind, string answer)
    {
        ProviderAnswer given = answer switch { "waiting" => new ProviderAnswer.Waiting(false, 0, null), "voided" => new ProviderAnswer.Voided(), _ => new ProviderAnswer.Captured("pay", Money.Won(1)) };
        Assert.False(given.Ends(Enum.Parse<CallKind>(kind)));
    }

    [Fact]
    public async Task A_charge_of_a_cancelled_order_is_asked_about_until_it_is_known_whether_money_is_to_go_back()
    {
        // Its next try would come too soon on a slow machine: a charge that never reached anybody ends with its order.
        await using var till = await Till.Open(new SandboxPayStandIn(), false, [.. Down, ("Payments:RetrySeconds", "60")]);
        var order = await InstantOrder(till);
        await Eventually.Sees(async () => (await Reviews(till)).Single(), r => r.Attempts == 1);
        await till.Hear(new CancelPayment(order, "buyer"));
        await till.Answer(order, new ProviderAnswer.Waiting(false, 0, null), CallKind.Charge);
        Assert.Equal("charge", (await Review(till, order, "unanswered")).Call);

        await till.Answer(order, new ProviderAnswer.Captured("pay_1", Money.Won(30_000)), CallKind.Charge);
        Assert.Equal("refund", (await Review(till, order, "unanswered")).Call);
    }
}
