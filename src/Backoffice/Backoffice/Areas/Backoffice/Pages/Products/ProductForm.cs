using Jangteo.Catalog.Contracts;

namespace Jangteo.Backoffice.Pages.Products;

/// <summary>A product as it is typed into the form. Blank rows are left out.</summary>
sealed class ProductForm
{
    const int MaxOptions = 3;
    const int BlankRows = 3;

    public string? Slug { get; set; }
    public string? Category { get; set; }
    public string? NameKo { get; set; }
    public string? NameEn { get; set; }
    public string? BrandKo { get; set; }
    public string? BrandEn { get; set; }
    public string? SummaryKo { get; set; }
    public string? SummaryEn { get; set; }
    public string? DescriptionKo { get; set; }
    public string? DescriptionEn { get; set; }
    public string? ListPrice { get; set; }
    public string? Keywords { get; set; }
    public int? Revision { get; set; }
    public List<string?> OptionNames { get; set; } = [];
    public List<SkuRow> Skus { get; set; } = [];
    public List<NoticeInput> Notice { get; set; } = [];
    public List<PictureRow> Pictures { get; set; } = [];

    public static ProductForm Of(ProductView product) => new()
    {
        Slug = product.Slug, Category = product.CategoryPath.Count > 0 ? product.CategoryPath[^1].Slug : "", Revision = product.Revision,
        NameKo = product.Name.Ko, NameEn = product.Name.En, BrandKo = product.Brand.Ko, BrandEn = product.Brand.En,
        SummaryKo = product.Summary.Ko, SummaryEn = product.Summary.En, DescriptionKo = product.DescriptionSource.Ko, DescriptionEn = product.DescriptionSource.En,
        ListPrice = product.ListPrice is { } list ? Form.Written(list) : "", Keywords = string.Join(", ", product.Keywords ?? []),
        OptionNames = [.. product.OptionNames.Select(Form.Both)],
        Skus = [.. product.Skus.Select(s => new SkuRow { Sku = s.Sku, Price = Form.Written(s.Price), Options = [.. s.Options.Select(Form.Both)] })],
        Notice = [.. product.Notice.Select(n => new NoticeInput { Name = Form.Both(n.Name), Value = Form.Both(n.Value) })],
        Pictures = [.. product.Pictures.Select((name, i) => new PictureRow { Name = name, Position = i + 1 })],
    };

    /// <summary>Blank rows to type into, without a script.</summary>
    public void AddBlanks()
    {
        while (OptionNames.Count < MaxOptions) OptionNames.Add("");
        for (var i = 0; i < BlankRows; i++) Skus.Add(new());
        for (var i = 0; i < BlankRows; i++) Notice.Add(new());
    }

    /// <summary>What the catalog gets; null, and what is wrong, when a row lacks its SKU or an amount is not one.</summary>
    public ProductEdit? Edit(string currency, IEnumerable<string> newPictures, Words words, out string? wrong)
    {
        var rows = Skus.Where(s => !s.IsBlank).ToList();
        wrong = Wrong(rows, currency, words);
        if (wrong is not null) return null;
        List<LocalText> options = [.. OptionNames.Where(o => !string.IsNullOrWhiteSpace(o)).Select(Form.Both)];
        return new(Slug?.Trim() ?? "", Category ?? "", Both(NameKo, NameEn), Both(BrandKo, BrandEn), Both(SummaryKo, SummaryEn), Both(DescriptionKo, DescriptionEn), options,
            [.. rows.Select(r => new SkuEdit(r.Sku!.Trim().ToUpperInvariant(), [.. r.Options.Take(options.Count).Select(Form.Both)], Form.Minor(r.Price, currency)!.Value, r.OpeningStock ?? 0))],
            string.IsNullOrWhiteSpace(ListPrice) ? null : Form.Minor(ListPrice, currency),
            [.. Pictures.Where(p => !p.Remove && p.Name is not null).OrderBy(p => p.Position).Select(p => p.Name!).Concat(newPictures).Distinct()],
            [.. Notice.Where(n => !string.IsNullOrWhiteSpace(n.Name)).Select(n => new NoticeRow(Form.Both(n.Name), Form.Both(n.Value)))],
            Keywords?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), Revision);
    }

    string? Wrong(List<SkuRow> rows, string currency, Words words)
    {
        if (rows.Exists(r => string.IsNullOrWhiteSpace(r.Sku))) return words["SKU를 입력해 주세요.", "Write the SKU."];
        if (rows.Find(r => Form.Minor(r.Price, currency) is null) is { } row) return words[$"SKU {row.Sku}의 가격을 숫자로 입력해 주세요.", $"Write the price of the SKU {row.Sku} as a number."];
        if (string.IsNullOrWhiteSpace(ListPrice) || Form.Minor(ListPrice, currency) is not null) return null;
        return words["할인 전 가격을 숫자로 입력해 주세요.", "Write the price before discount as a number."];
    }

    static LocalText Both(string? ko, string? en) => new(ko?.Trim() ?? "", en?.Trim() ?? "");
}

sealed class SkuRow
{
    public string? Sku { get; set; }
    public string? Price { get; set; }
    public int? OpeningStock { get; set; }
    public List<string?> Options { get; set; } = [];

    public bool IsBlank => OpeningStock is null && Options.Append(Sku).Append(Price).All(string.IsNullOrWhiteSpace);
}

sealed class NoticeInput
{
    public string? Name { get; set; }
    public string? Value { get; set; }
}

sealed class PictureRow
{
    public string? Name { get; set; }
    public int Position { get; set; }
    public bool Remove { get; set; }
}
