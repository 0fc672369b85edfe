using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Jangteo.Catalog.Contracts;

namespace Jangteo.Catalog;

/// <summary>
/// Products as CSV: UTF-8 with or without a byte order mark, commas, a header line, one line per SKU; the lines of a slug make
/// one product. What belongs to the product (all but sku, options, price and opening_stock) stands on its first line
/// and is empty or the same on the others. Lists are separated by "|", the two sides of a notice row by "=".
/// </summary>
static class ProductLines
{
    public const int MaxBytes = 10 << 20, MaxLines = 20_000;

    public static readonly string[] Columns =
    [
        "slug", "category", "name_ko", "name_en", "brand_ko", "brand_en", "summary_ko", "summary_en", "description_ko", "description_en",
        "option_names_ko", "option_names_en", "sku", "options_ko", "options_en", "price", "opening_stock", "list_price", "pictures", "keywords", "notice_ko", "notice_en",
    ];

    static readonly string[] Required = ["slug", "category", "name_ko", "name_en", "brand_ko", "brand_en", "sku", "price"];
    static readonly string[] OfSku = ["sku", "options_ko", "options_en", "price", "opening_stock"];

    static CsvConfiguration Format => new(CultureInfo.InvariantCulture) { MaxFieldSize = ProductRules.MaxDescription * 2, BadDataFound = null, MissingFieldFound = null };

    /// <summary>A line's fields by column, and its number in the file.</summary>
    public sealed record Line(int Number, Dictionary<string, string> Fields)
    {
        public string this[string column] => Fields.GetValueOrDefault(column, "");

        public List<string> List(string column) => [.. this[column].Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

        public LocalText Text(string column) => new(this[column + "_ko"], this[column + "_en"]);
    }

    /// <summary>Reads all lines; what is no such file at all is told with the line where reading ended.</summary>
    public static List<Line> Read(byte[] file, List<ImportError> errors)
    {
        var lines = new List<Line>();
        if (Decode(file, errors) is not { } text) return lines;
        using var csv = new CsvReader(new StringReader(text), Format);
        try
        {
            if (!csv.Read() || !csv.ReadHeader()) errors.Add(new(1, "file", "There is no header line."));
            else if (IsHeader(csv.HeaderRecord!, errors)) ReadLines(csv, lines, errors);
        }
        catch (CsvHelperException)
        {
            errors.Add(new(csv.Parser.RawRow, "line", "Cannot be read: a field is longer than any may be, or a quote is not closed."));
        }
        return lines;
    }

    static void ReadLines(CsvReader csv, List<Line> lines, List<ImportError> errors)
    {
        var header = csv.HeaderRecord!;
        // A quoted field may span lines: a record's number is that of its first.
        for (var number = csv.Parser.RawRow + 1; csv.Read(); number = csv.Parser.RawRow + 1)
        {
            if (lines.Count == MaxLines)
            {
                errors.Add(new(number, "file", $"At most {MaxLines} lines."));
                lines.Clear();
                return;
            }
            if (csv.Parser.Count != header.Length) errors.Add(new(number, "line", $"{csv.Parser.Count} fields where the header has {header.Length}."));
            else lines.Add(new(number, header.Zip(csv.Parser.Record!).ToDictionary(f => f.First, f => f.Second.Trim())));
        }
    }

