using System.Text.Encodings.Web;
using System.Text.Json;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Jangteo.Orders;

/// <summary>Orders, each one row with its lines and history, coupons and points, and the replica of the catalog's prices.</summary>
sealed class OrdersDb(DbContextOptions<OrdersDb> options) : ModuleDb(options)
{
    // Korean text stays readable, and a third of the size.
    static readonly JsonSerializerOptions Json = new(MessageFormat.Json) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public DbSet<Order> Orders => Set<Order>();
    public DbSet<Price> Prices => Set<Price>();
    public DbSet<ProductRevision> ProductRevisions => Set<ProductRevision>();
    public DbSet<Decision> Decisions => Set<Decision>();
    public DbSet<Coupon> Coupons => Set<Coupon>();
    public DbSet<HeldCoupon> CouponBox => Set<HeldCoupon>();
    public DbSet<CouponUse> CouponUses => Set<CouponUse>();
    public DbSet<PointEntry> PointEntries => Set<PointEntry>();
    public DbSet<PointBalance> PointBalances => Set<PointBalance>();

    /// <summary>An order to change; null when there is none.</summary>
    public Task<Order?> Order(Guid id, CancellationToken ct) => Orders.FirstOrDefaultAsync(o => o.Id == id, ct);

    /// <summary>A member's points, which nobody else spends before this transaction ends.</summary>
    public async Task<long> HoldPoints(Guid member, CancellationToken ct)
    {
        var balances = IsSqlite ? PointBalances.Where(b => b.MemberId == member) : PointBalances.FromSql($"SELECT * FROM point_balances WHERE \"MemberId\" = {member} FOR UPDATE");
        return (await balances.AsNoTracking().ToListAsync(ct)).SingleOrDefault()?.Balance ?? 0;
    }

    /// <summary>Announces what a decision gave.</summary>
    public void SendAll(IEnumerable<IMessage> messages)
    {
        foreach (var message in messages) Send(message);
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Order>(Describe);
        model.Entity<Price>(price =>
        {
            price.ToTable("prices").HasKey(p => p.Sku);
            price.Property(p => p.Sku).HasMaxLength(32);
            price.HasIndex(p => p.ProductId);
            AsJson(price.Property(p => p.Name));
            AsJson(price.Property(p => p.Label));
        });
        model.Entity<ProductRevision>().ToTable("product_revisions").HasKey(p => p.ProductId);
        model.Entity<Decision>(decision =>
        {
            decision.ToTable("decisions").HasIndex(d => new { d.OrderId, d.Action });
            decision.Property(d => d.Action).HasConversion<string>().HasMaxLength(20);
        });
        BenefitTables.Describe(model);
        GuardVersions(model);
    }

    static void Describe(EntityTypeBuilder<Order> order)
    {
        order.ToTable("orders", table => table.HasCheckConstraint("ck_orders_refunded", "\"Refunded_Amount\" >= 0"));
        order.HasKey(o => o.Seq);
        order.HasIndex(o => o.Id).IsUnique();
        order.HasIndex(o => o.Number).IsUnique();
        order.HasIndex(o => new { o.MemberId, o.Seq });
        order.HasIndex(o => new { o.Status, o.Seq });
        // Almost empty, so the checkout pays nothing for them.
        order.HasIndex(o => o.PointsMissing).HasFilter("\"PointsMissing\" > 0");
        order.HasIndex(o => o.StockMissingSince).HasFilter("\"StockMissingSince\" IS NOT NULL");
        order.Property(o => o.Status).HasConversion<string>().HasMaxLength(20);
        order.Property(o => o.Number).HasMaxLength(20);
        order.Property(o => o.SearchText).HasMaxLength(100);
        AsJson(order.Property(o => o.Lines));
        AsJson(order.Property(o => o.ShipTo));
        AsJson(order.Property(o => o.History));
        AsJson(order.Property(o => o.Discounts));
        AsJson(order.Property(o => o.Earned));
        order.Ignore(o => o.Subtotal).Ignore(o => o.Title).Ignore(o => o.BuyerMayCancel);
    }

    // One row is one read and one write. The values are never changed in place, so a new value is a new reference.
    internal static void AsJson<T>(PropertyBuilder<T> property) where T : class? => property.HasConversion(
        value => JsonSerializer.Serialize(value, Json), json => JsonSerializer.Deserialize<T>(json, Json)!,
        new ValueComparer<T>((a, b) => ReferenceEquals(a, b), value => value!.GetHashCode(), value => value));
}

/// <summary>The queries that every checkout runs, compiled once for the process's database.</summary>
sealed class OrdersQueries
{
    readonly Func<OrdersDb, Guid, CancellationToken, Task<Order?>> _order =
        EF.CompileAsyncQuery((OrdersDb db, Guid id, CancellationToken ct) => db.Orders.FirstOrDefault(o => o.Id == id));

    readonly Func<OrdersDb, Guid, CancellationToken, Task<Order?>> _stored =
        EF.CompileAsyncQuery((OrdersDb db, Guid id, CancellationToken ct) => db.Orders.AsNoTracking().FirstOrDefault(o => o.Id == id));

    readonly Func<OrdersDb, string[], IAsyncEnumerable<Price>> _prices =
        EF.CompileAsyncQuery((OrdersDb db, string[] skus) => db.Prices.AsNoTracking().Where(p => skus.Contains(p.Sku) && p.IsSold));

    /// <summary>An order, to change it.</summary>
    public Task<Order?> Order(OrdersDb db, Guid id, CancellationToken ct) => _order(db, id, ct);

    /// <summary>An order, to look at.</summary>
    public Task<Order?> Stored(OrdersDb db, Guid id, CancellationToken ct) => _stored(db, id, ct);

    /// <summary>The prices of those of the SKUs that can be ordered.</summary>
    public IAsyncEnumerable<Price> Prices(OrdersDb db, string[] skus) => _prices(db, skus);
}

sealed class OrdersDesign : DesignTime<OrdersDb>;

/// <summary>What a SKU costs now, as the catalog last told.</summary>
sealed class Price
{
    public required string Sku { get; init; }
    public Guid ProductId { get; set; }
    public required string Slug { get; set; }
    public required LocalText Name { get; set; }
    public required LocalText Label { get; set; }
    public string? Picture { get; set; }
    public Money UnitPrice { get; set; }

    /// <summary>False once the SKU can no longer be ordered.</summary>
    public bool IsSold { get; set; }
}

/// <summary>The newest revision of a product that was heard of, so that an older one that comes late is ignored.</summary>
sealed class ProductRevision
{
    public Guid ProductId { get; init; }
    public int Revision { get; set; }
}
