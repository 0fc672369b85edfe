using System.Globalization;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;

namespace Jangteo.Backoffice;

/// <summary>How values are written into forms and read back.</summary>
static class Form
{
    static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>Reads an amount as people write it, "12,000" or "12.50", into minor units; null when it is none.</summary>
    public static long? Minor(string? text, string currency)
    {
        if (!decimal.TryParse(text?.Trim().TrimEnd('원'), NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, Plain, out var amount) || amount > long.MaxValue / 100) return null;
        var minor = amount * (currency == "KRW" ? 1 : 100);
        return minor == decimal.Truncate(minor) ? (long)minor : null;
    }

    public static string Written(Money money) => Written(money.Amount, money.Currency);

    public static string Written(long minor, string currency) => currency == "KRW" ? minor.ToString(Plain) : (minor / 100m).ToString("0.00", Plain);

    /// <summary>Reads "빨강 | Red"; one text stands for both languages.</summary>
    public static LocalText Both(string? text)
    {
        var parts = (text ?? "").Split('|', 2, StringSplitOptions.TrimEntries);
        return new(parts[0], parts.Length > 1 && parts[1].Length > 0 ? parts[1] : parts[0]);
    }

    public static string Both(LocalText text) => text.Ko == text.En ? text.Ko : $"{text.Ko} | {text.En}";
}

/// <summary>Where a product's picture is.</summary>
static class PicturePath
{
    public static string Of(string name) => $"/api/catalog/pictures/{name}/160.webp";
}
