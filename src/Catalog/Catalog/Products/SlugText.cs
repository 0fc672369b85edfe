using System.Text;
using System.Text.RegularExpressions;
using Jangteo.Catalog.Contracts;

namespace Jangteo.Catalog;

/// <summary>Readable names in URLs: lower-case words and numbers joined by hyphens.</summary>
static partial class SlugText
{
    public const int MaxLength = 64;

    public static bool IsSlug(string text) => text.Length <= MaxLength && Pattern().IsMatch(text) && !Guid.TryParse(text, out _);

    /// <summary>The slug of a brand: from its English name, else its Korean one, which URLs can carry too.</summary>
    public static string Of(LocalText name)
    {
        var english = Joined(name.En);
        return english.Length > 0 ? english : Joined(name.Ko);
    }

    static string Joined(string text)
    {
        var slug = new StringBuilder();
        foreach (var letter in text.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(letter)) slug.Append(letter);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }
        return slug.ToString().TrimEnd('-');
    }

    [GeneratedRegex(@"^[a-z0-9]+(-[a-z0-9]+)*\z")] private static partial Regex Pattern();
}
