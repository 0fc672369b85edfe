namespace Jangteo.Platform;

/// <summary>Lets a host without a database hear feeds from now on, for example to refresh its caches. Nothing is replayed after a restart.</summary>
public static class FeedWatches
{
    /// <summary>Hands each new message of the named modules to the handler class, which is made anew per message.</summary>
    public static void WatchFeeds<THandler>(this WebApplicationBuilder builder, string host, params string[] of) where THandler : class
    {
        builder.Services.AddScoped<THandler>();
        foreach (var producer in of)
        {
            builder.AddFeedClient(producer, host);
            builder.Services.AddSingleton<IHostedService>(services => new FeedWatch(Subscription.Of<THandler>([producer]), producer, host, services));
        }
    }
}

sealed class FeedWatch(Subscription subscription, string producer, string host, IServiceProvider services) : BackgroundService
{
    const int BatchSize = 500;
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    readonly ILogger _log = services.GetRequiredService<ILoggerFactory>().CreateLogger($"Jangteo.Feeds.{host}");

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        await services.GetRequiredService<IHostApplicationLifetime>().Started(ct);
        var feed = services.GetRequiredKeyedService<FeedClient>(FeedClients.NameOf(producer, host));
        var cursor = "now";
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var (events, next) = await feed.Read(cursor, BatchSize, cursor == "now" ? 0 : FeedClients.WaitSeconds, null, subscription.Types, ct);
                foreach (var message in events) await Handle(message, ct);
                cursor = next;
            }
            catch (FeedTrimmed)
            {
                cursor = "now";
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                _log.LogWarning("Watching {Producer} pauses: {Reason}", producer, e.Message);
                await Task.Delay(Pause, ct);
            }
        }
    }

    async Task Handle(Envelope message, CancellationToken ct)
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            await subscription.Messages[message.Type](scope.ServiceProvider.GetRequiredService(subscription.Handler), message.Data, ct);
        }
        // It would fail again, and whoever only watches has nothing to lose but what is next.
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            _log.LogError(e, "{Type} of {Key} from {Producer} was not handled", message.Type, message.Key, producer);
        }
    }
}
