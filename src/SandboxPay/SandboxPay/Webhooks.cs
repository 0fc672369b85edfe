using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jangteo.SandboxPay;

/// <summary>A notice that the merchant has not taken yet.</summary>
sealed class Webhook
{
    public Guid Id { get; set; }
    public required string Url { get; set; }
    public required string Body { get; set; }
    public int Attempts { get; set; }

    /// <summary>Null once it was taken or given up; such rows are removed.</summary>
    public DateTimeOffset? NextTryAt { get; set; }
}

/// <summary>What the merchant is told.</summary>
/// <param name="Id">The same for every delivery of one notice.</param>
/// <param name="Type">payment.authorised, payment.declined, payment.captured, payment.voided or payment.refunded.</param>
sealed record Notice(Guid Id, string Type, DateTimeOffset At, PaymentView Payment);

/// <summary>Delivers the notices that were committed with what they tell, until the merchant answers 2xx or all attempts are spent.</summary>
sealed class WebhookSender(IServiceProvider services, MerchantSecret secret, Mischief mischief, IHttpClientFactory clients, IOptions<SandboxPayOptions> options, TimeProvider time, ILogger<WebhookSender> log)
    : BackgroundService
{
    public const string Client = "sandboxpay-webhooks";
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // A fragment is never sent: it only tells us not to sign with the secret.
    const string ForgedMark = "#forged";

    const int BatchSize = 32;
    const int ParallelDeliveries = 8;
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Writes a notice down in the transaction of what it tells, and wakes the sender when that has committed.</summary>
    public void Enqueue(SandboxPayDb db, Payment payment, string type)
    {
        if (payment.WebhookUrl is null) return;
        var now = time.GetUtcNow();
        var notice = new Notice(Guid.CreateVersion7(), type, now, PaymentView.Of(payment));
        var due = payment.Card == CardBehaviour.NotifiesLate ? now.AddSeconds(options.Value.LateSeconds) : now;
        var copies = payment.Card == CardBehaviour.NotifiesTwice ? 2 : 1;
        if (mischief.Current is { } chosen) (copies, due, notice) = Misbehave(db, chosen, payment, copies, due, notice);
        for (; copies > 0; copies--) Add(db, UrlOf(payment.WebhookUrl), notice, due);
        db.AfterCommit(() => _wake.Writer.TryWrite(true));
    }

    static void Add(SandboxPayDb db, string url, Notice notice, DateTimeOffset due) =>
        db.Add(new Webhook { Id = Guid.CreateVersion7(), Url = url, Body = JsonSerializer.Serialize(notice, MessageFormat.Json), NextTryAt = due });

    (int Copies, DateTimeOffset Due, Notice Notice) Misbehave(SandboxPayDb db, Misbehaviour chosen, Payment payment, int copies, DateTimeOffset due, Notice notice)
    {
        var chance = mischief.Next(chosen, payment.Reference, notice.Type);
        if (chance.Of(chosen.NotifiesForged))
            Add(db, UrlOf(payment.WebhookUrl!) + ForgedMark, notice with { Payment = notice.Payment with { Status = PaymentState.Captured } }, due);
        if (chance.Of(chosen.NotifiesNever)) return (0, due, notice);
        if (chance.Of(chosen.NotifiesTwice)) copies = 2;
        if (chance.Of(chosen.NotifiesLate)) due = due.AddSeconds(options.Value.LateSeconds);
        if (chance.Of(chosen.NotifiesOutOfOrder)) due = due.AddMilliseconds(chosen.DelayMilliseconds);
        if (chance.Of(chosen.NotifiesWrongAmount))
            notice = notice with { Payment = notice.Payment with { Amount = notice.Payment.Amount with { Amount = notice.Payment.Amount.Amount + 1 } } };
        return (copies, due, notice);
    }

    string UrlOf(string url) => options.Value.WebhookBase is { } other ? new Uri(new Uri(other), new Uri(url).PathAndQuery).ToString() : url;

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        // Kept until it is over: the channel would keep every wait that was given up.
        Task<bool>? woken = null;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (await DeliverDue(ct) == BatchSize) continue;
                woken ??= _wake.Reader.WaitToReadAsync(ct).AsTask();
                if (await Task.WhenAny(woken, Task.Delay(Poll, ct)) != woken) continue;
                woken = null;
                _wake.Reader.TryRead(out _);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning("Webhooks pause: {Reason}", e.Message);
                await Task.Delay(Poll, ct).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    async Task<int> DeliverDue(CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SandboxPayDb>();
        var now = time.GetUtcNow();
        var due = await db.Webhooks.Where(w => w.NextTryAt <= now).OrderBy(w => w.NextTryAt).Take(BatchSize).ToListAsync(ct);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = ParallelDeliveries, CancellationToken = ct }, async (webhook, stop) =>
        {
            webhook.Attempts++;
            webhook.NextTryAt = await Deliver(webhook, stop) || webhook.Attempts >= options.Value.WebhookAttempts ? null : time.GetUtcNow() + Pause(webhook.Attempts);
        });
        db.RemoveRange(due.Where(w => w.NextTryAt is null));
        await db.SaveChangesAsync(ct);
        return due.Count;
    }

    async Task<bool> Deliver(Webhook webhook, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new StringContent(webhook.Body, Encoding.UTF8, "application/json") };
            var isForged = webhook.Url.EndsWith(ForgedMark, StringComparison.Ordinal);
            request.Headers.Add("Sandbox-Signature", isForged ? $"t={time.GetUtcNow().ToUnixTimeSeconds()},v1={new string('0', 64)}" : secret.Sign(time.GetUtcNow(), webhook.Body));
            using var response = await clients.CreateClient(Client).SendAsync(request, ct).WaitAsync(Timeout, ct);
            // A forger does not come again.
            if (response.IsSuccessStatusCode || isForged) return true;
            log.LogWarning("The merchant answered {Status} to a webhook", (int)response.StatusCode);
        }
        // Whatever is wrong with one address is an attempt of its own, and holds up no other.
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogWarning("A webhook did not arrive: {Reason}", e.Message);
        }
        return false;
    }

    static TimeSpan Pause(int attempts) => TimeSpan.FromSeconds(Math.Min(1 << (attempts - 1), 300));
}
