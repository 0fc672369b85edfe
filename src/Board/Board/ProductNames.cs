using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>A product as the board knows it: enough to name and link it. A retired one keeps its questions and reviews.</summary>
sealed class Product
{
    public Guid Id { get; set; }
    public int Revision { get; set; }
    public required string Slug { get; set; }
    public required string NameKo { get; set; }
    public required string NameEn { get; set; }

    /// <summary>The products of a page of posts.</summary>
    public static Task<Dictionary<Guid, Product>> Of(BoardDb db, IEnumerable<Guid?> ids, CancellationToken ct)
    {
        var asked = ids.OfType<Guid>().Distinct().ToList();
        return asked.Count == 0 ? Task.FromResult<Dictionary<Guid, Product>>([]) : db.Products.AsNoTracking().Where(p => asked.Contains(p.Id)).ToDictionaryAsync(p => p.Id, ct);
    }
}

/// <summary>Keeps the names of the catalog's products.</summary>
sealed class ProductNames(BoardDb db) : IHandle<ProductPublished>
{
    public async Task Handle(ProductPublished message, CancellationToken ct)
    {
        var product = await db.Products.FindAsync([message.ProductId], ct);
        if (product is null) db.Add(product = new() { Id = message.ProductId, Slug = "", NameKo = "", NameEn = "" });
        else if (message.Revision <= product.Revision) return;
        (product.Revision, product.Slug, product.NameKo, product.NameEn) = (message.Revision, message.Slug, message.Name.Ko, message.Name.En);
    }
}
