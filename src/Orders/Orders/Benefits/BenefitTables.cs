using Microsoft.EntityFrameworkCore;

namespace Jangteo.Orders;

/// <summary>
/// The tables of coupons and points. The code only adds entries; the database adds them up in the same transaction, and
/// its constraints keep the sums within their limits, so no race between two orders can spend anything twice.
/// </summary>
static class BenefitTables
{
    /// <summary>Entities are described so that an order's entries are saved with the order, once for each kind.</summary>
    public static void Describe(ModelBuilder model)
    {
        model.Entity<Coupon>(coupon =>
        {
            coupon.ToTable("coupons", table =>
            {
                table.HasCheckConstraint("ck_coupons_used", "\"Used\" >= 0 AND \"Used\" <= \"TotalLimit\"");
                table.HasCheckConstraint("ck_coupons_off", "(\"AmountOff\" IS NULL) <> (\"PercentOff\" IS NULL)");
                table.HasCheckConstraint("ck_coupons_valid", "\"ValidFrom\" < \"ValidUntil\"");
            });
            coupon.HasKey(c => c.Seq);
            coupon.HasAlternateKey(c => c.Code);
            coupon.Property(c => c.Code).HasMaxLength(20);
            OrdersDb.AsJson(coupon.Property(c => c.Name));
            coupon.Ignore(c => c.Terms);
        });
        model.Entity<HeldCoupon>(held =>
        {
            held.ToTable("coupon_box", table => table.HasCheckConstraint("ck_coupon_box_used", "\"Used\" >= 0 AND \"Used\" <= \"Limit\""));
            held.HasKey(h => new { h.MemberId, h.Code });
            held.HasOne<Coupon>().WithMany().HasForeignKey(h => h.Code).HasPrincipalKey(c => c.Code).OnDelete(DeleteBehavior.Restrict);
            held.Ignore(h => h.UsesLeft);
        });
        model.Entity<CouponUse>(use =>
        {
            use.ToTable("coupon_uses").HasKey(u => u.Seq);
            use.HasOne<HeldCoupon>().WithMany().HasForeignKey(u => new { u.MemberId, u.Code }).OnDelete(DeleteBehavior.Restrict);
            use.HasIndex(u => new { u.OrderSeq, u.Kind }).IsUnique();
            use.Property(u => u.Kind).HasMaxLength(20);
        });
        model.Entity<PointEntry>(entry =>
        {
            entry.ToTable("point_entries", table => table.HasCheckConstraint("ck_point_entries_change", "\"Change\" <> 0")).HasKey(e => e.Seq);
            entry.HasIndex(e => new { e.OrderSeq, e.Kind, e.Refunded }).IsUnique();
            entry.HasIndex(e => new { e.MemberId, e.Seq });
            entry.Property(e => e.Kind).HasMaxLength(20);
            entry.Property(e => e.Reason).HasMaxLength(Contracts.BenefitLimits.TextLength);
            entry.Property(e => e.By).HasMaxLength(64);
        });
        model.Entity<PointBalance>().ToTable("point_balances", table => table.HasCheckConstraint("ck_point_balances", "\"Balance\" >= 0")).HasKey(b => b.MemberId);
        model.Entity<Order>(order =>
        {
            order.HasMany(o => o.CouponUses).WithOne().HasForeignKey(u => u.OrderSeq).OnDelete(DeleteBehavior.SetNull);
            order.HasMany(o => o.PointEntries).WithOne().HasForeignKey(e => e.OrderSeq).OnDelete(DeleteBehavior.SetNull);
        });
    }

    /// <summary>The sums, for the migration that makes the tables.</summary>
    public const string Sqlite = """
        CREATE TRIGGER coupon_uses_counted AFTER INSERT ON coupon_uses BEGIN
            UPDATE coupons SET "Used" = "Used" + NEW."Change" WHERE "Code" = NEW."Code";
            UPDATE coupon_box SET "Used" = "Used" + NEW."Change" WHERE "MemberId" = NEW."MemberId" AND "Code" = NEW."Code";
        END;
        CREATE TRIGGER point_entries_added AFTER INSERT ON point_entries BEGIN
            INSERT INTO point_balances ("MemberId", "Balance") SELECT NEW."MemberId", 0 WHERE NOT EXISTS (SELECT 1 FROM point_balances WHERE "MemberId" = NEW."MemberId");
            UPDATE point_balances SET "Balance" = "Balance" + NEW."Change" WHERE "MemberId" = NEW."MemberId";
        END;
        CREATE TRIGGER point_entries_kept BEFORE UPDATE OF "MemberId", "Change", "Kind" ON point_entries BEGIN SELECT RAISE(ABORT, 'Entries are never changed.'); END;
        CREATE TRIGGER coupon_uses_kept BEFORE UPDATE OF "MemberId", "Code", "Change", "Kind" ON coupon_uses BEGIN SELECT RAISE(ABORT, 'Entries are never changed.'); END;
        """;

    /// <inheritdoc cref="Sqlite" />
    public const string PostgreSql = """
        CREATE FUNCTION count_coupon_use() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            UPDATE coupons SET "Used" = "Used" + NEW."Change" WHERE "Code" = NEW."Code";
            UPDATE coupon_box SET "Used" = "Used" + NEW."Change" WHERE "MemberId" = NEW."MemberId" AND "Code" = NEW."Code";
            RETURN NULL;
        END $$;
        CREATE FUNCTION add_point_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO point_balances ("MemberId", "Balance") VALUES (NEW."MemberId", 0) ON CONFLICT DO NOTHING;
            UPDATE point_balances SET "Balance" = "Balance" + NEW."Change" WHERE "MemberId" = NEW."MemberId";
            RETURN NULL;
        END $$;
        CREATE FUNCTION keep_benefit_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'Entries are never changed.'; END $$;
        CREATE TRIGGER coupon_uses_counted AFTER INSERT ON coupon_uses FOR EACH ROW EXECUTE FUNCTION count_coupon_use();
        CREATE TRIGGER point_entries_added AFTER INSERT ON point_entries FOR EACH ROW EXECUTE FUNCTION add_point_entry();
        CREATE TRIGGER point_entries_kept BEFORE UPDATE OF "MemberId", "Change", "Kind" ON point_entries FOR EACH ROW EXECUTE FUNCTION keep_benefit_entry();
        CREATE TRIGGER coupon_uses_kept BEFORE UPDATE OF "MemberId", "Code", "Change", "Kind" ON coupon_uses FOR EACH ROW EXECUTE FUNCTION keep_benefit_entry();
        """;
}
