using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

sealed class BoardDb(DbContextOptions<BoardDb> options) : ModuleDb(options)
{
    public DbSet<Post> Posts => Set<Post>();
    public DbSet<Comment> Comments => Set<Comment>();
    public DbSet<Report> Reports => Set<Report>();
    public DbSet<WriteRate> WriteRates => Set<WriteRate>();
    public DbSet<Rating> Ratings => Set<Rating>();
    public DbSet<Purchase> Purchases => Set<Purchase>();
    public DbSet<Member> Members => Set<Member>();
    public DbSet<Product> Products => Set<Product>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Post>(post =>
        {
            post.ToTable("posts", table =>
            {
                table.HasCheckConstraint("ck_stars", "\"Stars\" BETWEEN 1 AND 5");
                table.HasCheckConstraint("ck_counts", "\"CommentCount\" >= 0 AND \"ReportCount\" >= 0");
            });
            post.Property(p => p.Board).HasMaxLength(10);
            post.Property(p => p.Title).HasMaxLength(Post.MaxTitleLength);
            post.Property(p => p.Sku).HasMaxLength(32);
            post.HasIndex(p => new { p.Board, p.Pinned, p.At, p.Id });
            post.HasIndex(p => new { p.ProductId, p.Board, p.At });
            post.HasIndex(p => p.MemberId);
            // One review of a bought line, whoever races whom.
            post.HasIndex(p => new { p.OrderId, p.Sku }).IsUnique();
        });
        model.Entity<Comment>(comment =>
        {
            comment.ToTable("comments").HasOne<Post>().WithMany().HasForeignKey(c => c.PostId).OnDelete(DeleteBehavior.Cascade);
            comment.HasIndex(c => new { c.PostId, c.At });
            comment.HasIndex(c => c.MemberId);
        });
        model.Entity<Report>(report =>
        {
            // Once per member.
            report.ToTable("reports").HasKey(r => new { r.PostId, r.MemberId });
            report.HasOne<Post>().WithMany().HasForeignKey(r => r.PostId).OnDelete(DeleteBehavior.Cascade);
            report.HasIndex(r => r.MemberId);
        });
        model.Entity<WriteRate>().ToTable("write_rates").HasKey(r => r.MemberId);
        model.Entity<Rating>().ToTable("ratings", table => table.HasCheckConstraint("ck_counts",
            "\"One\" >= 0 AND \"Two\" >= 0 AND \"Three\" >= 0 AND \"Four\" >= 0 AND \"Five\" >= 0")).HasKey(r => r.ProductId);
        model.Entity<Purchase>(purchase =>
        {
            purchase.ToTable("purchases").HasKey(p => p.OrderId);
            purchase.HasIndex(p => new { p.MemberId, p.At });
            purchase.OwnsMany(p => p.Lines, line =>
            {
                line.ToTable("purchase_lines").Property<Guid>("OrderId");
                line.HasKey("OrderId", nameof(PurchaseLine.Sku));
                line.WithOwner().HasForeignKey("OrderId");
                line.HasIndex(l => l.ProductId);
            });
        });
        model.Entity<Member>().ToTable("members");
        model.Entity<Product>().ToTable("products");
        GuardVersions(model);
    }
}

sealed class BoardDesign : DesignTime<BoardDb>;
