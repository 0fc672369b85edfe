using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jangteo.Payments.Tests;

/// <summary>Every kind of difference that is planted is found, its repair brings the books together, and repairing again does nothing.</summary>
public class ReconciliationTests
{
    static Task<Till> Open(bool postgres) => Till.Open(new SandboxPayStandIn(), postgres, ("Payments:CallTimeoutSeconds", "5"));

    internal static async Task<IReadOnlyList<DifferenceView>> Compare(Till till)
    {
        await NothingIsUnderWay(till);
        var asked = (await till.Staff.Reconcile(new(), Guid.CreateVersion7().ToString())).Required;
        var run = await Eventually.Sees(async () => (await till.Staff.Reconciliations()).Required.Items.Single(r => r.Id == asked.Id), r => r.Status is "done" or "failed");
        Assert.Null(run.Error);
        return (await till.Staff.Differences()).Required.Items;
    }

    /// <summary>What the comparison of the night shows, so many days later.</summary>
    internal static async Task<IReadOnlyList<DifferenceView>> NightAfter(Till till, int days = 1)
    {
        await NothingIsUnderWay(till);
        till.Clock.Forward(TimeSpan.FromDays(days));
        var now = till.Clock.GetUtcNow();
        await Eventually.Holds(() => till.Service.Db(db => db.Reconciliations.AnyAsync(r => r.Day != null && r.Until >= now && r.EndedAt != null)), "the night's comparison");
        return (await till.Staff.Differences()).Required.Items;
    }

    // The watch of what is paid is over soon, and until then its order is left for the next time.
    static Task NothingIsUnderWay(Till till) => Eventually.Sees(() => till.Service.Db(db =>
        db.Calls.CountAsync(c => c.NextTryAt != null && (c.Kind != CallKind.Watch || db.Payments.Any(p => p.OrderId == c.OrderId && p.Captured > 0)))), open => open == 0);

    static async Task<DifferenceView> TheOnlyOne(Till till, string kind, Guid order)
    {
        var found = Assert.Single(await Compare(till));
        Assert.Equal((kind, order), (found.Kind, found.OrderId));
        return found;
    }

    /// <summary>Repairs three times over; once is enough, and a comparison after it finds nothing.</summary>
    static async Task Repaired(Till till, DifferenceView found)
    {
        foreach (var key in new[] { "a", "a", "b" }) Assert.Equal("repair", (await till.Staff.Settle(found.Id, new(DifferenceAction.Repair, "as proposed"), key + found.Id)).Required.Action);
        Assert.True((await till.Staff.Settle(found.Id, new(DifferenceAction.Leave, "no"), "c" + found.Id)).Problem!.Is("already-settled"));
        Assert.Empty(await Compare(till));
        Assert.Equal(1, await till.Service.Db(db => db.Decisions.CountAsync(d => d.SubjectId == found.Id)));
        await TotalsAreEqual(till);
    }

    static async Task TotalsAreEqual(Till till)
    {
        var ours = await till.Service.Db(async db => (await db.Ledger.AsNoTracking().Where(e => e.Kind != LedgerEntry.RefundOutside).ToListAsync())
            .Sum(e => e.Kind is LedgerEntry.RefundKind or LedgerEntry.ExtraRefund or LedgerEntry.CaptureReversed ? -e.Amount.Amount : e.Amount.Amount));
        var theirs = 0L;
        await foreach (var t in till.Provider.Report(DateTimeOffset.UnixEpoch, till.Clock.GetUtcNow().AddMinutes(1), CancellationToken.None)) theirs += t.Kind == "capture" ? t.Amount.Amount : -t.Amount.Amount;
        Assert.Equal(theirs, ours);
    }

    static Task<string> ChargeAtProvider(Till till, string reference, long won) => till.AtProvider("/charges", new { reference, customer = "somebody", amount = Money.Won(won), title = "t" })
        .ContinueWith(t => t.Result.GetProperty("paymentKey").GetString()!, TaskScheduler.Default);

    /// <summary>Changes our own books, as nobody but a fault could.</summary>
    static Task<int> InOurs(Till till, Func<PaymentsDb, Task> change) => till.Service.Db(async db =>
    {
        await db.Unit(async () =>
        {
            await change(db);
            await db.SaveChangesAsync();
        }, CancellationToken.None);
        return 0;
    });

