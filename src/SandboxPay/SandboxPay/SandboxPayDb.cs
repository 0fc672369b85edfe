using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.SandboxPay;

/// <summary>The provider's own books.</summary>
sealed class SandboxPayDb(DbContextOptions<SandboxPayDb> options) : ModuleDb(options)
{
    public DbSet<Payment> Payments => Set<Payment>();
    public DbSet<Refund> Refunds => Set<Refund>();
    public DbSet<StoredCard> Cards => Set<StoredCard>();
    public DbSet<Webhook> Webhooks => Set<Webhook>();

    /// <summary>The payment, held against other writers until the unit commits; SQLite has one writer anyway.</summary>
    public async Task<Payment?> Hold(string key, CancellationToken ct) => IsSqlite
        ? await Payments.FirstOrDefaultAsync(p => p.Key == key, ct)
        : (await Payments.FromSql($"SELECT * FROM payments WHERE \"Key\" = {key} FOR UPDATE").ToListAsync(ct)).SingleOrDefault();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Payment>(payment =>
        {
            payment.ToTable("payments", table => table.HasCheckConstraint("ck_refunded",
                "\"Refunded\" >= 0 AND \"Refunded\" <= \"Amount_Amount\" AND (\"Refunded\" = 0 OR \"State\" = 'Captured')"));
            payment.HasKey(p => p.Key);
            payment.HasIndex(p => p.IdempotencyKey).IsUnique();
            payment.HasIndex(p => p.Reference);
            payment.Property(p => p.State).HasConversion<string>();
            payment.Property(p => p.Card).HasConversion<string>();
        });
        model.Entity<Refund>(refund =>
        {
            refund.ToTable("refunds", table => table.HasCheckConstraint("ck_amount", "\"Amount_Amount\" > 0"));
            refund.HasIndex(r => r.IdempotencyKey).IsUnique();
            refund.HasIndex(r => r.PaymentKey);
        });
        model.Entity<StoredCard>(card =>
        {
            card.ToTable("cards").HasKey(c => c.Customer);
            card.Property(c => c.Behaviour).HasConversion<string>();
        });
        model.Entity<Webhook>().ToTable("webhooks").HasIndex(w => w.NextTryAt);
        GuardVersions(model);
    }
}

sealed class SandboxPayDesign : DesignTime<SandboxPayDb>;
