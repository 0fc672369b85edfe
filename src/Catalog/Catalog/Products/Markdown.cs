using System.Text.RegularExpressions;
using Ganss.Xss;
using Markdig;
using Markdig.Extensions.EmphasisExtras;

namespace Jangteo.Catalog;

/// <summary>Descriptions: Markdown in, HTML of known tags out.</summary>
static partial class Markdown
{
    const int MaxCells = 10_000;

    // No "~sub~": Korean writes ranges with it, 9~11과.
    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseEmphasisExtras(EmphasisExtraOptions.Strikethrough).Build();

    // Everything allowed is written down: a library's defaults change, and its empty options let scripts in links through.
    static readonly Lazy<HtmlSanitizer> Sanitizer = new(() => new(new HtmlSanitizerOptions
    {
        AllowedTags = new HashSet<string> { "p", "br", "hr", "ul", "ol", "li", "strong", "em", "del", "blockquote", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "a", "table", "thead", "tbody", "tr", "th", "td" },
        AllowedAttributes = new HashSet<string> { "href", "start" },
        AllowedSchemes = new HashSet<string> { "https", "http", "mailto" },
        UriAttributes = new HashSet<string> { "href" },
    }));

    /// <summary>False for a table that would grow far beyond its text: every row of one becomes as wide as its widest.</summary>
    public static bool CanRender(string source)
    {
        var lines = source.ReplaceLineEndings("\n").Split('\n');
        return (lines.Max(line => line.Count('|')) + 1L) * (lines.Length - 1) <= MaxCells;
    }

    /// <summary>The HTML of a Markdown text; scripts, styles, pictures and addresses that are not of the web are gone.</summary>
    public static string ToSafeHtml(string source)
    {
        var html = Markdig.Markdown.ToHtml(source, Pipeline).Trim();
        // Where each "<" begins an allowed tag without attributes, there is nothing to take away, and parsing would cost a first start half a second.
        return Harmless().IsMatch(html) ? html : Sanitizer.Value.Sanitize(html);
    }

    [GeneratedRegex(@"^(?>[^<]+|</?(?:p|ul|ol|li|strong|em|del|blockquote|h[1-6])>|<(?:br|hr) />)*\z")] private static partial Regex Harmless();
}
