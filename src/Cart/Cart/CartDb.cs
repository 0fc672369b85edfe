using System.Text.Json;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Jangteo.Cart;

sealed class CartDb(DbContextOptions<CartDb> options) : ModuleDb(options)
{
    public DbSet<ShoppingCart> Carts => Set<ShoppingCart>();
    public DbSet<Product> Products => Set<Product>();
    public DbSet<SoldSku> Skus => Set<SoldSku>();
    public DbSet<Level> Levels => Set<Level>();
    public DbSet<SettledOrder> SettledOrders => Set<SettledOrder>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<ShoppingCart>(cart =>
        {
            cart.ToTable("carts").HasKey(c => c.Owner);
            cart.Property(c => c.Owner).HasMaxLength(80);
            cart.HasIndex(c => c.ExpiresAt);
            cart.Property(c => c.Lines).HasConversion(
                lines => JsonSerializer.Serialize(lines, MessageFormat.Json),
                json => JsonSerializer.Deserialize<List<KeptLine>>(json, MessageFormat.Json)!,
                new ValueComparer<IReadOnlyList<KeptLine>>((a, b) => ReferenceEquals(a, b), lines => lines.Count));
        });
        model.Entity<Product>().ToTable("products").HasKey(p => p.ProductId);
        model.Entity<Product>().Property(p => p.ProductId).ValueGeneratedNever();
        model.Entity<SoldSku>(sku =>
        {
            sku.ToTable("skus").HasKey(s => s.Sku);
            sku.Property(s => s.Sku).HasMaxLength(SoldSku.MaxLength);
            sku.HasIndex(s => s.ProductId);
            sku.ComplexProperty(s => s.Name);
            sku.ComplexProperty(s => s.Label);
        });
        model.Entity<Level>().ToTable("levels").HasKey(l => l.Sku);
        model.Entity<Level>().Property(l => l.Sku).HasMaxLength(SoldSku.MaxLength);
        model.Entity<SettledOrder>(order =>
        {
            order.ToTable("settled_orders").HasKey(o => o.OrderId);
            order.Property(o => o.OrderId).ValueGeneratedNever();
            order.HasIndex(o => o.At);
        });
        GuardVersions(model);
    }
}

sealed class CartDesign : DesignTime<CartDb>;

/// <summary>How far we follow a product of the catalog.</summary>
sealed class Product
{
    public Guid ProductId { get; init; }
    public int Revision { get; set; }
}

/// <summary>A SKU as the catalog last told it.</summary>
sealed class SoldSku
{
    public const int MaxLength = 32;

    public required string Sku { get; init; }
    public Guid ProductId { get; set; }
    public required string Slug { get; set; }
    public required LocalText Name { get; set; }
    public required LocalText Label { get; set; }
    public string? Picture { get; set; }
    public Money Price { get; set; }
    public bool Retired { get; set; }
}

/// <summary>A SKU's stock as the Inventory last told it. It may be told before the SKU is.</summary>
sealed class Level
{
    public required string Sku { get; init; }
    public int Available { get; set; }
    public int Revision { get; set; }
}

/// <summary>An order whose lines have left the cart.</summary>
sealed class SettledOrder
{
    public Guid OrderId { get; init; }
    public DateTimeOffset At { get; init; }
}

/// <summary>What is offered under a SKU now.</summary>
/// <param name="Available">Null while unknown.</param>
sealed record Offer(SoldSku Sku, int? Available);

/// <summary>The queries of every call, compiled once for the process's database.</summary>
sealed class CartQueries
{
    readonly Func<CartDb, string, CancellationToken, Task<ShoppingCart?>> _cart =
        EF.CompileAsyncQuery((CartDb db, string owner, CancellationToken ct) => db.Carts.SingleOrDefault(c => c.Owner == owner));

    readonly Func<CartDb, string, IAsyncEnumerable<Offer>> _offer = EF.CompileAsyncQuery((CartDb db, string sku) =>
        db.Skus.AsNoTracking().Where(s => s.Sku == sku).Select(s => new Offer(s, db.Levels.Where(l => l.Sku == s.Sku).Select(l => (int?)l.Available).FirstOrDefault())));

    readonly Func<CartDb, string[], IAsyncEnumerable<Offer>> _offers = EF.CompileAsyncQuery((CartDb db, string[] skus) =>
        db.Skus.AsNoTracking().Where(s => skus.Contains(s.Sku)).Select(s => new Offer(s, db.Levels.Where(l => l.Sku == s.Sku).Select(l => (int?)l.Available).FirstOrDefault())));

    public Task<ShoppingCart?> Cart(CartDb db, string owner, CancellationToken ct) => _cart(db, owner, ct);

    /// <summary>What is offered under the SKUs of the cart, and under one more.</summary>
    public async Task<Dictionary<string, Offer>> Offers(CartDb db, ShoppingCart? cart, string? more, CancellationToken ct)
    {
        var skus = (cart?.Lines.Select(l => l.Sku) ?? []).Concat(more is null ? [] : [more]).Distinct().ToArray();
        if (skus.Length == 0) return [];
        return await (skus is [var sku] ? _offer(db, sku) : _offers(db, skus)).ToDictionaryAsync(o => o.Sku.Sku, cancellationToken: ct);
    }
}
