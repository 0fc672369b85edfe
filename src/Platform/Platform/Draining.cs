using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Jangteo.Platform;

/// <summary>How a process leaves, section <c>Drain</c>.</summary>
public sealed class DrainOptions
{
    /// <summary>Seconds between SIGTERM (ready turns 503, requests go on being served) and the stop. Ctrl-C does not wait.</summary>
    [Range(0, 300)]
    public int DelaySeconds { get; set; } = 3;
}

/// <summary>Whether the process may be sent traffic.</summary>
sealed class Readiness
{
    public volatile bool Started;
    public volatile bool Draining;
}

/// <summary>On SIGTERM says "not ready", goes on serving for the drain delay so that load balancers notice, then stops.</summary>
sealed class DrainingLifetime(Readiness readiness, IOptions<DrainOptions> options, IHostApplicationLifetime application, ILogger<DrainingLifetime> log) : IHostLifetime, IDisposable
{
    readonly List<PosixSignalRegistration> _signals = [];

    public Task WaitForStartAsync(CancellationToken ct)
    {
        application.ApplicationStarted.Register(() => readiness.Started = true);
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, StopNow));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, StopNow));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Drain));
        return Task.CompletedTask;
    }

    void StopNow(PosixSignalContext signal)
    {
        signal.Cancel = true;
        application.StopApplication();
    }

    void Drain(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (readiness.Draining) return;
        readiness.Draining = true;
        log.LogInformation("Draining for {Seconds} s", options.Value.DelaySeconds);
        _ = Task.Delay(TimeSpan.FromSeconds(options.Value.DelaySeconds)).ContinueWith(_ => application.StopApplication(), TaskScheduler.Default);
    }

    public Task StopAsync(CancellationToken ct) => Task.CompletedTask;

    public void Dispose() => _signals.ForEach(s => s.Dispose());
}

/// <summary>Waiting for the start.</summary>
public static class Starting
{
    /// <summary>Returns once the process has started and answers, in process and on its sockets.</summary>
    public static async Task Started(this IHostApplicationLifetime life, CancellationToken ct)
    {
        // What one begins with, even a database that is locked, holds up neither the others nor the word that we are ready.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var _ = life.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(ct);
    }
}

static class Health
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Text("live")).ExcludeFromDescription().DisableRateLimiting();
        app.MapGet("/health/ready", (Readiness readiness) =>
        {
            var state = readiness.Draining ? "draining" : readiness.Started ? "ready" : "starting";
            return Results.Text(state, statusCode: state == "ready" ? 200 : 503);
        }).ExcludeFromDescription().DisableRateLimiting();
    }
}
