using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Jangteo.Platform;
using static Jangteo.SandboxPay.Tests.Merchant;

namespace Jangteo.SandboxPay.Tests;

/// <summary>What the provider does wrong, it does on purpose, and the same again for the same seed.</summary>
public class MisbehaviourTests
{
    static readonly object Charge = new { reference = "order 7", customer = "kim", amount = Won(5_000), title = "t" };

    static async Task<Merchant> Open(object misbehaviour)
    {
        var merchant = await Merchant.Open();
        Assert.Equal(HttpStatusCode.NoContent, (await merchant.Api.PutAsJsonAsync("/sandbox-pay/api/misbehaviour", misbehaviour)).StatusCode);
        return merchant;
    }

    static async Task<int> Booked(Merchant merchant) => (await merchant.Api.GetFromJsonAsync<Page<Transaction>>("/sandbox-pay/api/report", MessageFormat.Json))!.Items.Count;

    static bool[] Decisions(long seed) => [.. Enumerable.Range(0, 500).Select(i => new Misbehaviour { Seed = seed, IsDown = 0.3 }.Falls(0.3, "IsDown", $"order {i}", "charge", 1))];

    [Fact]
    public void A_seed_decides_and_nothing_else()
    {
        Assert.Equal(Decisions(1), Decisions(1));
        Assert.NotEqual(Decisions(1), Decisions(2));
        Assert.InRange(Decisions(1).Count(d => d), 100, 200);
        var always = new Misbehaviour { Attempts = 2 };
        Assert.Equal([true, true, false], new[] { 1, 2, 3 }.Select(attempt => always.Falls(1, "x", "order", "charge", attempt)));
        Assert.False(always.Falls(0, "x", "order", "charge", 1));
    }

    [Fact]
    public void A_payment_may_meet_only_one_of_the_chosen_scenarios_each_as_often_as_any_other()
    {
        var chosen = new Misbehaviour { Seed = 3, OneForEach = true, IsDown = 1, Delays = 1, NotifiesNever = 1 };
        var met = Enumerable.Range(0, 300).Select(i => Misbehaviour.Scenarios.Where(s => chosen.Falls((double)s.GetValue(chosen)!, s.Name, $"order {i}", "charge", 1)).ToList()).ToList();
        Assert.All(met, one => Assert.Single(one));
        Assert.Equal(["Delays", "IsDown", "NotifiesNever"], met.Select(one => one[0].Name).Distinct().Order());
        Assert.All(met.GroupBy(one => one[0].Name), same => Assert.InRange(same.Count(), 60, 140));
    }

    [Fact]
    public async Task It_is_chosen_by_the_merchant_in_sound_shares_and_off_at_first()
    {
        await using var merchant = await Merchant.Open();
        Assert.Equal(new Misbehaviour(), await merchant.Api.GetFromJsonAsync<Misbehaviour>("/sandbox-pay/api/misbehaviour", MessageFormat.Json));
        Assert.Equal(HttpStatusCode.Unauthorized, (await merchant.Browser.PutAsJsonAsync("/sandbox-pay/api/misbehaviour", new { })).StatusCode);
        foreach (var wrong in new object[] { new { isDown = 1.5 }, new { declines = -0.1 }, new { attempts = 0 } })
            Assert.Equal(HttpStatusCode.BadRequest, (await merchant.Api.PutAsJsonAsync("/sandbox-pay/api/misbehaviour", wrong)).StatusCode);
        await merchant.Api.PutAsJsonAsync("/sandbox-pay/api/misbehaviour", new { seed = 7, isDown = 1 });
        Assert.Equal(7, (await merchant.Api.GetFromJsonAsync<Misbehaviour>("/sandbox-pay/api/misbehaviour", MessageFormat.Json))!.Seed);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await merchant.Post("/charges", Charge, "c")).StatusCode);
        await merchant.Api.PutAsJsonAsync("/sandbox-pay/api/misbehaviour", new { });
        Assert.Equal(HttpStatusCode.OK, (await merchant.Post("/charges", Charge, "c")).StatusCode);
    }

    [Fact]
    public async Task It_is_configured_from_the_start_and_wrong_shares_stop_the_start()
    {
        await using var merchant = await Merchant.Open(("SandboxPay:Misbehaviour:Seed", "7"), ("SandboxPay:Misbehaviour:IsDown", "1"), ("SandboxPay:Misbehaviour:Attempts", "1"));
        Assert.Equal(new Misbehaviour { Seed = 7, IsDown = 1, Attempts = 1 }, await merchant.Api.GetFromJsonAsync<Misbehaviour>("/sandbox-pay/api/misbehaviour", MessageFormat.Json));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await merchant.Post("/charges", Charge, "c")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await merchant.Post("/charges", Charge, "c")).StatusCode);
        var wrong = await Assert.ThrowsAnyAsync<Exception>(() => Merchant.Open(("SandboxPay:Misbehaviour:IsDown", "2")));
        Assert.Contains("IsDown", wrong.Message);
    }

    [Theory, InlineData("isDown", 0), InlineData("dropsTheCall", 0), InlineData("losesTheAnswer", 1), InlineData("timesOut", 1)]
    public async Task A_call_that_is_not_answered_had_its_effect_or_had_not(string scenario, int booked)
    {
        await using var merchant = await Open(new Dictionary<string, object> { [scenario] = 1, ["attempts"] = 1 });
        var lost = await Record.ExceptionAsync(async () => (await merchant.Post("/charges", Charge, "c")).EnsureSuccessStatusCode());
        Assert.IsType<HttpRequestException>(lost);
        Assert.Equal(booked, await Booked(merchant));
        Assert.Equal(PaymentState.Captured, (await Read<PaymentView>(await merchant.Post("/charges", Charge, "c"))).Status);
        Assert.Equal(1, await Booked(merchant));
    }

    [Fact]
    public async Task A_good_card_is_declined_a_call_is_handled_twice_and_an_answer_delayed()
    {
        await using var declining = await Open(new { declines = 1 });
        Assert.Equal(PaymentState.Declined, (await Read<PaymentView>(await declining.Post("/charges", Charge, "c"))).Status);
        await using var twice = await Open(new { answersTwice = 1, delays = 1, delayMilliseconds = 50 });
        Assert.Equal(PaymentState.Captured, (await Read<PaymentView>(await twice.Post("/charges", Charge, "c"))).Status);
        Assert.Equal(1, await Booked(twice));
        await twice.CapturedPayment();
        Assert.Equal(2, await Booked(twice));
    }

    [Theory, InlineData("notifiesTwice", 4), InlineData("notifiesNever", 0), InlineData("notifiesLate", 2), InlineData("notifiesOutOfOrder", 2), InlineData("notifiesForged", 4), InlineData("notifiesWrongAmount", 2)]
    public async Task Notices_come_as_chosen(string scenario, int expected)
    {
        await using var merchant = await Open(new Dictionary<string, object> { [scenario] = 1, ["delayMilliseconds"] = 100 });
        await merchant.CapturedPayment();
        if (expected == 0) await Task.Delay(2_000);
        await merchant.WebhookTypes(expected);
        Assert.Equal(expected, merchant.Webhooks.Count);
        Assert.Equal(scenario == "notifiesForged" ? 2 : 0, merchant.Webhooks.Count(w => w.Signature.EndsWith(new string('0', 64), StringComparison.Ordinal)));
        Assert.Equal(scenario == "notifiesWrongAmount", merchant.Webhooks.Any(w => JsonSerializer.Deserialize<Notice>(w.Body, MessageFormat.Json)!.Payment.Amount.Amount == 12_001));
    }
}
