using System.Collections.Concurrent;
using System.Threading.Channels;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jangteo.Payments;

/// <summary>
/// Makes the calls to the provider: an intent is committed before (<see cref="Begin"/>), no transaction is open during the
/// call, and the answer is committed after (<see cref="Settlement"/>). A fresh intent is handed over in memory once it has
/// committed. Intents whose answer is not known, of this process or of one that died, are found by polling and asked again.
/// </summary>
sealed class ProviderTraffic(IServiceProvider services, PaymentsQueries queries, IPaymentProvider chosen, IOptions<PaymentsOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ProviderTraffic> log)
    : BackgroundService
{
    const int MaxWaiting = 4096;
    const int BatchSize = 64;
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    // What does not fit is found by polling when its time comes.
    readonly Channel<ProviderRequest> _ready = Channel.CreateBounded<ProviderRequest>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    readonly Channel<(ProviderRequest Request, ProviderAnswer Answer)> _answered = Channel.CreateBounded<(ProviderRequest, ProviderAnswer)>(BatchSize * 4);
    readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = new();
    readonly DateTimeOffset _born = time.GetUtcNow();

    TimeSpan CallTimeout => TimeSpan.FromSeconds(options.Value.CallTimeoutSeconds);

    /// <summary>For this long nobody else touches a call: its answer comes, or its time is over.</summary>
    TimeSpan HandsOff => CallTimeout + TimeSpan.FromSeconds(2);

    /// <summary>Writes down what the provider is to be asked; it is asked when that has committed.</summary>
    public ProviderCall Begin(PaymentsDb db, Payment payment, CallKind kind, long amount, Guid? refundId = null, string? extraKey = null)
    {
        var now = time.GetUtcNow();
        var call = new ProviderCall { Id = refundId ?? Guid.CreateVersion7(), OrderId = payment.OrderId, Kind = kind, Amount = amount, RefundId = refundId, ExtraKey = extraKey, MayHaveReached = true, CreatedAt = now, NextTryAt = now + HandsOff };
        var request = ProviderRequest.Of(payment, call, reachedBefore: false);
        db.Add(call);
        db.AfterCommit(() => _ready.Writer.TryWrite(request));
        return call;
    }

    /// <summary>From now on asks where the payment stands until its payer has done their part, if its provider must be asked.</summary>
    public void Watch(PaymentsDb db, Payment payment)
    {
        if (services.GetKeyedService<IPaymentProvider>(payment.Provider) is { MustBeAsked: true }) AddWatch(db, payment);
    }

    /// <summary>The same for any provider, when its notice may have been missed.</summary>
    public async Task WatchAnyway(PaymentsDb db, Payment payment, CancellationToken ct)
    {
        if (await db.OpenCall(payment.OrderId, CallKind.Watch, ct) is null) AddWatch(db, payment);
    }

    void AddWatch(PaymentsDb db, Payment payment) => AddLater(db, payment, CallKind.Watch, time.GetUtcNow() + WatchPause);

    /// <summary>Asks where the payment stands, but not again within a moment of the last time that anybody made us ask.</summary>
    public void FindSeldom(PaymentsDb db, Payment payment, DateTimeOffset? last)
    {
        if (last + WatchPause is { } later && later > time.GetUtcNow()) AddLater(db, payment, CallKind.Find, later);
        else Begin(db, payment, CallKind.Find, payment.Amount.Amount);
    }

    TimeSpan WatchPause => TimeSpan.FromSeconds(options.Value.WatchSeconds);

    void AddLater(PaymentsDb db, Payment payment, CallKind kind, DateTimeOffset at) =>
        db.Add(new ProviderCall { Id = Guid.CreateVersion7(), OrderId = payment.OrderId, Kind = kind, Amount = payment.Amount.Amount, MayHaveReached = true, CreatedAt = time.GetUtcNow(), NextTryAt = at });

    /// <summary>Waits, within what a person bears, until the answer to a call has been written down, here or by another replica.</summary>
    public async Task Answered(PaymentsDb db, ProviderCall call, CancellationToken ct)
    {
        for (var left = TimeSpan.FromSeconds(options.Value.AnswerWaitSeconds); left > TimeSpan.Zero; left -= Poll)
        {
            // First listen, then look: an answer in between is not missed.
            var answered = _waiting.GetOrAdd(call.Id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            if (await db.Calls.AnyAsync(c => c.Id == call.Id && c.NextTryAt == null, ct)) break;
            await Task.WhenAny(answered, Task.Delay(left < Poll ? left : Poll, ct));
        }
        _waiting.TryRemove(call.Id, out _);
        db.ChangeTracker.Clear();
    }

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        // The provider may live in this process.
        await lifetime.Started(ct);
        await Task.WhenAll([.. Enumerable.Range(0, options.Value.ParallelCalls).Select(_ => MakeCalls(ct)), WriteAnswers(ct), FindUnanswered(ct)]);
    }

    async Task MakeCalls(CancellationToken ct)
    {
        await foreach (var request in _ready.Reader.ReadAllAsync(ct))
        {
            Boundary.At("before call of", request.Kind);
            var answer = await Call(request, ct);
            Boundary.At("after call of", request.Kind);
            await _answered.Writer.WriteAsync((request, answer), ct);
        }
    }

    async Task<ProviderAnswer> Call(ProviderRequest request, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(CallTimeout);
        try
        {
            // One that is not configured any more may be again: the call waits for it.
            if (ProviderOf(request) is not { } provider) return new ProviderAnswer.NotSent($"The provider {request.Provider} is not configured.");
            // The page that was to be asked about is over, and the next one is not open yet.
            if (request is { Kind: CallKind.Find or CallKind.Watch, ProviderKey: null }) return new ProviderAnswer.Refused("no-page");
            return await (request.Kind switch
            {
                CallKind.OpenPage => provider.OpenPage(request, timeout.Token),
                CallKind.Charge => provider.Charge(request, timeout.Token),
                CallKind.Confirm => provider.Confirm(request, timeout.Token),
                CallKind.Refund => provider.Refund(request, timeout.Token),
                CallKind.Void => provider.Void(request, timeout.Token),
                _ => provider.Find(request, timeout.Token),
            }).WaitAsync(timeout.Token);
        }
        catch (Exception e)
        {
            // Whatever went wrong, the call may have had its effect.
            return new ProviderAnswer.Unknown(e.Message);
        }
    }

    IPaymentProvider? ProviderOf(ProviderRequest request) => request.Provider == chosen.Name ? chosen : services.GetKeyedService<IPaymentProvider>(request.Provider);

    async Task WriteAnswers(CancellationToken ct)
    {
        var batch = new List<(ProviderRequest Request, ProviderAnswer Answer)>();
        while (await _answered.Reader.WaitToReadAsync(ct))
        {
            batch.Clear();
            while (batch.Count < BatchSize && _answered.Reader.TryRead(out var next)) batch.Add(next);
            if (!await TryWrite(batch, ct) && batch.Count > 1)
                foreach (var one in batch) await TryWrite([one], ct);
        }
    }

    async Task<bool> TryWrite(List<(ProviderRequest Request, ProviderAnswer Answer)> batch, CancellationToken ct)
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PaymentsDb>();
            await db.Unit(() => Write(db, batch, ct), ct);
            foreach (var (request, _) in batch) Boundary.At("after commit of answer", request.Kind);
            foreach (var (request, _) in batch)
                if (_waiting.TryRemove(request.CallId, out var waiter)) waiter.TrySetResult();
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Nothing is lost: the call is still open in the database and will be asked about.
            if (batch.Count == 1) log.LogError(e, "The answer to {Kind} of order {Order} could not be written", batch[0].Request.Kind, batch[0].Request.OrderId);
            return false;
        }
    }

    /// <summary>Writes down answers as of now.</summary>
    public Settlement Settlement(PaymentsDb db) => new(db, this, TimeSpan.FromSeconds(options.Value.RetrySeconds), WatchPause, time.GetUtcNow(), log);

    async Task Write(PaymentsDb db, List<(ProviderRequest Request, ProviderAnswer Answer)> batch, CancellationToken ct)
    {
        var settlement = Settlement(db);
        var payments = (await queries.Hold(db, [.. batch.Select(b => b.Request.OrderId).Distinct()], ct)).ToDictionary(p => p.OrderId);
        var calls = await queries.Calls(db, [.. batch.Select(b => b.Request.CallId)]).ToDictionaryAsync(c => c.Id, cancellationToken: ct);
        foreach (var (request, answer) in batch)
            await settlement.Apply(payments[request.OrderId], calls[request.CallId], request, answer, ct);
        await db.SaveChangesAsync(ct);
        foreach (var (request, _) in batch) Boundary.At("before commit of answer", request.Kind);
    }

    async Task FindUnanswered(CancellationToken ct)
    {
        // On SQLite no other process makes calls, so those of a former life need not be waited for.
        var early = true;
        while (true)
        {
            try
            {
                // Never more than can soon be made: what waits too long for its turn is taken up twice.
                if (_ready.Reader.Count < BatchSize)
                {
                    await using var scope = services.CreateAsyncScope();
                    var db = scope.ServiceProvider.GetRequiredService<PaymentsDb>();
                    var now = time.GetUtcNow();
                    var requests = await Claim(db, early && db.IsSqlite ? now + TimeSpan.FromMinutes(1) : now, now, ct);
                    early = false;
                    foreach (var request in requests) await _ready.Writer.WriteAsync(request, ct);
                    if (requests.Count == BatchSize) continue;
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning("Looking for unanswered calls failed: {Reason}", e.Message);
            }
            await Task.Delay(Poll, ct);
        }
    }

    /// <summary>Takes calls whose time has come, so that no other replica makes them meanwhile.</summary>
    async Task<List<ProviderRequest>> Claim(PaymentsDb db, DateTimeOffset until, DateTimeOffset now, CancellationToken ct)
    {
        // Those of this life are under way, or have been told to wait.
        var claimable = db.Calls.Where(c => c.NextTryAt <= until && (c.NextTryAt <= now || c.CreatedAt < _born));
        if (!await claimable.AnyAsync(ct)) return [];
        var requests = new List<ProviderRequest>();
        await db.Unit(async () =>
        {
            var due = await claimable.OrderBy(c => c.NextTryAt).Take(BatchSize).ToListAsync(ct);
            var payments = (await db.Hold([.. due.Select(c => c.OrderId).Distinct()], ct)).ToDictionary(p => p.OrderId);
            foreach (var call in due)
            {
                // Read again under the hold: another replica may have been faster.
                if (!db.IsSqlite) await db.Entry(call).ReloadAsync(ct);
                if (call.NextTryAt is null || call.NextTryAt > until) continue;
                if (Take(db, payments[call.OrderId], call, now) is { } request) requests.Add(request);
            }
            await db.SaveChangesAsync(ct);
        }, ct);
        return requests;
    }

    ProviderRequest? Take(PaymentsDb db, Payment payment, ProviderCall call, DateTimeOffset now)
    {
        if (call.MayHaveReached || !payment.IsMoot(call.Kind, now))
        {
            var request = ProviderRequest.Of(payment, call, call.MayHaveReached);
            (call.MayHaveReached, call.NextTryAt) = (true, now + HandsOff);
            return request;
        }
        call.Close("Never sent: the order is off.", now);
        if (call.Kind == CallKind.Charge && !payment.IsCancelled) db.Send(new PaymentDeclined(payment.OrderId, "provider-unavailable", Final: true));
        if (call.Kind != CallKind.OpenPage) Settlement(db).NotCaptured(payment, final: true);
        return null;
    }
}