    static string? Decode(byte[] file, List<ImportError> errors)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? file.AsSpan(3) : file);
        }
        catch (DecoderFallbackException e)
        {
            errors.Add(new(file.AsSpan(0, Math.Clamp(e.Index, 0, file.Length)).Count((byte)'\n') + 1, "file", "Not UTF-8. Save the file as \"CSV UTF-8\"."));
            return null;
        }
    }

    static bool IsHeader(string[] header, List<ImportError> errors)
    {
        var before = errors.Count;
        errors.AddRange(Required.Except(header).Select(c => new ImportError(1, c, "The column is missing.")));
        errors.AddRange(header.Except(Columns).Select(c => new ImportError(1, c.Length > 40 ? c[..40] : c, "There is no such column.")));
        errors.AddRange(header.GroupBy(c => c).Where(g => g.Count() > 1).Select(g => new ImportError(1, g.Key, "The column is there twice.")));
        return errors.Count == before;
    }

    /// <summary>The product that its lines describe; what cannot be read is added to the errors.</summary>
    public static ProductEdit Product(List<Line> lines, List<ImportError> errors)
    {
        var first = lines[0];
        foreach (var line in lines.Skip(1))
            errors.AddRange(line.Fields.Where(f => !OfSku.Contains(f.Key) && f.Value.Length > 0 && f.Value != first[f.Key])
                .Select(f => new ImportError(line.Number, f.Key, $"Not the same as on line {first.Number}.")));
        var skus = lines.ConvertAll(l => new SkuEdit(l["sku"], Texts(l, "options", errors), Number(l, "price", errors) ?? 0, (int)Math.Clamp(Number(l, "opening_stock", errors) ?? 0, int.MinValue, int.MaxValue)));
        return new(first["slug"], first["category"], first.Text("name"), first.Text("brand"), first.Text("summary"), first.Text("description"),
            Texts(first, "option_names", errors), skus, Number(first, "list_price", errors), first.List("pictures"), Notice(first, errors), first.List("keywords"));
    }

    static long? Number(Line line, string column, List<ImportError> errors)
    {
        if (line[column].Length == 0 && column != "price") return null;
        if (long.TryParse(line[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        errors.Add(new(line.Number, column, "Not a whole number."));
        return null;
    }

    static List<LocalText> Texts(Line line, string column, List<ImportError> errors)
    {
        var (korean, english) = (line.List(column + "_ko"), line.List(column + "_en"));
        if (korean.Count != english.Count) errors.Add(new(line.Number, column + "_en", "Not as many values as in Korean."));
        return [.. korean.Zip(english, (ko, en) => new LocalText(ko, en))];
    }

    static List<NoticeRow> Notice(Line line, List<ImportError> errors)
    {
        var (korean, english) = (line.List("notice_ko"), line.List("notice_en"));
        if (korean.Count != english.Count) errors.Add(new(line.Number, "notice_en", "Not as many rows as in Korean."));
        return [.. korean.Zip(english, (ko, en) => new NoticeRow(new(Side(ko, 0), Side(en, 0)), new(Side(ko, 1), Side(en, 1))))];

        static string Side(string row, int side) => row.Split('=', 2).ElementAtOrDefault(side)?.Trim() ?? "";
    }

    /// <summary>Writes products so that reading them again changes nothing.</summary>
    public static void Write(TextWriter writer, IEnumerable<Product> products)
    {
        using var csv = new CsvWriter(writer, Format);
        foreach (var column in Columns) csv.WriteField(column);
        csv.NextRecord();
        foreach (var (product, index, sku) in products.SelectMany(p => p.Sold.Index().Select(s => (p, s.Index, s.Item))))
        {
            // Repeated on each line, a description of a product with many SKUs would not fit into an import.
            foreach (var (column, field) in Columns.Zip(Fields(product, sku))) csv.WriteField(index == 0 || column == "slug" || OfSku.Contains(column) ? field : null);
            csv.NextRecord();
        }
    }

    static IEnumerable<object?> Fields(Product p, Sku sku) =>
    [
        p.Slug, p.Category, p.Name.Ko, p.Name.En, p.Brand.Ko, p.Brand.En, p.Summary.Ko, p.Summary.En, p.Details.Description.Ko, p.Details.Description.En,
        Joined(p.Details.OptionNames, t => t.Ko), Joined(p.Details.OptionNames, t => t.En), sku.Code, Joined(sku.Options, t => t.Ko), Joined(sku.Options, t => t.En),
        sku.Price, sku.OpeningStock, p.ListPrice, string.Join('|', p.Details.Pictures), string.Join('|', p.Details.Keywords),
        Joined(p.Details.Notice, r => $"{r.Name.Ko}={r.Value.Ko}"), Joined(p.Details.Notice, r => $"{r.Name.En}={r.Value.En}"),
    ];

    static string Joined<T>(IEnumerable<T> list, Func<T, string> text) => string.Join('|', list.Select(text));
}
