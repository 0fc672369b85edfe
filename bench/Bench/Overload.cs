using System.Diagnostics;
using System.Net;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Bench;

/// <summary>What twice the capacity does to the checkout, and how soon it is itself again.</summary>
/// <param name="Good">Orders confirmed per second during the overload.</param>
/// <param name="Attempts">Requests sent for each order offered.</param>
/// <param name="BackAfterSeconds">Until nine of ten orders offered are confirmed again, each within a second; null if that never came.</param>
sealed record OverloadResult(double Good, double Attempts, int? BackAfterSeconds);

/// <summary>Buyers who arrive at a fixed rate, whatever becomes of those before them, and come again once when told to.</summary>
sealed class Overload(Checkout checkout)
{
    const int MostAttempts = 2;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    long _offered, _attempts, _confirmed;

    public async Task<OverloadResult> Run(double capacityPerSecond, double seconds)
    {
        using var stop = new CancellationTokenSource();
        var watch = checkout.WatchConfirmations(stop.Token);
        await Arrive(capacityPerSecond * 2, seconds);
        var (good, attempts) = (_confirmed / seconds, (double)_attempts / _offered);
        int? back = null;
        for (var second = 1; second <= 30 && back is null; second++)
        {
            (_offered, _confirmed) = (0, 0);
            await Arrive(capacityPerSecond * 0.8, 1);
            await Task.Delay(TimeSpan.FromSeconds(1));
            if (Interlocked.Read(ref _confirmed) >= 0.9 * _offered) back = second * 2;
        }
        await stop.CancelAsync();
        await watch.ContinueWith(_ => { });
        return new(good, attempts, back);
    }

    async Task Arrive(double perSecond, double seconds)
    {
        var clock = Stopwatch.StartNew();
        for (var due = 0L; clock.Elapsed.TotalSeconds < seconds; await Task.Delay(5))
            for (; due < clock.Elapsed.TotalSeconds * perSecond; due++) _ = Buyer(due);
    }

    async Task Buyer(long number)
    {
        Interlocked.Increment(ref _offered);
        var (orders, lines, total) = await checkout.Wish(number);
        var id = Guid.CreateVersion7();
        var confirmed = checkout.Confirmation(id);
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            Interlocked.Increment(ref _attempts);
            try
            {
                if (!(await orders.Place(id, new(lines, Checkout.Address, total, PaymentMethods.Instant))).Ok) return;
                if (await Task.WhenAny(confirmed, Task.Delay(Patience)) == confirmed) Interlocked.Increment(ref _confirmed);
                return;
            }
            catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                // One in five has the patience to come again; a page that repeats by itself would do it with such a budget, too.
                if (number % 5 != 0) return;
                await Task.Delay(TimeSpan.FromSeconds(2));
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                return;
            }
        }
    }
}
