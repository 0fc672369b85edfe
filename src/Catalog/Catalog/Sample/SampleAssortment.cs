using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jangteo.Catalog;

/// <summary>Fills an empty catalog on the first start, before the process listens, so that the mall opens with something in it.</summary>
sealed class SampleAssortment(IServiceScopeFactory scopes, [FromKeyedServices(typeof(CatalogDb))] ModuleStore store, IOptions<CatalogOptions> options, TimeProvider time, ILogger<SampleAssortment> log) : IHostedService
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "sample");

    public async Task StartAsync(CancellationToken ct)
    {
        if (!options.Value.Sample || !await store.IsEmpty("categories", ct) || !await store.IsEmpty("products", ct)) return;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CatalogDb>();
        var began = time.GetTimestamp();
        try
        {
            var count = await Load(db, scope.ServiceProvider.GetRequiredService<ProductWriter>(), ct);
            log.LogInformation("Laid out {Count} sample products in {Milliseconds:0} ms", count, time.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            if (!await db.Products.AnyAsync(ct)) throw;
            log.LogInformation("Another replica laid out the sample products");
        }
    }

    public Task StopAsync(CancellationToken ct) => Task.CompletedTask;

    async Task<int> Load(CatalogDb db, ProductWriter writer, CancellationToken ct)
    {
        var categories = await Read<SampleCategory>("categories.json", ct);
        var products = await Read<SampleProduct>("products.json", ct);
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        foreach (var c in categories) db.Add(new Category { Slug = c.Slug, Parent = c.Parent, Position = c.Position, Name = c.Name, Icon = "icon-" + Path.GetFileNameWithoutExtension(c.Emoji) });
        db.Send(new CategoriesChanged());
        // Newest first should show the breadth of the shop, so the order is shuffled, the same on every machine.
        var now = time.GetUtcNow();
        foreach (var (minutes, product) in products.OrderBy(p => IdOf("order:" + p.Slug)).Index())
            writer.Publish(writer.Begin(IdOf(product.Slug), now.AddMinutes(-minutes)), product.AsEdit(), null);
        db.ChangeTracker.AutoDetectChangesEnabled = true;
        await db.SaveChangesAsync(ct);
        return products.Count;
    }

    /// <summary>The same id on every machine, so that replicas and tests agree; a UUID of version 8, made from the slug.</summary>
    public static Guid IdOf(string slug)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes("jangteo sample " + slug)).AsSpan(0, 16);
        hash[6] = (byte)(hash[6] & 0x0F | 0x80);
        hash[8] = (byte)(hash[8] & 0x3F | 0x80);
        return new(hash, bigEndian: true);
    }

    static async Task<List<T>> Read<T>(string name, CancellationToken ct)
    {
        await using var file = File.OpenRead(Path.Combine(Folder, name));
        return (await JsonSerializer.DeserializeAsync<List<T>>(file, JsonSerializerOptions.Web, ct))!;
    }

    sealed record SampleCategory(string Slug, string? Parent, LocalText Name, int Position, string Emoji);

    sealed record SampleSku(string Sku, List<LocalText> Options, long Price, int OpeningStock, long? ListPrice);

    sealed record SampleNotice(List<List<string>> Ko, List<List<string>> En);

    sealed record SampleProduct(string Slug, string Category, LocalText Name, LocalText Brand, LocalText Summary, LocalText Description, List<string> Keywords,
        List<LocalText> OptionNames, List<SampleSku> Skus, long? ListPrice, List<string> Pictures, SampleNotice Notice)
    {
        public ProductEdit AsEdit() => new(Slug, Category, Name, Brand, Summary, Description, OptionNames,
            [.. Skus.Select(s => new SkuEdit(s.Sku, s.Options, s.Price, s.OpeningStock))], ListPrice ?? Skus.MinBy(s => s.Price)!.ListPrice,
            [.. Pictures.Select(p => Path.GetFileNameWithoutExtension(p))],
            [.. Notice.Ko.Zip(Notice.En, (ko, en) => new NoticeRow(new(ko[0], en[0]), new(ko[1], en[1])))], Keywords);
    }
}
