using System.Collections.Concurrent;
using Jangteo.Board.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Hosting;

namespace Jangteo.Storefront;

/// <summary>What kept pages are called by the news that outdates them.</summary>
static class CacheTags
{
    public const string Products = "products";

    public static string Product(Guid id) => $"product-{id}";
    public static string Sku(string sku) => $"sku-{sku}";
}

/// <summary>Hears the modules' news and drops the kept pages they outdate.</summary>
sealed class FreshPages(Evictions evictions, CategoryShelf categories, SoldOutSkus soldOut) :
    IHandle<ProductPublished>, IHandle<ProductRetired>, IHandle<CategoriesChanged>, IHandle<StockChanged>, IHandle<ProductRatingChanged>, IHandle<BoardChanged>
{
    public Task Handle(ProductPublished message, CancellationToken ct) => Drop(CacheTags.Products, CacheTags.Product(message.ProductId));

    public Task Handle(ProductRetired message, CancellationToken ct) => Drop(CacheTags.Products, CacheTags.Product(message.ProductId));

    public Task Handle(ProductRatingChanged message, CancellationToken ct) => Drop(CacheTags.Products, CacheTags.Product(message.ProductId));

    public Task Handle(BoardChanged message, CancellationToken ct) => message.ProductId is { } product ? Drop(CacheTags.Product(product)) : Task.CompletedTask;

    // Every sale changes the stock of something. Lists show it only when a SKU sells out or comes back.
    public Task Handle(StockChanged message, CancellationToken ct) => soldOut.Changed(message.Sku, message.Available == 0)
        ? Drop(CacheTags.Products, CacheTags.Sku(message.Sku))
        : Drop(CacheTags.Sku(message.Sku));

    public Task Handle(CategoriesChanged message, CancellationToken ct)
    {
        categories.Forget();
        return Drop(CacheTags.Products);
    }

    Task Drop(params string[] tags)
    {
        evictions.Add(tags);
        return Task.CompletedTask;
    }
}

/// <summary>Which SKUs were last heard to be sold out.</summary>
sealed class SoldOutSkus
{
    readonly ConcurrentDictionary<string, byte> _soldOut = new();

    /// <summary>Takes the news; true when the SKU sold out or came back.</summary>
    public bool Changed(string sku, bool soldOut) => soldOut ? _soldOut.TryAdd(sku, 0) : _soldOut.TryRemove(sku, out _);
}

/// <summary>
/// Drops pages in batches, so that a rush of news costs little, and once more a little later: the Catalog hears the
/// stock and the stars at its own pace, and a page made in between would be kept with the old ones.
/// </summary>
sealed class Evictions(IOutputCacheStore store, TimeProvider time) : BackgroundService
{
    static readonly TimeSpan s_batch = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan s_again = TimeSpan.FromSeconds(2);

    readonly ConcurrentDictionary<string, byte> _waiting = new();
    readonly Queue<(DateTimeOffset At, string[] Tags)> _later = new();

    public void Add(params string[] tags)
    {
        foreach (var tag in tags) _waiting.TryAdd(tag, 0);
    }

    protected override async Task ExecuteAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(s_batch, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            var now = time.GetUtcNow();
            while (_later.TryPeek(out var due) && due.At <= now) await Evict(_later.Dequeue().Tags, ct);
            var tags = _waiting.Keys.ToArray();
            if (tags.Length == 0) continue;
            foreach (var tag in tags) _waiting.TryRemove(tag, out _);
            await Evict(tags, ct);
            _later.Enqueue((now + s_again, tags));
        }
    }

    async Task Evict(string[] tags, CancellationToken ct)
    {
        foreach (var tag in tags) await store.EvictByTagAsync(tag, ct);
    }
}
