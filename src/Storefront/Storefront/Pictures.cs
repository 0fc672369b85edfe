namespace Jangteo.Storefront;

/// <summary>Addresses of the Catalog's pictures. It serves them in a few widths only.</summary>
static class Pictures
{
    public const int Small = 160, Medium = 320, Large = 640, Huge = 1280;

    public static string Of(string name, int width) => $"/api/catalog/pictures/{name}/{width}.webp";

    public static string Set(string name, params int[] widths) => string.Join(", ", widths.Select(width => $"{Of(name, width)} {width}w"));
}
