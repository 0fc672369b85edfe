using System.Text.RegularExpressions;
using Jangteo.Catalog.Contracts;

namespace Jangteo.Catalog;

/// <summary>What a product must be before it is stored: the same for the form and for imports. Every fault is told at once.</summary>
static partial class ProductRules
{
    public const int MaxSkuLength = 32, MaxSkus = 100, MaxPictures = 20, MaxOptionNames = 3, MaxNoticeRows = 30, MaxKeywords = 30;
    public const int MaxName = 120, MaxSummary = 300, MaxDescription = 20_000, MaxShort = 60, MaxNotice = 500;
    public const long MaxPrice = 1_000_000_000_000;
    public const int MaxOpeningStock = 1_000_000;

    /// <summary>Field and message of everything that is wrong.</summary>
    public static List<(string Field, string Message)> Faults(ProductEdit edit, CategoryTree tree)
    {
        // The JSON reader lets null in where a list's items are meant.
        if (Holes(edit) is { Count: > 0 } holes) return holes;
        var faults = new List<(string, string)>();
        void Must(bool ok, string field, string message) { if (!ok) faults.Add((field, message)); }
        void Text(LocalText text, string field, int max, int min = 1)
        {
            Must(Fits(text.Ko, min, max), $"{field}.ko", $"{min} to {max} characters.");
            Must(Fits(text.En, min, max), $"{field}.en", $"{min} to {max} characters.");
        }

        // An export could not be imported again if a text held what separates it from the next.
        void Listed(LocalText text, string field, int max, string separators)
        {
            Text(text, field, max);
            Must(!text.Ko.AsSpan().ContainsAny(separators), $"{field}.ko", $"May not hold {string.Join(" or ", separators.AsEnumerable())}.");
            Must(!text.En.AsSpan().ContainsAny(separators), $"{field}.en", $"May not hold {string.Join(" or ", separators.AsEnumerable())}.");
        }

        Must(SlugText.IsSlug(edit.Slug), "slug", $"Lower-case letters, digits and single hyphens, at most {SlugText.MaxLength}, and not an id.");
        Must(tree.Has(edit.Category), "category", "There is no such category.");
        Text(edit.Name, "name", MaxName);
        Text(edit.Brand, "brand", MaxShort);
        Must(SlugText.Of(edit.Brand).Length is > 0 and <= SlugText.MaxLength, "brand", "Has no letters.");
        Text(edit.Summary, "summary", MaxSummary, 0);
        Text(edit.Description, "description", MaxDescription, 0);
        Must(Markdown.CanRender(edit.Description.Ko), "description.ko", "A table with too many cells.");
        Must(Markdown.CanRender(edit.Description.En), "description.en", "A table with too many cells.");
        Options(edit, Must, (text, field) => Listed(text, field, MaxShort, "|"));
        Skus(edit, Must);
        Must(edit.ListPrice is null || edit.ListPrice <= MaxPrice && edit.Skus.All(s => s.Price >= 0) && edit.Skus.Any(s => s.Price <= edit.ListPrice), "listPrice", "At least the lowest price.");
        Extras(edit, Must, Listed);
        return faults;
    }

    // PostgreSQL stores no NUL character.
    public static bool Fits(string text, int min, int max) => text.Trim().Length >= min && text.Length <= max && !text.Contains('\0');

    static List<(string Field, string Message)> Holes(ProductEdit edit)
    {
        var holes = new List<(string, string)>();
        void Check(IEnumerable<object?>? list, string field) { if (list?.Contains(null) is true) holes.Add((field, "May not hold null.")); }
        Check(edit.OptionNames, "optionNames");
        Check(edit.Skus, "skus");
        for (var i = 0; i < edit.Skus.Count; i++) Check(edit.Skus[i]?.Options, $"skus[{i}].options");
        Check(edit.Pictures, "pictures");
        Check(edit.Notice, "notice");
        Check(edit.Keywords, "keywords");
        return holes;
    }

    static void Options(ProductEdit edit, Action<bool, string, string> must, Action<LocalText, string> text)
    {
        must(edit.OptionNames.Count <= MaxOptionNames, "optionNames", $"At most {MaxOptionNames}.");
        for (var i = 0; i < edit.OptionNames.Count; i++) text(edit.OptionNames[i], $"optionNames[{i}]");
        must(edit.OptionNames.Count > 0 || edit.Skus.Count <= 1, "optionNames", "Several SKUs need an option to choose by.");
        for (var i = 0; i < edit.Skus.Count; i++)
        {
            must(edit.Skus[i].Options.Count == edit.OptionNames.Count, $"skus[{i}].options", "One value for each option name.");
            for (var o = 0; o < edit.Skus[i].Options.Count; o++) text(edit.Skus[i].Options[o], $"skus[{i}].options[{o}]");
        }
        must(edit.Skus.DistinctBy(s => string.Join('\n', s.Options.Select(o => o.Ko))).Count() == edit.Skus.Count, "skus", "Two SKUs have the same options.");
    }

    static void Skus(ProductEdit edit, Action<bool, string, string> must)
    {
        must(edit.Skus.Count is >= 1 and <= MaxSkus, "skus", $"1 to {MaxSkus}.");
        for (var i = 0; i < edit.Skus.Count; i++)
        {
            var sku = edit.Skus[i];
            must(SkuPattern().IsMatch(sku.Sku), $"skus[{i}].sku", $"A-Z, 0-9 and hyphens, at most {MaxSkuLength}.");
            must(sku.Price is >= 0 and <= MaxPrice, $"skus[{i}].price", $"0 to {MaxPrice}.");
            must(sku.OpeningStock is >= 0 and <= MaxOpeningStock, $"skus[{i}].openingStock", $"0 to {MaxOpeningStock}.");
            must(edit.Skus.Take(i).All(s => s.Sku != sku.Sku), $"skus[{i}].sku", "Given twice.");
        }
    }

    static void Extras(ProductEdit edit, Action<bool, string, string> must, Action<LocalText, string, int, string> listed)
    {
        var (pictures, notice, keywords) = (edit.Pictures ?? [], edit.Notice ?? [], edit.Keywords ?? []);
        must(pictures.Count <= MaxPictures, "pictures", $"At most {MaxPictures}.");
        must(pictures.All(PictureStore.IsName) && pictures.Distinct().Count() == pictures.Count, "pictures", "Names that storing a picture gave, each once.");
        must(notice.Count <= MaxNoticeRows, "notice", $"At most {MaxNoticeRows}.");
        for (var i = 0; i < notice.Count; i++)
        {
            listed(notice[i].Name, $"notice[{i}].name", MaxNotice, "|=");
            listed(notice[i].Value, $"notice[{i}].value", MaxNotice, "|");
        }
        must(keywords.Count <= MaxKeywords && keywords.All(k => Fits(k, 1, MaxShort)), "keywords", $"At most {MaxKeywords} of at most {MaxShort} characters.");
        must(!keywords.Any(k => k.Contains('|')), "keywords", "May not hold |.");
    }

    [GeneratedRegex(@"^[A-Z0-9][A-Z0-9-]{0,31}\z")] private static partial Regex SkuPattern();
}
