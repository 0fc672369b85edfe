using System.Net;
using System.Net.Http.Json;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments.Tests;

/// <summary>What every provider passes that sends money back by itself, beyond the contract of all.</summary>
public abstract class RefundContract(ProviderStandIn provider)
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task In_parallel_never_exceed_what_was_captured(bool postgres)
    {
        await using var till = await Till.Open(provider, postgres, ("Payments:CallTimeoutSeconds", "5"));
        var order = await till.PaidOrder(won: 10_000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => till.Staff.Refund(order, new(Money.Won(700), "race"), $"key {i}")));

        Assert.Equal(14, answers.Count(a => a.Ok));
        Assert.All(answers.Where(a => !a.Ok), a => Assert.True(a.Problem!.Is("refund-exceeds-captured")));
        await till.BooksAreEqual();
        Assert.Equal(9_800, (await till.Load(order)).Refunded);
        Assert.Equal(14, (await till.Service.Announced<PaymentRefunded>()).Count);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task With_one_key_are_one_refund_and_another_body_is_refused(bool postgres)
    {
        await using var till = await Till.Open(provider, postgres);
        var order = await till.PaidOrder();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => till.Staff.Refund(order, new(Money.Won(5_000), "one"), "same")));
        Assert.All(answers, a => Assert.Equal(Money.Won(5_000), a.Required.Refunded));
        Assert.Equal(422, (await till.Staff.Refund(order, new(Money.Won(6_000), "one"), "same")).Problem!.Status);

        Assert.True((await till.Staff.Refund(order, new(Money.Won(25_000), "rest"), "rest")).Ok);
        Assert.Equal(PaymentStatus.Refunded, (await till.Load(order)).Status);
        Assert.True((await till.Staff.Refund(order, new(Money.Won(1), "more"), "more")).Problem!.Is("refund-exceeds-captured"));
        await till.BooksAreEqual();
    }

    [Fact]
    public async Task Are_for_staff_with_a_key_and_sound_input_only()
    {
        await using var till = await Till.Open(provider);
        var order = await till.PaidOrder();
        var open = await till.CardOrder();

        Assert.Equal(403, (await till.Member().Refund(order, new(Money.Won(1), "mine"), "k")).Problem!.Status);
        var staff = till.Service.As(Guid.CreateVersion7(), staff: true);
        var keyless = await staff.PostAsJsonAsync($"/api/payments/{order}/refunds", new { amount = new { amount = 1, currency = "KRW" }, reason = "x" });
        Assert.Equal(HttpStatusCode.BadRequest, keyless.StatusCode);
        Assert.Contains("Idempotency-Key", await keyless.Content.ReadAsStringAsync());
        Assert.Contains("amount", (await till.Staff.Refund(order, new(Money.Won(-5), "x"), "k")).Problem!.Errors!.Keys);
        Assert.Contains("amount", (await till.Staff.Refund(order, new(new(5, "USD"), "x"), "k")).Problem!.Errors!.Keys);
        Assert.Contains("reason", (await till.Staff.Refund(order, new(Money.Won(5), " "), "k")).Problem!.Errors!.Keys);
        Assert.True((await till.Staff.Refund(open, new(Money.Won(5), "x"), "k")).Problem!.Is("not-captured"));
        Assert.Equal(404, (await till.Staff.Refund(Guid.CreateVersion7(), new(Money.Won(5), "x"), "k")).Problem!.Status);
        await till.BooksAreEqual();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task And_captures_can_never_be_changed_or_removed_in_the_ledger(bool postgres)
    {
        await using var till = await Till.Open(provider, postgres);
        await till.PaidOrder();

        foreach (var sql in new[] { "UPDATE ledger SET \"Amount_Amount\" = 1", "DELETE FROM ledger" })
        {
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => till.Service.Db(db => db.Database.ExecuteSqlRawAsync(sql)));
            Assert.Contains("append-only", refused.Message);
        }
        await Assert.ThrowsAnyAsync<Exception>(() => till.Service.Db(db => db.Database.ExecuteSqlRawAsync("UPDATE payments SET \"RefundsAsked\" = \"Captured\" + 1")));
    }
}