    static LedgerEntry Entry(Guid order, string kind, long won, string reference) => new() { Id = Guid.CreateVersion7(), OrderId = order, Kind = kind, Amount = Money.Won(won), Reference = reference, At = DateTimeOffset.UtcNow };

    [Theory, InlineData(false), InlineData(true)]
    public async Task Equal_books_give_an_empty_list_however_they_came_about(bool postgres)
    {
        await using var till = await Open(postgres);
        var (paid, part, off, outside) = (await till.PaidOrder(), await till.PaidOrder(), await till.PaidOrder(), await till.CardOrder());
        await till.Staff.Refund(part, new(Money.Won(1_000), "x"), "1");
        await till.Staff.Refund(part, new(Money.Won(1_000), "x"), "2");
        await till.Hear(new CancelPayment(off, "buyer"), new CancelPayment(outside, "buyer"));
        Assert.Empty(await Compare(till));
        Assert.Equal(PaymentStatus.Captured, (await till.Load(paid)).Status);
        await till.BooksAreEqual();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_capture_that_we_do_not_know_of_is_booked_and_the_order_goes_on(bool postgres)
    {
        await using var till = await Open(postgres);
        var order = await till.CardOrder();
        await ChargeAtProvider(till, $"{order}", 30_000);
        await Repaired(till, await TheOnlyOne(till, "capture-missing", order));
        Assert.Equal([new(order, Money.Won(30_000))], await till.Service.Announced<PaymentCaptured>());
        Assert.Equal(PaymentStatus.Captured, (await till.Load(order)).Status);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_capture_that_we_do_not_know_of_goes_back_when_the_order_is_off(bool postgres)
    {
        await using var till = await Open(postgres);
        var order = await till.CardOrder();
        await till.Hear(new CancelPayment(order, "expired"));
        await ChargeAtProvider(till, $"{order}", 30_000);
        await Repaired(till, await TheOnlyOne(till, "capture-missing", order));
        Assert.Equal(PaymentStatus.Refunded, (await till.Load(order)).Status);
        await till.BooksAreEqual();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_capture_whose_answer_came_after_all_is_repaired_without_another_entry(bool postgres)
    {
        await using var till = await Open(postgres);
        var order = await till.CardOrder();
        var key = await ChargeAtProvider(till, $"{order}", 30_000);
        var found = await TheOnlyOne(till, "capture-missing", order);
        await InOurs(till, async db => till.Service.Services.GetRequiredService<ProviderTraffic>().Settlement(db).Captured((await db.Hold(order, CancellationToken.None))!, new(key, Money.Won(30_000))));

        await Repaired(till, found);

        Assert.Equal(["capture"], (await till.Staff.Get(order)).Required.Ledger.Select(l => l.Kind));
        Assert.Single(await till.Service.Announced<PaymentCaptured>());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Of_two_captures_that_we_do_not_know_of_one_is_the_orders_and_the_other_goes_back(bool postgres)
    {
        await using var till = await Open(postgres);
        var order = await till.CardOrder();
        for (var times = 0; times < 2; times++) await ChargeAtProvider(till, $"{order}", 30_000);
        var found = await Compare(till);
        Assert.Equal(["capture-missing", "capture-missing"], found.Select(d => d.Kind));

        Assert.True((await till.Staff.Settle(found[0].Id, new(DifferenceAction.Repair, "as proposed"), "first")).Ok);
        Assert.True((await till.Staff.Settle(found[1].Id, new(DifferenceAction.Repair, "as proposed"), "second")).Problem!.Is("already-settled"));

        await Repaired(till, await TheOnlyOne(till, "double-charge", order));
        Assert.Equal((30_000L, 0L), ((await till.Load(order)).Captured, (await till.Load(order)).Refunded));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_is_repaired_long_after_the_money_moved_is_no_difference_the_other_way_in_the_nights_after(bool postgres)
    {
        await using var till = await Open(postgres);
        var (paid, unknown) = (await till.PaidOrder(), await till.CardOrder());
        await till.AtProvider($"/payments/{(await till.Load(paid)).ProviderKey}/refunds", new { amount = Money.Won(10_000), reason = "by hand" });
        await ChargeAtProvider(till, $"{unknown}", 30_000);
        await NightAfter(till);
        var found = await NightAfter(till, days: 7);
        Assert.Equal(["capture-missing", "refund-missing"], found.Select(d => d.Kind).Order());

        foreach (var one in found) Assert.True((await till.Staff.Settle(one.Id, new(DifferenceAction.Repair, "as proposed"), $"{one.Id}")).Ok);

        for (var nights = 0; nights < 5; nights++) Assert.Empty(await NightAfter(till));
        await TotalsAreEqual(till);
    }

    [Fact]
    public async Task A_refund_whose_answer_was_not_known_for_days_is_no_difference_once_it_is_booked()
    {
        await using var till = await Open(false);
        var order = await till.PaidOrder();
        await till.AtProvider($"/payments/{(await till.Load(order)).ProviderKey}/refunds", new { amount = Money.Won(10_000), reason = "ours" });
        await InOurs(till, async db =>
        {
            (await db.Hold(order, CancellationToken.None))!.RefundsAsked += 10_000;
            var refund = new Refund { Id = Guid.CreateVersion7(), OrderId = order, Key = "long", Amount = 10_000, Reason = "x", At = DateTimeOffset.UtcNow };
            db.AddRange(refund, new ProviderCall { Id = refund.Id, OrderId = order, Kind = CallKind.Refund, Amount = 10_000, RefundId = refund.Id, MayHaveReached = true, CreatedAt = refund.At, NextTryAt = refund.At.AddYears(1) });
        });
        till.Clock.Forward(TimeSpan.FromDays(6));
        await till.Answer(order, new ProviderAnswer.Refunded(Money.Won(10_000)), CallKind.Refund);

        for (var nights = 0; nights < 3; nights++) Assert.Empty(await NightAfter(till));
        await till.BooksAreEqual();
    }

    [Fact]
    public void A_refund_that_was_taken_back_after_the_period_is_no_difference()
    {
        var (order, now) = (Guid.CreateVersion7(), DateTimeOffset.UtcNow);
        var payment = Payment.Of(Till.Request(order), SandboxPayProvider.ProviderName, now);
        payment.Capture(Money.Won(30_000), "pay");
        LedgerEntry Days(int ago, string kind, long won, string reference) => new() { OrderId = order, Kind = kind, Amount = Money.Won(won), Reference = reference, At = now.AddDays(-ago) };
        OurBooks ours = new([Days(5, LedgerEntry.Capture, 30_000, "pay"), Days(3, LedgerEntry.RefundKind, 10_000, "refund"), Days(1, LedgerEntry.RefundReversed, 10_000, "difference")], new Dictionary<Guid, Payment> { [order] = payment }, new Dictionary<string, string>(), new HashSet<Guid>());

        Assert.Empty(new Comparison(ours, [new("capture", $"{order}", "pay", Money.Won(30_000), now.AddDays(-5))], now.AddDays(-6), now.AddDays(-2)).Differences());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_capture_that_the_provider_does_not_know_of_is_taken_back_in_our_books(bool postgres)
    {
        await using var till = await Open(postgres);
        var order = await till.CardOrder();
        await InOurs(till, async db =>
        {
            var payment = (await db.Hold(order, CancellationToken.None))!;
            payment.Capture(payment.Amount, "pay_never");
            db.Add(Entry(order, LedgerEntry.Capture, 30_000, "pay_never"));
        });
        await Repaired(till, await TheOnlyOne(till, "capture-extra", order));
        Assert.Equal((0L, PaymentStatus.Declined), ((await till.Load(order)).Captured, (await till.Load(order)).Status));
        Assert.Equal(["capture", "capture-reversed"], (await till.Staff.Get(order)).Required.Ledger.Select(l => l.Kind));
    }

    [Theory, InlineData(false, 29_000), InlineData(true, 29_000), InlineData(false, 31_000)]
    public async Task An_amount_that_differs_is_corrected_by_an_entry(bool postgres, long theirs)
    {
        await using var till = await Open(postgres);
        var order = await till.CardOrder();
        var key = await ChargeAtProvider(till, $"{order}", theirs);
        await InOurs(till, async db =>
        {
            var payment = (await db.Hold(order, CancellationToken.None))!;
            payment.Capture(payment.Amount, key);
            db.Add(Entry(order, LedgerEntry.Capture, 30_000, key));
        });
        var found = await TheOnlyOne(till, "amount-differs", order);
        Assert.Equal((Money.Won(30_000), Money.Won(theirs)), (found.Ours, found.Theirs));
        await Repaired(till, found);
        Assert.Equal(theirs, (await till.Load(order)).Captured);
    }

    [Fact]
    public async Task An_amount_that_differs_of_a_second_charge_is_not_corrected_on_the_orders_own()
    {
        await using var till = await Open(false);
        var order = await till.PaidOrder();
        var second = await ChargeAtProvider(till, $"{order}", 20_000);
        await InOurs(till, db => Task.FromResult(db.Add(Entry(order, LedgerEntry.ExtraCapture, 19_000, second))));
        var found = await TheOnlyOne(till, "amount-differs", order);

        Assert.True((await till.Staff.Settle(found.Id, new(DifferenceAction.Repair, "x"), "a")).Problem!.Is("extra-charge"));

        Assert.Equal((30_000L, PaymentStatus.Captured), ((await till.Load(order)).Captured, (await till.Load(order)).Status));
        Assert.Equal(["capture", "extra-capture"], (await till.Staff.Get(order)).Required.Ledger.Select(l => l.Kind));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_refund_that_we_do_not_know_of_is_booked_and_told(bool postgres)
    {
        await using var till = await Open(postgres);
        var order = await till.PaidOrder();
        await till.AtProvider($"/payments/{(await till.Load(order)).ProviderKey}/refunds", new { amount = Money.Won(30_000), reason = "by hand" });
        await till.Hear(new CancelPayment(order, "buyer"));
        await Eventually.Sees(async () => (await till.Staff.Reviews()).Required.Items, r => r.Count == 1);

        await Repaired(till, await TheOnlyOne(till, "refund-missing", order));

        Assert.Empty((await till.Staff.Reviews()).Required.Items);
        Assert.Equal([Money.Won(30_000)], (await till.Service.Announced<PaymentRefunded>()).Select(m => m.RefundedTotal));
        await till.BooksAreEqual();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_refund_that_the_provider_does_not_know_of_is_sent_again(bool postgres)
    {
        await using var till = await Open(postgres);
        var order = await till.PaidOrder();
        await InOurs(till, async db =>
        {
            var payment = (await db.Hold(order, CancellationToken.None))!;
            var refund = new Refund { Id = Guid.CreateVersion7(), OrderId = order, Key = "lost", Amount = 10_000, Reason = "x", Status = RefundStatus.Done, At = DateTimeOffset.UtcNow };
            db.Add(refund);
            payment.RefundsAsked += 10_000;
            Refunding.Settle(db, payment, refund, LedgerEntry.RefundKind, Money.Won(10_000), DateTimeOffset.UtcNow);
        });
        await Repaired(till, await TheOnlyOne(till, "refund-extra", order));
        Assert.Equal(["capture", "refund", "refund-reversed", "refund"], (await till.Staff.Get(order)).Required.Ledger.Select(l => l.Kind));
        Assert.Equal((10_000L, 10_000L), ((await till.Load(order)).Refunded, (await till.Load(order)).RefundsAsked));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_second_charge_of_an_order_goes_back_and_the_orders_own_stays(bool postgres)
    {
        await using var till = await Open(postgres);
        var order = await till.PaidOrder();
        var second = await ChargeAtProvider(till, $"{order}", 30_000);
        var found = await TheOnlyOne(till, "double-charge", order);
        Assert.Equal(second, found.ProviderKey);
        await Repaired(till, found);
        Assert.Equal((30_000L, 0L, PaymentStatus.Captured), ((await till.Load(order)).Captured, (await till.Load(order)).Refunded, (await till.Load(order)).Status));
        Assert.Equal(["capture", "extra-capture", "extra-refund"], (await till.Staff.Get(order)).Required.Ledger.Select(l => l.Kind));
        Assert.Empty(await till.Service.Announced<PaymentRefunded>());
        await till.Hear(new CancelPayment(order, "buyer"));
        await till.Becomes(order, PaymentStatus.Refunded);
        Assert.Empty(await Compare(till));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_refund_of_a_second_charge_is_never_booked_as_one_of_the_orders_own(bool postgres)
    {
        await using var till = await Open(postgres);
        var order = await till.PaidOrder();
        var second = await ChargeAtProvider(till, $"{order}", 30_000);
        await till.AtProvider($"/payments/{second}/refunds", new { amount = Money.Won(30_000), reason = "by hand" });
        var found = (await Compare(till)).ToDictionary(d => d.Kind);
        Assert.Equal(["double-charge", "refund-missing"], found.Keys.Order());

        Assert.True((await till.Staff.Settle(found["refund-missing"].Id, new(DifferenceAction.Repair, "x"), "early")).Problem!.Is("capture-not-booked"));
        Assert.True((await till.Staff.Settle(found["double-charge"].Id, new(DifferenceAction.Repair, "x"), "charge")).Ok);
        await Eventually.Sees(async () => (await till.Staff.Reviews()).Required.Items, r => r.Count == 1);
        await Repaired(till, found["refund-missing"]);

        Assert.Empty((await till.Staff.Reviews()).Required.Items);
        Assert.Equal((0L, 0L, PaymentStatus.Captured), ((await till.Load(order)).Refunded, (await till.Load(order)).RefundsAsked, (await till.Load(order)).Status));
        Assert.Equal(["capture", "extra-capture", "extra-refund"], (await till.Staff.Get(order)).Required.Ledger.Select(l => l.Kind));
        Assert.Empty(await till.Service.Announced<PaymentRefunded>());
    }

    [Fact]
    public async Task A_refund_of_a_second_charge_that_never_arrived_is_not_sent_from_the_orders_own_money()
    {
        await using var till = await Open(false);
        var order = await till.PaidOrder();
        Assert.True((await till.Staff.Refund(order, new(Money.Won(30_000), "x"), "own")).Ok);
        var second = await ChargeAtProvider(till, $"{order}", 30_000);
        await InOurs(till, db =>
        {
            var refund = Guid.CreateVersion7();
            db.AddRange(Entry(order, LedgerEntry.ExtraCapture, 30_000, second), Entry(order, LedgerEntry.ExtraRefund, 30_000, $"{refund}"));
            db.Add(new ProviderCall { Id = refund, OrderId = order, Kind = CallKind.Refund, Amount = 30_000, RefundId = refund, ExtraKey = second });
            return Task.CompletedTask;
        });
        var found = await TheOnlyOne(till, "refund-extra", order);

        Assert.True((await till.Staff.Settle(found.Id, new(DifferenceAction.Repair, "x"), "a")).Problem!.Is("extra-refund"));

        Assert.Equal((30_000L, PaymentStatus.Refunded), ((await till.Load(order)).Refunded, (await till.Load(order)).Status));
        await till.AtProvider($"/payments/{second}/refunds", new { amount = Money.Won(30_000), reason = "by hand" });
        Assert.Empty(await Compare(till));
    }

    /// <summary>Refunds that were refused, of the order's own payment or, with a key, of another charge.</summary>
    static Task<int> Refused(Till till, Guid order, params (long Won, string? Key)[] refunds) => InOurs(till, db =>
    {
        foreach (var (won, key) in refunds)
        {
            var refund = new Refund { Id = Guid.CreateVersion7(), OrderId = order, Key = $"{Guid.NewGuid()}", Amount = won, Reason = "x", Status = RefundStatus.Refused, Refusal = "not-now", At = DateTimeOffset.UtcNow };
            db.AddRange(refund, new ProviderCall { Id = refund.Id, OrderId = order, Kind = CallKind.Refund, Amount = won, RefundId = refund.Id, ExtraKey = key });
        }
        return Task.CompletedTask;
    });

    [Theory]
    [InlineData(5_000, new long[] { 3_000, 5_000, 1_000 }, new long[] { 3_000, 1_000 })]
    [InlineData(5_000, new long[] { 3_000, 2_000, 1_000 }, new long[] { 1_000 })]
    [InlineData(5_000, new long[] { 3_000, 4_000, 1_000 }, new long[] { 4_000, 1_000 })]
    [InlineData(5_000, new long[] { 6_000 }, new long[] { 6_000 })]
    public async Task A_refund_that_is_found_settles_of_those_that_were_refused_no_more_than_it_covers(long found, long[] refused, long[] left)
    {
        await using var till = await Open(false);
        var order = await till.PaidOrder();
        await Refused(till, order, [.. refused.Select(won => (won, (string?)null)), (5_000, "another charge")]);
        await till.AtProvider($"/payments/{(await till.Load(order)).ProviderKey}/refunds", new { amount = Money.Won(found), reason = "by hand" });

        await Repaired(till, await TheOnlyOne(till, "refund-missing", order));

        Assert.Equal([.. left, 5_000], (await till.Staff.Reviews()).Required.Items.Select(r => r.Amount.Amount));
    }

    [Fact]
    public async Task Two_refunds_of_one_amount_are_booked_and_taken_back_as_two()
    {
        await using var till = await Open(false);
        var order = await till.PaidOrder();
        for (var times = 0; times < 2; times++) await till.AtProvider($"/payments/{(await till.Load(order)).ProviderKey}/refunds", new { amount = Money.Won(1_000), reason = "by hand" });

        for (var times = 0; times < 2; times++)
        {
            var found = await TheOnlyOne(till, "refund-missing", order);
            Assert.True((await till.Staff.Settle(found.Id, new(DifferenceAction.Repair, "as proposed"), $"{found.Id}")).Ok);
        }

        Assert.Empty(await Compare(till));
        Assert.Equal(2_000, (await till.Load(order)).Refunded);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_charge_for_no_order_of_ours_goes_back(bool postgres)
    {
        await using var till = await Open(postgres);
        var (unknown, key) = (Guid.CreateVersion7(), "");
        await ChargeAtProvider(till, $"{unknown}", 5_000);
        var first = await TheOnlyOne(till, "unknown-order", unknown);
        await Repaired(till, first);
        key = await ChargeAtProvider(till, "another shop's order", 7_000);
        var second = Assert.Single(await Compare(till));
        Assert.Equal(("unknown-order", key, "another shop's order"), (second.Kind, second.ProviderKey, second.Detail));
        await Repaired(till, second);
        Assert.Equal(404, (await till.Member().Get(unknown)).Problem!.Status);
        Assert.Empty(await till.Service.Announced<PaymentCaptured>());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_capture_that_the_provider_says_was_for_another_order_is_shown_and_only_left(bool postgres)
    {
        await using var till = await Open(postgres);
        var (order, other) = (await till.CardOrder(), await till.CardOrder());
        var key = await ChargeAtProvider(till, $"{other}", 30_000);
        await InOurs(till, async db =>
        {
            var payment = (await db.Hold(order, CancellationToken.None))!;
            payment.Capture(payment.Amount, key);
            db.Add(Entry(order, LedgerEntry.Capture, 30_000, key));
        });
        var found = await TheOnlyOne(till, "wrong-order", order);
        Assert.Equal([DifferenceAction.Leave], found.Actions);
        Assert.Contains("action", (await till.Staff.Settle(found.Id, new(DifferenceAction.Repair, "x"), "a")).Problem!.Errors!.Keys);
        Assert.True((await till.Staff.Settle(found.Id, new(DifferenceAction.Leave, "the label is theirs"), "b")).Ok);
        Assert.Empty(await Compare(till));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_payment_whose_state_does_not_follow_from_its_ledger_is_restated(bool postgres)
    {
        await using var till = await Open(postgres);
        var order = await till.PaidOrder();
        await InOurs(till, async db => (await db.Hold(order, CancellationToken.None))!.Status = PaymentStatus.Open);
        await Repaired(till, await TheOnlyOne(till, "state-differs", order));
        Assert.Equal(PaymentStatus.Captured, (await till.Load(order)).Status);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_was_found_and_is_no_more_leaves_the_list_and_several_are_found_together(bool postgres)
    {
        await using var till = await Open(postgres);
        var (a, b) = (await till.PaidOrder(), await till.CardOrder());
        await till.AtProvider($"/payments/{(await till.Load(a)).ProviderKey}/refunds", new { amount = Money.Won(4_000), reason = "by hand" });
        await InOurs(till, async db => (await db.Hold(a, CancellationToken.None))!.Status = PaymentStatus.Open);
        await ChargeAtProvider(till, $"{b}", 30_000);
        Assert.Equal(["capture-missing", "refund-missing", "state-differs"], (await Compare(till)).Select(d => d.Kind).Order());
        await InOurs(till, async db => (await db.Hold(a, CancellationToken.None))!.Status = PaymentStatus.Captured);
        Assert.Equal(["capture-missing", "refund-missing"], (await Compare(till)).Select(d => d.Kind).Order());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Payments_of_a_former_provider_are_compared_as_long_as_it_is_configured_and_can_be_asked(bool postgres)
    {
        await using var toss = new TossStandIn();
        await toss.Start();
        await using var till = await Till.Open(new SandboxPayStandIn(), postgres, [("Payments:CallTimeoutSeconds", "5"), .. toss.Settings.Where(s => s.Item1 != "Payments:Provider")]);
        var order = await till.CardOrder();
        // As if the shop had been at Toss when this was placed.
        await till.Service.Db(db => db.Payments.ExecuteUpdateAsync(p => p.SetProperty(x => x.Provider, TossProvider.ProviderName)));
        var key = await toss.PayAt(till.Service.Http, (await till.Member().Start(order)).Required.RedirectUrl, Payer.Pays);
        Assert.True((await till.Member().Confirm(order, new(key!, Money.Won(30_000)))).Ok);
        Assert.Empty(await Compare(till));

        toss.CancelByHand(key!, 1_000);
        var found = await TheOnlyOne(till, "refund-missing", order);
        Assert.True((await till.Staff.Settle(found.Id, new(DifferenceAction.Repair, "as proposed"), "repair")).Ok);
        Assert.Empty(await Compare(till));
        Assert.Equal(1_000, (await till.Load(order)).Refunded);

        await toss.DisposeAsync();
        var here = await till.CardOrder();
        await ChargeAtProvider(till, $"{here}", 30_000);
        var asked = (await till.Staff.Reconcile(new(), "down")).Required;
        var failed = await Eventually.Sees(async () => (await till.Staff.Reconciliations()).Required.Items.Single(r => r.Id == asked.Id), r => r.Status == "failed");
        Assert.StartsWith("toss: ", failed.Error);
        Assert.Equal([("capture-missing", here)], (await till.Staff.Differences()).Required.Items.Select(d => (d.Kind, d.OrderId)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task While_one_cannot_be_asked_one_comparison_is_tried_again_and_not_one_for_each_night(bool postgres)
    {
        await using var till = await Till.Open(new SandboxPayStandIn(), postgres, ("Payments:Toss:SecretKey", TossStandIn.SecretKey), ("Payments:Toss:ApiBase", "http://127.0.0.1:9"));
        await till.PaidOrder();
        await till.CardOrder();
        await till.Service.Db(db => db.Payments.Where(p => p.Captured == 0).ExecuteUpdateAsync(p => p.SetProperty(x => x.Provider, TossProvider.ProviderName)));
        for (var nights = 0; nights < 3; nights++)
        {
            till.Clock.Forward(TimeSpan.FromDays(1));
            var now = till.Clock.GetUtcNow();
            await Eventually.Holds(() => till.Service.Db(db => db.Reconciliations.AnyAsync(r => r.Until >= now && r.Error != null)), "the night's comparison fails");
        }
        var failed = await till.Service.Db(db => db.Reconciliations.AsNoTracking().OrderBy(r => r.Until).ToListAsync());
        Assert.Equal([false, false, true], failed.Select(r => r.NextTryAt is not null));
        Assert.Equal(failed[0].From, failed[2].From);

        // It is the shop's own again.
        await till.Service.Db(db => db.Payments.ExecuteUpdateAsync(p => p.SetProperty(x => x.Provider, SandboxPayProvider.ProviderName)));
        for (var nights = 0; nights < 2; nights++) Assert.Empty(await NightAfter(till));
        var done = await till.Service.Db(db => db.Reconciliations.AsNoTracking().OrderBy(r => r.Until).ToListAsync());
        Assert.Equal([failed[0].From, done[3].Until.AddDays(-1)], done.Skip(3).Select(r => r.From));
        Assert.All(done, r => Assert.Null(r.NextTryAt));
    }

    [Fact]
    public async Task Two_replicas_ask_for_one_comparison_a_day_and_a_failed_one_says_why()
    {
        var yesterday = await Till.Open(new SandboxPayStandIn(), true);
        var (order, then) = (await yesterday.CardOrder(), DateTimeOffset.UtcNow.AddDays(-2));
        await InOurs(yesterday, db => Task.FromResult(db.Add(new LedgerEntry { Id = Guid.CreateVersion7(then), OrderId = order, Kind = LedgerEntry.Capture, Amount = Money.Won(1), Reference = "pay_then", At = then })));
        var left = await yesterday.Leave();
        await using var first = await Till.Open(new SandboxPayStandIn(), true, b => b.Services.AddHostedService<SlowStart>(), left);
        await using var second = await Till.Open(new SandboxPayStandIn(), true, left);
        await Eventually.Sees(async () => (await first.Staff.Reconciliations()).Required.Items, r => r.Count > 0 && r.All(x => x.Status == "done"));
        Assert.Single((await second.Staff.Reconciliations()).Required.Items);

        await using var down = await Till.Open(new SandboxPayStandIn(), false, new SandboxPayStandIn().Down);
        await down.Staff.Reconcile(new(), "k");
        var failed = await Eventually.Sees(async () => (await down.Staff.Reconciliations()).Required.Items, r => r.Any(x => x.Status == "failed"));
        Assert.NotNull(Assert.Single(failed).Error);
    }

    /// <summary>A start that takes long, as on a busy machine; the provider answers only after it.</summary>
    sealed class SlowStart : IHostedService
    {
        public Task StartAsync(CancellationToken ct) => Task.Delay(1_000, ct);
        public Task StopAsync(CancellationToken ct) => Task.CompletedTask;
    }

    [Fact]
    public async Task Is_for_staff_and_a_sound_period_only()
    {
        await using var till = await Open(false);
        Assert.Equal(403, (await till.Member().Reconcile(new(), "k")).Problem!.Status);
        Assert.Equal(403, (await till.Member().Differences()).Problem!.Status);
        Assert.Equal(403, (await till.Member().Reconciliations()).Problem!.Status);
        Assert.Equal(404, (await till.Staff.Settle(Guid.CreateVersion7(), new(DifferenceAction.Leave, "x"), "k")).Problem!.Status);
        var now = DateTimeOffset.UtcNow;
        Assert.Contains("from", (await till.Staff.Reconcile(new(now, now.AddDays(-1)), "k1")).Problem!.Errors!.Keys);
        Assert.Contains("from", (await till.Staff.Reconcile(new(now.AddDays(-500), now), "k2")).Problem!.Errors!.Keys);
        Assert.Equal((await till.Staff.Reconcile(new(), "same")).Required.Id, (await till.Staff.Reconcile(new(), "same")).Required.Id);
    }
}

/// <summary>Every provider with a report of its own passes this: its report fits what its calls were answered.</summary>
public abstract class ReconciliationContract(ProviderStandIn provider)
{
    [Fact]
    public async Task Equal_books_give_an_empty_list_and_a_lost_entry_is_found()
    {
        await using var till = await Till.Open(provider);
        var (paid, off) = (await till.PaidOrder(), await till.PaidOrder());
        foreach (var key in new[] { "1", "2" }) Assert.True((await till.Staff.Refund(paid, new(Money.Won(1_000), "x"), key)).Ok);
        await till.Hear(new CancelPayment(off, "buyer"));
        await till.Becomes(off, PaymentStatus.Refunded);
        Assert.Empty(await ReconciliationTests.Compare(till));

        await till.Service.Db(db => db.Database.ExecuteSqlRawAsync("DROP TRIGGER ledger_no_delete"));
        await till.Service.Db(db => db.Database.ExecuteSqlAsync($"DELETE FROM ledger WHERE \"OrderId\" = {paid}"));
        Assert.Equal(["capture-missing", "refund-missing"], (await ReconciliationTests.Compare(till)).Where(d => d.OrderId == paid).Select(d => d.Kind).Order());
    }
}

public class SandboxPayReconciliation() : ReconciliationContract(new SandboxPayStandIn());

public class TossReconciliation() : ReconciliationContract(new TossStandIn());

public class StripeReconciliation() : ReconciliationContract(new StripeStandIn());
