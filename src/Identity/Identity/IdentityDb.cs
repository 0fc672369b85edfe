using Jangteo.Identity.Logins;
using Jangteo.Identity.Mails;
using Jangteo.Identity.Members;
using Jangteo.Identity.Tokens;
using Jangteo.Platform;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Jangteo.Identity;

/// <summary>Members, their consents, addresses, sessions and known devices; counters of attempts; mails; the signing keys.</summary>
sealed class IdentityDb(DbContextOptions<IdentityDb> options) : ModuleDb(options)
{
    public DbSet<Member> Members => Set<Member>();
    public DbSet<MemberSession> Sessions => Set<MemberSession>();
    public DbSet<KnownDevice> Devices => Set<KnownDevice>();
    public DbSet<MailedToken> MailedTokens => Set<MailedToken>();
    public DbSet<Attempts> Attempts => Set<Attempts>();
    public DbSet<Mail> Mails => Set<Mail>();
    public DbSet<StoredKeys> Keys => Set<StoredKeys>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Member>(member =>
        {
            member.ToTable("members");
            member.HasIndex(m => m.EmailKey).IsUnique();
            member.Property(m => m.EmailKey).HasMaxLength(254);
            member.HasMany(m => m.Consents).WithOne().HasForeignKey("MemberId").OnDelete(DeleteBehavior.Cascade);
            member.HasMany(m => m.Addresses).WithOne().HasForeignKey("MemberId").OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<MemberConsent>().ToTable("consents").Property(c => c.Id).ValueGeneratedNever();
        model.Entity<MemberAddress>().ToTable("addresses").Property(a => a.Id).ValueGeneratedNever();
        model.Entity<MemberSession>(session =>
        {
            session.ToTable("sessions").HasIndex(s => new { s.MemberId, s.EndsAt });
            session.HasIndex(s => s.Browser);
        });
        model.Entity<KnownDevice>(device =>
        {
            device.ToTable("known_devices").HasKey(d => d.Hash);
            device.HasIndex(d => d.MemberId);
        });
        model.Entity<MailedToken>(token =>
        {
            token.ToTable("mailed_tokens").HasKey(t => t.Hash);
            token.HasIndex(t => t.MemberId);
        });
        model.Entity<Attempts>().ToTable("attempts").HasKey(a => a.Key);
        model.Entity<Mail>(mail =>
        {
            mail.ToTable("mails").HasIndex(m => m.NextTryAt);
            mail.HasIndex(m => m.MemberId);
            mail.HasIndex(m => new { m.At, m.Id });
        });
        model.Entity<StoredKeys>().ToTable("keys").HasKey(k => k.Id);
        GuardVersions(model);
    }

    /// <summary>Members with their consents and addresses, for showing and changing the whole record.</summary>
    public IQueryable<Member> WholeMembers => Members.Include(m => m.Consents).Include(m => m.Addresses).AsSplitQuery();

    /// <summary>Locks the member to the end of the unit and reads them anew: whoever changes the record meanwhile comes before or after, and keeps nobody from saving.</summary>
    public async Task Lock(Member member, CancellationToken ct)
    {
        if (!IsSqlite) await Database.ExecuteSqlAsync($"""SELECT FROM members WHERE "Id" = {member.Id} FOR UPDATE""", ct);
        await Entry(member).ReloadAsync(ct);
    }

    /// <summary>True when saving failed because another row has the same unique value.</summary>
    public static bool IsDuplicate(DbUpdateException e) =>
        e.InnerException is SqliteException { SqliteExtendedErrorCode: 2067 or 1555 } or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
}

sealed class IdentityDesign : DesignTime<IdentityDb>;
