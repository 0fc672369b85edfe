using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jangteo.Catalog;

/// <summary>Changes whenever a commit changed what lists or pages show, so that other replicas drop what they hold.</summary>
sealed class Stamp
{
    /// <summary>What lists and product pages show.</summary>
    public const string Lists = "lists";

    /// <summary>What only product pages show: how many are left.</summary>
    public const string Pages = "pages";

    public required string Of { get; init; }
    public Guid Value { get; set; }
}

/// <summary>
/// Ready answers of the routes that everybody reads, as bytes. They hold until the next commit that changes them: in this
/// process at once, in other replicas within half a second.
/// </summary>
sealed class AnswerCache(IOptions<CatalogOptions> options)
{
    const int MaxEntries = 5_000;

    readonly long _maxBytes = options.Value.CacheMegabytes * 1024L * 1024;
    volatile Generation _lists = new();
    volatile Generation _pages = new();

    /// <summary>The answers that hold now. A handler that began before a change puts its answer into a generation nobody reads any more.</summary>
    public Generation Of(string kind) => kind == Stamp.Pages ? _pages : _lists;

    /// <summary>Forgets after the commit what it changed, here and in the other replicas.</summary>
    public void ForgetOnceCommitted(CatalogDb db, string kind)
    {
        var stamp = db.Stamps.Local.FirstOrDefault(s => s.Of == kind) ?? db.Attach(new Stamp { Of = kind }).Entity;
        stamp.Value = Guid.NewGuid();
        db.AfterCommit(() => Forget(kind));
    }

    public void Forget(string kind)
    {
        _pages = new();
        if (kind == Stamp.Lists) _lists = new();
    }

    public void Keep(Generation generation, string key, Answer answer)
    {
        // Strangers choose the keys, so there is a limit; beginning anew is simple, and popular answers are back at once.
        if (generation.Answers.Count >= MaxEntries || generation.Bytes > _maxBytes) Forget(Stamp.Lists);
        else if (generation.Answers.TryAdd(key, answer)) Interlocked.Add(ref generation.Bytes, answer.Body.Length);
    }

    /// <summary>What was kept since the last change.</summary>
    public sealed class Generation
    {
        public readonly ConcurrentDictionary<string, Answer> Answers = new();
        public long Bytes;
    }

    /// <summary>An answer as it goes out.</summary>
    public sealed class Answer(byte[] body) : IResult
    {
        readonly string _tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 12))}\"";

        public byte[] Body => body;

        public Task ExecuteAsync(HttpContext http)
        {
            http.Response.Headers.ETag = _tag;
            // Browsers and proxies may keep it but must ask: staff expect to see their change.
            http.Response.Headers.CacheControl = "no-cache";
            if (http.Request.Headers.IfNoneMatch == _tag)
            {
                http.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = body.Length;
            return http.Response.BodyWriter.WriteAsync(body, http.RequestAborted).AsTask();
        }
    }
}

/// <summary>Marks routes whose answer is the same for everybody, staff included.</summary>
static class KeptAnswers
{
    const int MaxKeyLength = 512;

    /// <summary>Answers from the cache before anything is bound (a database context alone costs more than sending the answer), and keeps what the handler answers.</summary>
    public static RouteHandlerBuilder KeepAnswers(this RouteHandlerBuilder route, string kind)
    {
        route.AddEndpointFilterFactory((context, next) =>
        {
            var cache = context.ApplicationServices.GetRequiredService<AnswerCache>();
            return call => Keep(cache, kind, call, next);
        });
        route.Add(endpoint =>
        {
            var cache = endpoint.ApplicationServices.GetRequiredService<AnswerCache>();
            var ask = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = http => cache.Of(kind).Answers.TryGetValue(KeyOf(http.Request), out var kept) ? kept.ExecuteAsync(http) : ask(http);
        });
        return route;
    }

    static async ValueTask<object?> Keep(AnswerCache cache, string kind, EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var generation = cache.Of(kind);
        var result = await next(call);
        var inner = result is INestedHttpResult nested ? nested.Result : result;
        if (inner is not IStatusCodeHttpResult { StatusCode: 200 } || inner is not IValueHttpResult { Value: { } value }) return result;
        var answer = new AnswerCache.Answer(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), MessageFormat.Json));
        var key = KeyOf(call.HttpContext.Request);
        if (key.Length <= MaxKeyLength) cache.Keep(generation, key, answer);
        return answer;
    }

    static string KeyOf(HttpRequest request) => request.QueryString.HasValue ? request.Path.Value + request.QueryString.Value : request.Path.Value!;
}

/// <summary>Notices what other replicas committed. On SQLite nobody else writes.</summary>
sealed class AnswerCacheWatch(AnswerCache cache, IServiceScopeFactory scopes, ILogger<AnswerCacheWatch> log) : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        var seen = new Dictionary<string, Guid>();
        while (await Look(seen, ct)) await Task.Delay(Every, ct).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    async Task<bool> Look(Dictionary<string, Guid> seen, CancellationToken ct)
    {
        if (ct.IsCancellationRequested) return false;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CatalogDb>();
            if (db.IsSqlite) return false;
            foreach (var stamp in await db.Stamps.AsNoTracking().ToListAsync(ct))
            {
                // At the first look nobody knows what was kept before it, and from which commit.
                if (!seen.TryGetValue(stamp.Of, out var before) || before != stamp.Value) cache.Forget(stamp.Of);
                seen[stamp.Of] = stamp.Value;
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Blind to others' changes, nothing old may be served.
            cache.Forget(Stamp.Lists);
            log.LogWarning("Watching the catalog's changes pauses: {Reason}", e.Message);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        return true;
    }
}
