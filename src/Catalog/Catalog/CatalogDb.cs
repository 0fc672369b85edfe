using System.Text.Json;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Jangteo.Catalog;

sealed class CatalogDb(DbContextOptions<CatalogDb> options) : ModuleDb(options)
{
    public DbSet<Product> Products => Set<Product>();
    public DbSet<Sku> Skus => Set<Sku>();
    public DbSet<Category> Categories => Set<Category>();
    public DbSet<SearchEntry> SearchEntries => Set<SearchEntry>();
    public DbSet<Picture> Pictures => Set<Picture>();
    public DbSet<Stamp> Stamps => Set<Stamp>();

    /// <summary>Products that shoppers may find.</summary>
    public IQueryable<Product> Listed => Products.AsNoTracking().Where(p => !p.Retired);

    /// <summary>A product with all that belongs to it, to be changed.</summary>
    public Task<Product?> Whole(Guid id, CancellationToken ct) => Products.Include(p => p.Details).Include(p => p.Skus).FirstOrDefaultAsync(p => p.Id == id, ct);

    public async Task<CategoryTree> Tree(CancellationToken ct) => new(await Categories.AsNoTracking().ToListAsync(ct));

    /// <summary>Looks at the tree and changes it while nobody else does: two moves may each be right alone and close a ring together.</summary>
    public async Task<T> ChangeTree<T>(Func<Task<T>> change, CancellationToken ct) where T : class
    {
        T? answer = null;
        await Unit(async () =>
        {
            // On SQLite units are alone anyway. No row is locked, for whoever saves a product takes the rows in another order.
            if (!IsSqlite) await Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended('categories', 2))", ct);
            answer = await change();
        }, ct);
        return answer!;
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Product>(Describe);
        model.Entity<ProductDetails>(Describe);
        model.Entity<Sku>(Describe);
        model.Entity<Category>(Describe);
        model.Entity<SearchEntry>(entry =>
        {
            entry.ToTable("search_entries").HasKey(e => e.Number);
            entry.HasIndex(e => e.ProductId).IsUnique();
            entry.HasOne<Product>().WithOne().HasForeignKey<SearchEntry>(e => e.ProductId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<Picture>().ToTable("pictures").HasKey(p => p.Name);
        model.Entity<Stamp>(stamp =>
        {
            stamp.ToTable("stamps").HasKey(s => s.Of);
            stamp.HasData(new Stamp { Of = Stamp.Lists }, new Stamp { Of = Stamp.Pages });
        });
        GuardVersions(model);
    }

    void Describe(EntityTypeBuilder<Product> product)
    {
        product.ToTable("products", table =>
        {
            table.HasCheckConstraint("ck_products_price", "\"Price\" >= 0");
            table.HasCheckConstraint("ck_products_list_price", "\"ListPrice\" IS NULL OR \"ListPrice\" >= \"Price\"");
            table.HasCheckConstraint("ck_products_rating", "\"RatingTenths\" IS NULL OR \"RatingTenths\" BETWEEN 10 AND 50");
        });
        product.Property(p => p.Slug).HasMaxLength(SlugText.MaxLength);
        product.ComplexProperty(p => p.Name);
        product.ComplexProperty(p => p.Brand);
        product.ComplexProperty(p => p.Summary);
        product.HasIndex(p => p.Slug).IsUnique();
        product.HasOne<Category>().WithMany().HasForeignKey(p => p.Category).OnDelete(DeleteBehavior.Restrict);
        product.HasIndex(p => new { p.Retired, p.ListedAt, p.Slug });
        product.HasIndex(p => new { p.Retired, p.Price, p.Slug });
        product.HasIndex(p => new { p.Retired, p.BrandSlug });
        product.HasIndex(p => new { p.Retired, p.Category, p.ListedAt });
        product.HasOne(p => p.Details).WithOne().HasForeignKey<ProductDetails>(d => d.ProductId);
        product.Ignore(p => p.Sold);
        product.HasMany(p => p.Skus).WithOne().HasForeignKey(s => s.ProductId);
        // Both databases sort by code point, which for Hangul is the alphabet.
        if (IsSqlite) return;
        product.Property(p => p.Slug).UseCollation("C");
        product.ComplexProperty(p => p.Name).Property(n => n.Ko).UseCollation("C");
    }

    static void Describe(EntityTypeBuilder<ProductDetails> details)
    {
        details.ToTable("product_details").HasKey(d => d.ProductId);
        details.ComplexProperty(d => d.Description);
        details.ComplexProperty(d => d.DescriptionHtml);
        AsJson(details.Property(d => d.OptionNames));
        AsJson(details.Property(d => d.Pictures));
        AsJson(details.Property(d => d.Notice));
        AsJson(details.Property(d => d.Keywords));
    }

    static void Describe(EntityTypeBuilder<Sku> sku)
    {
        sku.ToTable("skus", table =>
        {
            table.HasCheckConstraint("ck_skus_price", "\"Price\" >= 0");
            table.HasCheckConstraint("ck_skus_opening_stock", "\"OpeningStock\" >= 0");
        });
        sku.HasKey(s => s.Code);
        sku.Property(s => s.Code).HasMaxLength(ProductRules.MaxSkuLength);
        sku.HasIndex(s => s.ProductId);
        AsJson(sku.Property(s => s.Options));
        sku.Ignore(s => s.Label);
    }

    static void Describe(EntityTypeBuilder<Category> category)
    {
        category.ToTable("categories").HasKey(c => c.Slug);
        category.Property(c => c.Slug).HasMaxLength(SlugText.MaxLength);
        category.ComplexProperty(c => c.Name);
        category.HasOne<Category>().WithMany().HasForeignKey(c => c.Parent).OnDelete(DeleteBehavior.Restrict);
    }

    /// <summary>Lists that are only ever read and written whole.</summary>
    static void AsJson<T>(PropertyBuilder<IReadOnlyList<T>> property) => property.HasConversion(
        new ValueConverter<IReadOnlyList<T>, string>(list => JsonSerializer.Serialize(list, MessageFormat.Json), json => JsonSerializer.Deserialize<List<T>>(json, MessageFormat.Json)!),
        new ValueComparer<IReadOnlyList<T>>((a, b) => a!.SequenceEqual(b!), list => list.Count, list => list));
}

sealed class CatalogDesign : DesignTime<CatalogDb>;
