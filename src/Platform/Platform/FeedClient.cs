using System.Diagnostics;
using System.Net;

namespace Jangteo.Platform;

static class FeedClients
{
    public const int WaitSeconds = 20;

    /// <summary>The client that reads a producer's feed as the named reader's service.</summary>
    public static void AddFeedClient(this IHostApplicationBuilder builder, string producer, string service)
    {
        var name = NameOf(producer, service);
        // Two handlers of a module may hear the same feed: its client is set up once.
        if (builder.Services.Any(s => name.Equals(s.ServiceKey))) return;
        builder.Services.AddKeyedSingleton(name, (services, _) => new FeedClient(services.GetRequiredService<IHttpClientFactory>(), producer, service));
        builder.Services.AddHttpClient(name, http =>
        {
            http.BaseAddress = ModuleClients.BaseAddress(builder.Configuration, producer);
            http.Timeout = TimeSpan.FromSeconds(WaitSeconds + 10);
        }).AsService(service).RemoveAllLoggers().UseTransportOfAddress();
    }

    public static string NameOf(string producer, string service) => $"feed:{service}:{producer}";
}

/// <summary>Reads a producer's feed over its HTTP API, the same together and apart.</summary>
sealed class FeedClient(IHttpClientFactory clients, string producer, string service)
{
    /// <summary>How long a reader rests when the producer says "nothing" without having waited, as one that stops does: until it is gone, asking again would be a tight loop.</summary>
    internal static readonly TimeSpan RestAfterEarlyNothing = TimeSpan.FromMilliseconds(500);

    // One for all reads: connections are renewed below it.
    readonly Lazy<HttpClient> _http = new(() => clients.CreateClient(FeedClients.NameOf(producer, service)));

    /// <summary>Events of these types after the cursor and the cursor to go on from; waits up to the given time for the first.</summary>
    public async Task<(List<Envelope> Events, string Cursor)> Read(string after, int limit, int waitSeconds, string? reader, string types, CancellationToken ct)
    {
        var query = $"/feeds/{producer}?after={after}&limit={limit}&wait={waitSeconds}&types={types}" + (reader is null ? "" : $"&reader={reader}");
        var asked = Stopwatch.GetTimestamp();
        using var response = await _http.Value.GetAsync(query, ct);
        if (response.StatusCode == HttpStatusCode.Gone) throw new FeedTrimmed($"{reader ?? service} fell behind what {producer} keeps.");
        response.EnsureSuccessStatusCode();
        var events = CloudEventFormat.Decode(await response.Content.ReadAsByteArrayAsync(ct));
        var cursor = response.Headers.GetValues("Feed-Cursor").Single();
        if (events.Count == 0 && cursor == after && waitSeconds > 0 && Stopwatch.GetElapsedTime(asked) < RestAfterEarlyNothing) await Task.Delay(RestAfterEarlyNothing, ct);
        return (events, cursor);
    }
}

/// <summary>The producer has trimmed what this reader has not read.</summary>
sealed class FeedTrimmed(string message) : Exception(message);
