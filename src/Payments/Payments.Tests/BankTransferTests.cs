using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments.Tests;

/// <summary>무통장입금: the buyer sends the money, staff enter what came in; nothing is guessed.</summary>
public class BankTransferTests
{
    static readonly (string, string)[] Account = [("Payments:BankTransfer:Bank", "국민은행"), ("Payments:BankTransfer:AccountNumber", "123-45-678901"), ("Payments:BankTransfer:Holder", "장터")];

    static Task<Till> Open(bool postgres = false) => Till.Open(new SandboxPayStandIn(), postgres, Account);

    /// <summary>An order that waits for its deposit, and the code to write.</summary>
    static async Task<(Guid Order, string Code)> Order(Till till, long won = 30_000, double hours = 72)
    {
        var order = Guid.CreateVersion7();
        await till.Hear(Till.Request(order, won, PaymentMethods.BankTransfer) with { ExpiresAt = DateTimeOffset.UtcNow.AddHours(hours) });
        return (order, (await till.Member().Get(order)).Required.Deposit!.Code);
    }

    static DepositLine Line(string depositor, long won = 30_000, string reference = "") => new(DateTimeOffset.UnixEpoch.AddSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()), Money.Won(won), depositor, reference);

    static async Task<DepositView> Unmatched(Till till) => Assert.Single((await till.Staff.Deposits(DepositStatus.Unmatched)).Required.Items);

    [Fact]
    public async Task Is_offered_when_the_shop_has_named_its_account_and_declined_otherwise()
    {
        await using var till = await Open();
        Assert.Equal(["card", "instant", "bank-transfer"], (await new PaymentsClient(till.Service.Http).Methods()).Required.Methods);
        var (order, code) = await Order(till);
        var deposit = (await till.Member().Get(order)).Required.Deposit!;
        Assert.Equal(("국민은행", "123-45-678901", "장터"), (deposit.Bank, deposit.AccountNumber, deposit.Holder));
        Assert.Matches("^[2-9A-HJ-NP-Z]{6}$", code);
        Assert.True((await till.Member().Start(order)).Problem!.Is("no-page"));

        await using var other = await Till.Open(new SandboxPayStandIn());
        Assert.Equal(["card", "instant"], (await new PaymentsClient(other.Service.Http).Methods()).Required.Methods);
        var refused = Guid.CreateVersion7();
        await other.Hear(Till.Request(refused, method: PaymentMethods.BankTransfer));
        Assert.Equal([new(refused, "method-not-offered", true)], await other.Service.Announced<PaymentDeclined>());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_deposit_with_the_code_and_the_amount_pays_its_order_once_however_often_it_is_entered(bool postgres)
    {
        await using var till = await Open(postgres);
        var (order, code) = await Order(till);
        var line = Line($"김하나 {code[..3].ToLowerInvariant()} {code[3..]}");

        var entered = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => till.Staff.EnterDeposits([line])));

        Assert.Equal(1, entered.Sum(e => e.Required.Added));
        Assert.Equal(1, entered.Sum(e => e.Required.Matched));
        Assert.Equal([new(order, Money.Won(30_000))], await till.Service.Announced<PaymentCaptured>());
        Assert.Equal(PaymentStatus.Captured, (await till.Load(order)).Status);
        Assert.Equal(order, Assert.Single((await till.Staff.Deposits(DepositStatus.Matched)).Required.Items).OrderId);
        await till.BooksAreEqual();
    }

    [Fact]
    public async Task Equal_lines_of_one_statement_are_two_deposits_and_the_second_is_shown()
    {
        await using var till = await Open();
        var (_, code) = await Order(till);
        var line = Line(code);

        Assert.Equal(new(2, 1, 0), (await till.Staff.EnterDeposits([line, line])).Required);
        Assert.Equal(new(0, 0, 2), (await till.Staff.EnterDeposits([line, line])).Required);

        Assert.Equal("not-open", (await Unmatched(till)).Why);
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
    }

    [Theory]
    [InlineData("no-code", "김하나", 30_000)]
    [InlineData("wrong-amount", "{0}", 29_999)]
    [InlineData("wrong-amount", "{0}", 30_001)]
    [InlineData("ambiguous", "{0}{1}", 30_000)]
    [InlineData("not-open", "{2}", 30_000)]
    public async Task Anything_else_is_shown_and_never_guessed(string why, string depositor, long won)
    {
        await using var till = await Open();
        var (order, code) = await Order(till);
        var (_, another) = await Order(till);
        var (late, lateCode) = await Order(till, hours: -1);
        await till.Hear(new CancelPayment(late, "expired"));

        await till.Staff.EnterDeposits([Line(string.Format(depositor, code, another, lateCode), won)]);

        Assert.Equal(why, (await Unmatched(till)).Why);
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
        Assert.Equal(PaymentStatus.Open, (await till.Load(order)).Status);
        await till.BooksAreEqual();
    }

    [Fact]
    public async Task Staff_match_a_deposit_without_a_code_but_never_one_of_another_amount_or_of_an_order_that_is_off()
    {
        await using var till = await Open();
        var (order, _) = await Order(till);
        var (dear, _) = await Order(till, 31_000);
        var (off, _) = await Order(till);
        await till.Hear(new CancelPayment(off, "expired"));
        await till.Staff.EnterDeposits([Line("김하나")]);
        var deposit = await Unmatched(till);
        Assert.Equal([order], deposit.Candidates.Select(c => c.OrderId));

        Assert.True((await till.Staff.MatchDeposit(deposit.Id, dear)).Problem!.Is("amount-mismatch"));
        Assert.True((await till.Staff.MatchDeposit(deposit.Id, off)).Problem!.Is("payment-closed"));
        Assert.Contains("orderId", (await till.Staff.MatchDeposit(deposit.Id, Guid.NewGuid())).Problem!.Errors!.Keys);
        Assert.Equal(404, (await till.Staff.MatchDeposit(Guid.NewGuid(), order)).Problem!.Status);
        Assert.Equal(403, (await till.Member().MatchDeposit(deposit.Id, order)).Problem!.Status);
        Assert.Equal(order, (await till.Staff.MatchDeposit(deposit.Id, order)).Required.OrderId);
        Assert.Equal(order, (await till.Staff.MatchDeposit(deposit.Id, order)).Required.OrderId);

        Assert.True((await till.Staff.MatchDeposit(deposit.Id, dear)).Problem!.Is("already-settled"));
        Assert.True((await till.Staff.ReturnDeposit(deposit.Id, "back")).Problem!.Is("already-settled"));
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
        await till.BooksAreEqual();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Two_deposits_matched_to_one_order_at_once_pay_it_once(bool postgres)
    {
        await using var till = await Open(postgres);
        var (order, _) = await Order(till);
        await till.Staff.EnterDeposits([.. Enumerable.Range(0, 20).Select(i => Line("김하나", reference: $"{i}"))]);
        var deposits = (await till.Staff.Deposits(limit: 50)).Required.Items;

        var matches = await Task.WhenAll(deposits.Select(d => till.Staff.MatchDeposit(d.Id, order)));

        Assert.Equal(1, matches.Count(m => m.Ok));
        Assert.All(matches.Where(m => !m.Ok), m => Assert.True(m.Problem!.Is("payment-closed")));
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
        await till.BooksAreEqual();
    }

    [Fact]
    public async Task A_deposit_after_the_deadline_is_shown_and_noted_when_it_was_sent_back()
    {
        await using var till = await Open();
        var (order, code) = await Order(till);
        await till.Hear(new CancelPayment(order, "expired"));
        await till.Staff.EnterDeposits([Line(code)]);
        var late = await Unmatched(till);
        Assert.Equal(("not-open", false), (late.Why, Assert.Single(late.Candidates).Fits));

        Assert.Equal(DepositStatus.Returned, (await till.Staff.ReturnDeposit(late.Id, "김하나 국민 11-22")).Required.Status);
        Assert.Equal(DepositStatus.Returned, (await till.Staff.ReturnDeposit(late.Id, "김하나 국민 11-22")).Required.Status);

        Assert.Empty((await till.Staff.Deposits(DepositStatus.Unmatched)).Required.Items);
        Assert.Equal(PaymentStatus.Voided, (await till.Load(order)).Status);
        await till.BooksAreEqual();
    }

    [Fact]
    public async Task Money_of_a_cancelled_order_goes_back_by_hand_and_staff_say_when()
    {
        await using var till = await Open();
        var (order, code) = await Order(till);
        await till.Staff.EnterDeposits([Line(code)]);

        await till.Hear(new CancelPayment(order, "buyer"));

        var review = await Eventually.Sees(async () => (await till.Staff.Reviews()).Required.Items, r => r.Count == 1);
        Assert.Equal((order, "refund-refused", Refunding.ByHand), (review[0].OrderId, review[0].Kind, review[0].Answer));
        Assert.True((await till.Staff.Decide(review[0].Id, new(PaymentAction.DoneOutside, "국민 11-22로 보냄"), "sent")).Ok);
        Assert.Equal([(30_000L, 30_000L)], (await till.Service.Announced<PaymentRefunded>()).Select(m => (m.Amount.Amount, m.RefundedTotal.Amount)));
        Assert.Equal(PaymentStatus.Refunded, (await till.Load(order)).Status);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_part_that_waits_to_be_sent_when_the_order_goes_off_is_sent_with_the_rest_and_not_beside_it(bool postgres)
    {
        await using var till = await Open(postgres);
        var (order, code) = await Order(till, 10_000);
        await till.Staff.EnterDeposits([Line(code, 10_000)]);
        Assert.True((await till.Staff.Refund(order, new(Money.Won(3_000), "part"), "part")).Ok);
        Assert.Equal([3_000], (await till.Staff.Reviews()).Required.Items.Select(r => r.Amount.Amount));

        await till.Hear(new CancelPayment(order, "buyer"));

        var rest = await Eventually.Sees(async () => (await till.Staff.Reviews()).Required.Items.SingleOrDefault(), r => r is not null);
        Assert.Equal(10_000, rest!.Amount.Amount);
        Assert.True((await till.Staff.Decide(rest.Id, new(PaymentAction.DoneOutside, "국민 11-22로 보냄"), "sent")).Ok);
        Assert.Equal((PaymentStatus.Refunded, 10_000), ((await till.Load(order)).Status, (await till.Load(order)).Refunded));
        Assert.Empty((await till.Staff.Reviews()).Required.Items);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Parts_that_wait_to_be_sent_are_together_never_more_than_came_in(bool postgres)
    {
        await using var till = await Open(postgres);
        var (order, code) = await Order(till, 10_000);
        await till.Staff.EnterDeposits([Line(code, 10_000)]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => till.Staff.Refund(order, new(Money.Won(6_000), "part"), $"{i}")));

        Assert.Equal(1, answers.Count(a => a.Ok));
        Assert.All(answers.Where(a => !a.Ok), a => Assert.True(a.Problem!.Is("refund-exceeds-captured")));
        Assert.True((await till.Staff.Refund(order, new(Money.Won(4_000), "part"), "more")).Ok);
        Assert.False((await till.Staff.Refund(order, new(Money.Won(1), "part"), "too much")).Ok);
        foreach (var review in (await till.Staff.Reviews()).Required.Items) Assert.True((await till.Staff.Decide(review.Id, new(PaymentAction.DoneOutside, "보냄"), $"{review.Id}")).Ok);
        Assert.Equal((PaymentStatus.Refunded, 10_000), ((await till.Load(order)).Status, (await till.Load(order)).Refunded));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_is_personal_is_kept_as_long_as_the_law_asks_and_no_longer(bool postgres)
    {
        await using var till = await Open(postgres);
        var (order, code) = await Order(till);
        await till.Staff.EnterDeposits([Line($"김하나 {code}"), Line("이두리")]);
        await till.Staff.Refund(order, new(Money.Won(1_000), "김하나 님이 원함"), "part");
        var review = Assert.Single((await till.Staff.Reviews()).Required.Items);
        Assert.True((await till.Staff.Decide(review.Id, new(PaymentAction.DoneOutside, "김하나 국민 11-22로 보냄"), "sent")).Ok);
        var ledger = await till.Service.Db(db => db.Ledger.CountAsync());

        await till.Hear(new OrderErased(order), new OrderErased(Guid.CreateVersion7()));

        Assert.Equal("이두리", (await Unmatched(till)).Depositor);
        var payment = await till.Load(order);
        Assert.Equal((Guid.Empty, "", null, 29_000), (payment.MemberId, payment.Title, payment.DepositCode, payment.Captured - payment.Refunded));
        var path = JsonSerializer.Serialize((await till.Staff.Path(order)).Required, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Assert.DoesNotContain("김하나", path);
        Assert.Equal(ledger, await till.Service.Db(db => db.Ledger.CountAsync()));
        Assert.Equal(404, (await till.Member().Get(order)).Problem!.Status);
        till.Clock.Forward(TimeSpan.FromDays(5 * 366));
        await Eventually.Holds(async () => !await till.Service.Db(db => db.Deposits.AnyAsync()), "the deposit is deleted");
    }

    [Fact]
    public async Task Lines_that_cannot_be_are_refused_and_none_is_entered()
    {
        await using var till = await Open();
        var good = Line("김하나");
        foreach (var (bad, field) in new[] { (good with { Amount = Money.Won(0) }, "lines[1].amount"), (good with { Amount = new(5, "USD") }, "lines[1].amount.currency"), (good with { ReceivedAt = DateTimeOffset.UtcNow.AddDays(3) }, "lines[1].receivedAt"), (good with { Depositor = " " }, "lines[1].depositor") })
            Assert.Contains(field, (await till.Staff.EnterDeposits([good, bad])).Problem!.Errors!.Keys);
        var none = await till.Service.As(Guid.CreateVersion7(), staff: true).PostAsJsonAsync("/api/payments/deposits", new { lines = Array.Empty<int>() });
        Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);
        Assert.Equal(403, (await till.Member().EnterDeposits([good])).Problem!.Status);
        Assert.Equal(0, await till.Service.Db(db => db.Deposits.CountAsync()));
    }
}
