using Jangteo.Catalog.Contracts;

namespace Jangteo.Catalog;

/// <summary>A product as it is listed. What only its own page shows is in <see cref="ProductDetails"/>, so that lists stay quick.</summary>
sealed class Product
{
    public Guid Id { get; init; }
    public string Slug { get; set; } = "";
    public string Category { get; set; } = "";
    public LocalText Name { get; set; } = new("", "");
    public string BrandSlug { get; set; } = "";
    public LocalText Brand { get; set; } = new("", "");
    public LocalText Summary { get; set; } = new("", "");

    /// <summary>The lowest price of its SKUs, minor units.</summary>
    public long Price { get; set; }

    public long? ListPrice { get; set; }
    public string? Picture { get; set; }
    public bool HasOptions { get; set; }
    public string? SingleSku { get; set; }
    public bool SoldOut { get; set; }
    public bool Retired { get; set; }
    public int? RatingTenths { get; set; }
    public int ReviewCount { get; set; }
    public int RatingRevision { get; set; }
    public int Revision { get; set; }
    public DateTimeOffset ListedAt { get; init; }
    public int Version { get; set; }
    public ProductDetails Details { get; set; } = new();
    public List<Sku> Skus { get; init; } = [];

    /// <summary>The SKUs that are sold. One that staff took away stays as a row, so that nobody gives its code to another thing.</summary>
    public IEnumerable<Sku> Sold => Skus.Where(s => !s.Retired).OrderBy(s => s.Position);

    /// <summary>Takes over what staff wrote, which has been checked, and tells which prices changed.</summary>
    public List<(string Sku, long Old, long New)> Become(ProductEdit edit)
    {
        (Slug, Category, Name, Summary, ListPrice) = (edit.Slug, edit.Category, edit.Name, edit.Summary, edit.ListPrice);
        (Brand, BrandSlug) = (edit.Brand, SlugText.Of(edit.Brand));
        Details.OptionNames = edit.OptionNames;
        Details.Pictures = edit.Pictures ?? [];
        Details.Notice = edit.Notice ?? [];
        Details.Keywords = edit.Keywords ?? [];
        if (Details.Description != edit.Description)
            (Details.Description, Details.DescriptionHtml) = (edit.Description, new(Markdown.ToSafeHtml(edit.Description.Ko), Markdown.ToSafeHtml(edit.Description.En)));
        var changes = BecomeSkus(edit.Skus);
        Picture = Details.Pictures is [var first, ..] ? first : null;
        HasOptions = edit.OptionNames.Count > 0;
        SingleSku = edit.Skus is [var only] ? only.Sku : null;
        Price = edit.Skus.Min(s => s.Price);
        Retired = false;
        Revision++;
        CountStock();
        return changes;
    }

    List<(string, long, long)> BecomeSkus(IReadOnlyList<SkuEdit> edits)
    {
        var changes = new List<(string, long, long)>();
        foreach (var gone in Skus.Where(s => edits.All(e => e.Sku != s.Code))) gone.Retired = true;
        for (var position = 0; position < edits.Count; position++)
        {
            var edit = edits[position];
            var sku = Skus.Find(s => s.Code == edit.Sku);
            if (sku is null) Skus.Add(sku = new() { Code = edit.Sku, OpeningStock = edit.OpeningStock, Price = edit.Price });
            if (sku.Price != edit.Price) changes.Add((sku.Code, sku.Price, edit.Price));
            (sku.Price, sku.Position, sku.Options, sku.Retired) = (edit.Price, position, edit.Options, false);
        }
        return changes;
    }

    /// <summary>Sold out when nothing of it can be bought; until Inventory has spoken, what it opened with counts.</summary>
    public void CountStock() => SoldOut = Sold.All(s => (s.Available ?? s.OpeningStock) <= 0);

    /// <summary>The product as staff would write it; opening stock is history, so it is left out.</summary>
    public ProductEdit AsEdit() => new(Slug, Category, Name, Brand, Summary, Details.Description, Details.OptionNames,
        [.. Sold.Select(s => new SkuEdit(s.Code, s.Options, s.Price))], ListPrice, Details.Pictures, Details.Notice, Details.Keywords);

    public ProductPublished Published(Currency currency) => new(Id, Revision, Slug, Name, Category, Picture,
        [.. Sold.Select(s => new PublishedSku(s.Code, s.Label, currency.Of(s.Price), s.OpeningStock))]);

    public ProductRetired AsRetired() => new(Id, Revision, [.. Sold.Select(s => s.Code)]);
}

/// <summary>What only the product's own page shows.</summary>
sealed class ProductDetails
{
    public Guid ProductId { get; init; }
    public LocalText Description { get; set; } = new("", "");
    public LocalText DescriptionHtml { get; set; } = new("", "");
    public IReadOnlyList<LocalText> OptionNames { get; set; } = [];
    public IReadOnlyList<string> Pictures { get; set; } = [];
    public IReadOnlyList<NoticeRow> Notice { get; set; } = [];
    public IReadOnlyList<string> Keywords { get; set; } = [];
}

/// <summary>One thing that can be bought.</summary>
sealed class Sku
{
    public required string Code { get; init; }
    public Guid ProductId { get; init; }
    public int Position { get; set; }
    public IReadOnlyList<LocalText> Options { get; set; } = [];

    /// <summary>Minor units of the mall's currency.</summary>
    public long Price { get; set; }

    public int OpeningStock { get; init; }

    /// <summary>Inventory's word; null before it has spoken.</summary>
    public int? Available { get; set; }

    public int StockRevision { get; set; }
    public bool Retired { get; set; }

    /// <summary>The chosen options in one line, "Red / L".</summary>
    public LocalText Label => new(string.Join(" / ", Options.Select(o => o.Ko)), string.Join(" / ", Options.Select(o => o.En)));
}
