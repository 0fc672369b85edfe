using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>Payments, their refunds, the calls to the provider and the ledger.</summary>
sealed class PaymentsDb(DbContextOptions<PaymentsDb> options) : ModuleDb(options)
{
    public DbSet<Payment> Payments => Set<Payment>();
    public DbSet<Refund> Refunds => Set<Refund>();
    public DbSet<ProviderCall> Calls => Set<ProviderCall>();
    public DbSet<LedgerEntry> Ledger => Set<LedgerEntry>();
    public DbSet<Decision> Decisions => Set<Decision>();
    public DbSet<Deposit> Deposits => Set<Deposit>();
    public DbSet<ReconciliationRun> Reconciliations => Set<ReconciliationRun>();
    public DbSet<Difference> Differences => Set<Difference>();

    /// <summary>Payments held against other writers until the unit commits; SQLite has one writer anyway.</summary>
    public Task<List<Payment>> Hold(Guid[] orderIds, CancellationToken ct) => IsSqlite
        ? Payments.Where(p => orderIds.Contains(p.OrderId)).ToListAsync(ct)
        : Payments.FromSql($"SELECT * FROM payments WHERE \"OrderId\" = ANY({orderIds}) ORDER BY \"OrderId\" FOR UPDATE").ToListAsync(ct);

    /// <summary>One payment, held likewise.</summary>
    public async Task<Payment?> Hold(Guid orderId, CancellationToken ct) => (await Hold([orderId], ct)).SingleOrDefault();

    /// <summary>The call of a kind that is still under way for an order.</summary>
    public Task<ProviderCall?> OpenCall(Guid orderId, CallKind kind, CancellationToken ct) =>
        Calls.FirstOrDefaultAsync(c => c.OrderId == orderId && c.Kind == kind && c.NextTryAt != null, ct);

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Payment>(payment =>
        {
            payment.ToTable("payments", table =>
            {
                table.HasCheckConstraint("ck_captured", "\"Captured\" >= 0");
                table.HasCheckConstraint("ck_refunds", "\"Refunded\" >= 0 AND \"Refunded\" <= \"RefundsAsked\" AND \"RefundsAsked\" <= \"Captured\"");
            });
            payment.HasKey(p => p.OrderId);
            payment.Property(p => p.OrderId).ValueGeneratedNever();
            payment.Property(p => p.Status).HasConversion<string>();
            // Before there was a choice, it was this one.
            payment.Property(p => p.Provider).HasDefaultValue(SandboxPayProvider.ProviderName);
        });
        model.Entity<Payment>().HasIndex(p => p.DepositCode).HasFilter("\"DepositCode\" IS NOT NULL");
        model.Entity<Deposit>(deposit =>
        {
            deposit.ToTable("deposits", table =>
            {
                table.HasCheckConstraint("ck_amount", "\"Amount_Amount\" > 0");
                table.HasCheckConstraint("ck_matched", "(\"Status\" = 'Matched') = (\"OrderId\" IS NOT NULL)");
            });
            deposit.HasIndex(d => d.Line).IsUnique();
            // An order is paid by one deposit.
            deposit.HasIndex(d => d.OrderId).IsUnique().HasFilter("\"OrderId\" IS NOT NULL");
            deposit.HasIndex(d => new { d.Status, d.ReceivedAt });
            deposit.Property(d => d.Status).HasConversion<string>();
        });
        model.Entity<Refund>(refund =>
        {
            refund.ToTable("refunds", table => table.HasCheckConstraint("ck_amount", "\"Amount\" > 0"));
            refund.HasIndex(r => new { r.OrderId, r.Key }).IsUnique();
            refund.Property(r => r.Status).HasConversion<string>();
            refund.HasIndex(r => r.At).HasFilter($"\"Status\" = '{nameof(RefundStatus.Refused)}'").HasDatabaseName("ix_refunds_refused");
        });
        model.Entity<Decision>(decision =>
        {
            decision.ToTable("decisions");
            decision.HasIndex(d => d.OrderId);
            decision.HasIndex(d => d.SubjectId);
        });
        model.Entity<ProviderCall>(call =>
        {
            call.ToTable("provider_calls");
            call.HasIndex(c => c.OrderId);
            call.HasIndex(c => c.NextTryAt).HasFilter("\"NextTryAt\" IS NOT NULL");
            call.Property(c => c.Kind).HasConversion<string>();
        });
        model.Entity<LedgerEntry>(entry =>
        {
            entry.ToTable("ledger", table => table.HasCheckConstraint("ck_amount", "\"Amount_Amount\" > 0"));
            // One capture at most for an order, and every refund once.
            entry.HasIndex(e => e.OrderId).IsUnique().HasFilter($"\"Kind\" = '{LedgerEntry.Capture}'").HasDatabaseName("ux_ledger_capture");
            entry.HasIndex(e => new { e.Kind, e.Reference }).IsUnique();
        });
        model.Entity<ReconciliationRun>(run =>
        {
            run.ToTable("reconciliations");
            run.HasIndex(r => r.Day).IsUnique();
            run.HasIndex(r => r.NextTryAt).HasFilter("\"NextTryAt\" IS NOT NULL");
        });
        model.Entity<Difference>(difference =>
        {
            difference.ToTable("differences");
            difference.HasIndex(d => d.Fingerprint).IsUnique();
            difference.HasIndex(d => d.Id).HasFilter($"\"Status\" = '{nameof(DifferenceStatus.Open)}'").HasDatabaseName("ix_differences_open");
            difference.Property(d => d.Kind).HasConversion<string>();
            difference.Property(d => d.Status).HasConversion<string>();
        });
        GuardVersions(model);
    }
}

/// <summary>The queries that every checkout runs, compiled once for the process's database.</summary>
sealed class PaymentsQueries
{
    readonly Func<PaymentsDb, Guid[], IAsyncEnumerable<Payment>> _payments =
        EF.CompileAsyncQuery((PaymentsDb db, Guid[] orderIds) => db.Payments.Where(p => orderIds.Contains(p.OrderId)));

    readonly Func<PaymentsDb, Guid[], IAsyncEnumerable<ProviderCall>> _calls =
        EF.CompileAsyncQuery((PaymentsDb db, Guid[] ids) => db.Calls.Where(c => ids.Contains(c.Id)));

    /// <summary>Payments held against other writers, see <see cref="PaymentsDb.Hold(Guid[], CancellationToken)"/>.</summary>
    public async Task<List<Payment>> Hold(PaymentsDb db, Guid[] orderIds, CancellationToken ct) =>
        db.IsSqlite ? await _payments(db, orderIds).ToListAsync(ct) : await db.Hold(orderIds, ct);

    public IAsyncEnumerable<ProviderCall> Calls(PaymentsDb db, Guid[] ids) => _calls(db, ids);
}

sealed class PaymentsDesign : DesignTime<PaymentsDb>;

/// <summary>Makes the database itself refuse to change or remove what the ledger says; called by the first migration of each database.</summary>
static class AppendOnlyLedger
{
    public const string Sqlite = """
        CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'The ledger is append-only.'); END;
        CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'The ledger is append-only.'); END;
        """;

    public const string PostgreSql = """
        CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'The ledger is append-only.'; END $$;
        CREATE TRIGGER ledger_no_change BEFORE UPDATE OR DELETE ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
        CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
        """;
}
