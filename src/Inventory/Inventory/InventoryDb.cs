using System.Text.Json;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Jangteo.Inventory;

sealed class InventoryDb(DbContextOptions<InventoryDb> options) : ModuleDb(options)
{
    public DbSet<Stock> Stocks => Set<Stock>();
    public DbSet<Reservation> Reservations => Set<Reservation>();
    public DbSet<Movement> Movements => Set<Movement>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Stock>(stock =>
        {
            stock.HasKey(s => s.Sku);
            stock.Property(s => s.Sku).HasMaxLength(Movement.MaxSkuLength);
            stock.ToTable("stocks", table =>
            {
                table.HasCheckConstraint("ck_stocks_not_negative", "\"Available\" >= 0 AND \"Reserved\" >= 0 AND \"Sold\" >= 0");
                table.HasCheckConstraint("ck_stocks_balance", "\"Available\" + \"Reserved\" + \"Sold\" = \"Stocked\"");
            });
        });
        model.Entity<Reservation>(reservation =>
        {
            reservation.ToTable("reservations").HasKey(r => r.OrderId);
            reservation.Property(r => r.OrderId).ValueGeneratedNever();
            reservation.Property(r => r.State).HasConversion<string>().HasMaxLength(16);
            // The lines never change and are only read whole: one row instead of a row for each.
            reservation.Property(r => r.Lines).HasConversion(
                lines => JsonSerializer.Serialize(lines, MessageFormat.Json),
                json => JsonSerializer.Deserialize<List<SkuQuantity>>(json, MessageFormat.Json)!,
                new ValueComparer<IReadOnlyList<SkuQuantity>>((a, b) => ReferenceEquals(a, b), lines => lines.Count));
        });
        model.Entity<Movement>(movement =>
        {
            movement.ToTable("movements").HasKey(m => m.Seq);
            movement.HasIndex(m => new { m.Sku, m.Seq });
            movement.Property(m => m.Sku).HasMaxLength(Movement.MaxSkuLength);
            movement.Property(m => m.Reason).HasMaxLength(Movement.MaxReasonLength);
            movement.Property(m => m.By).HasMaxLength(64);
        });
        GuardVersions(model);
    }
}

sealed class InventoryDesign : DesignTime<InventoryDb>;

/// <summary>A line in the books: pieces that came in or went out other than by an order.</summary>
sealed class Movement
{
    public const int MaxSkuLength = 32;
    public const int MaxReasonLength = 200;

    public long Seq { get; init; }
    public Guid Id { get; init; }
    public required string Sku { get; init; }
    public int Change { get; init; }
    public required string Reason { get; init; }
    public required string By { get; init; }
    public DateTimeOffset At { get; init; }
}

/// <summary>The queries that every checkout runs, compiled once for the process's database.</summary>
sealed class InventoryQueries
{
    readonly Func<InventoryDb, Guid, CancellationToken, Task<Reservation?>> _reservation =
        EF.CompileAsyncQuery((InventoryDb db, Guid orderId, CancellationToken ct) => db.Reservations.SingleOrDefault(r => r.OrderId == orderId));

    readonly Func<InventoryDb, string[], IAsyncEnumerable<Stock>> _stocks =
        EF.CompileAsyncQuery((InventoryDb db, string[] skus) => db.Stocks.Where(s => skus.Contains(s.Sku)));

    readonly Func<InventoryDb, string, IAsyncEnumerable<Stock>> _stock =
        EF.CompileAsyncQuery((InventoryDb db, string sku) => db.Stocks.Where(s => s.Sku == sku));

    public Task<Reservation?> Reservation(InventoryDb db, Guid orderId, CancellationToken ct) => _reservation(db, orderId, ct);

    /// <summary>The stock of the lines, to change it.</summary>
    public async Task<Shelf> Shelf(InventoryDb db, IReadOnlyList<SkuQuantity> lines, CancellationToken ct) =>
        new(await Stocks(db, [.. lines.Select(l => l.Sku)]).ToListAsync(ct));

    /// <summary>The stock of one SKU, to change it; null when it was never published.</summary>
    public async Task<Stock?> Stock(InventoryDb db, string sku, CancellationToken ct) => await Stocks(db, [sku]).SingleOrDefaultAsync(ct);

    // Inside a unit SQLite has one writer. On PostgreSQL the rows are locked until the commit, in the order of the SKUs, so that two
    // messages cannot wait for each other; two batches of several messages can, and then PostgreSQL undoes one, which is run again.
    IAsyncEnumerable<Stock> Stocks(InventoryDb db, string[] skus) =>
        !db.IsSqlite ? db.Stocks.FromSql($"""SELECT * FROM stocks WHERE "Sku" = ANY({skus}) ORDER BY "Sku" COLLATE "C" FOR UPDATE""").AsAsyncEnumerable()
        : skus is [var sku] ? _stock(db, sku)
        : _stocks(db, skus);
}
