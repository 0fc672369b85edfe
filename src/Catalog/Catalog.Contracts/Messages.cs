using Jangteo.Platform;

namespace Jangteo.Catalog.Contracts;

/// <summary>A text in the mall's two languages.</summary>
public sealed record LocalText(string Ko, string En)
{
    /// <summary>The text for a two-letter language code; Korean for every other.</summary>
    public string In(string language) => language == "en" ? En : Ko;
}

/// <summary>A SKU as it is sold.</summary>
/// <param name="Sku">The stock keeping unit, A-Z 0-9 and hyphens, at most 32 characters.</param>
/// <param name="Label">The chosen options, for example "Red / L"; empty for a product without options.</param>
/// <param name="Price">The selling price of one.</param>
/// <param name="OpeningStock">Pieces in stock when the SKU was first published; Inventory books it once.</param>
public sealed record PublishedSku(string Sku, LocalText Label, Money Price, int OpeningStock);

/// <summary>A product is sold in this form from now on; sent when it is first published and after every change, always whole.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Revision">Grows with every change: an older one that arrives late is ignored.</param>
/// <param name="Slug">The readable name in URLs.</param>
/// <param name="Name">The product's name.</param>
/// <param name="Category">The slug of its category.</param>
/// <param name="Picture">The name of its main picture, at /api/catalog/pictures/{name}/{width}.webp; null without one.</param>
/// <param name="Skus">What can be bought of it.</param>
public sealed record ProductPublished(Guid ProductId, int Revision, string Slug, LocalText Name, string Category, string? Picture, IReadOnlyList<PublishedSku> Skus) : IMessage
{
    string IMessage.Key => ProductId.ToString();
}

/// <summary>A SKU's price changed; also part of the <see cref="ProductPublished"/> that goes with it.</summary>
public sealed record PriceChanged(Guid ProductId, int Revision, string Sku, Money OldPrice, Money NewPrice) : IMessage
{
    string IMessage.Key => ProductId.ToString();
}

/// <summary>A product is no longer sold.</summary>
public sealed record ProductRetired(Guid ProductId, int Revision, IReadOnlyList<string> Skus) : IMessage
{
    string IMessage.Key => ProductId.ToString();
}

/// <summary>The category tree changed.</summary>
public sealed record CategoriesChanged : IMessage
{
    string IMessage.Key => "categories";
}
