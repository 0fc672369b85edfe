using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;
using Microsoft.Extensions.Configuration;

namespace Jangteo.Catalog;

/// <summary>Settings of the module, section <c>Catalog</c>.</summary>
sealed class CatalogOptions
{
    /// <summary>Fill an empty catalog with the sample assortment on the first start.</summary>
    public bool Sample { get; set; } = true;

    /// <summary>How many pictures are decoded at once: each may take a hundred megabytes for a moment.</summary>
    [Range(1, 64)]
    public int PicturesAtOnce { get; set; } = 2;

    /// <summary>How many megabytes of ready answers are kept in memory.</summary>
    [Range(1, 4096)]
    public int CacheMegabytes { get; set; } = 16;
}

/// <summary>The currency all prices of the mall are in.</summary>
sealed class Currency(IConfiguration configuration)
{
    readonly string _code = configuration["Mall:Currency"]!;

    public Money Of(long amount) => new(amount, _code);

    public Money? Of(long? amount) => amount is { } known ? Of(known) : null;
}
