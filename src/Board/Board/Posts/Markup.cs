using AngleSharp.Html.Dom;
using Ganss.Xss;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Jangteo.Board;

/// <summary>
/// Markdown to HTML that may stand in a page. Two walls: Markdig lets no raw HTML through, and what it makes passes a
/// sanitiser that knows only the tags, attributes and schemes listed here.
/// </summary>
static class Markup
{
    const int MaxMarks = 2_000, MaxCells = 10_000, MaxAddresses = 40_000;

    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml().UseAutoLinks().UsePipeTables().UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough)
        .UseSoftlineBreakAsHardlineBreak().Build();

    static readonly HtmlSanitizer Sanitizer = MakeSanitizer();

    static HtmlSanitizer MakeSanitizer()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "p", "br", "hr", "strong", "em", "del", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code",
                "a", "table", "thead", "tbody", "tr", "th", "td",
            },
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "title", "start" },
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto" },
            // Without this the schemes of links would not be looked at.
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
        });
        sanitizer.PostProcessNode += (_, node) =>
        {
            // Links of visitors must not lend them the shop's standing, nor hand them its window.
            if (node.Node is IHtmlAnchorElement link) link.SetAttribute("rel", "nofollow ugc noopener");
        };
        return sanitizer;
    }

    public static string ToHtml(string markdown)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        // The page has its own h1 and h2.
        foreach (var heading in document.Descendants<HeadingBlock>()) heading.Level = Math.Min(6, heading.Level + 2);
        return Sanitizer.Sanitize(document.ToHtml(Pipeline));
    }

    /// <summary>False for text that only an attacker writes: nested very deeply, or made to take long or to grow large when it is rendered.</summary>
    public static bool CanRender(string markdown)
    {
        if (CountMarks(markdown) > MaxMarks || CountCells(markdown) > MaxCells) return false;
        try
        {
            // A reference of three letters carries the whole address that it refers to.
            return Markdown.Parse(markdown, Pipeline).Descendants<LinkInline>().Sum(link => (link.Url?.Length ?? 0) + (link.Title?.Length ?? 0)) <= MaxAddresses;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // Every row of a table becomes as wide as its widest; of the lines one is not a row but the rule below the head.
    static long CountCells(string markdown)
    {
        var lines = markdown.ReplaceLineEndings("\n").Split('\n');
        return (lines.Max(line => line.Count('|')) + 1L) * (lines.Length - 1);
    }

    // A run of equal marks is one; the time to match them grows with the square of their number.
    static int CountMarks(string markdown)
    {
        var marks = 0;
        for (var i = 0; i < markdown.Length; i++)
            if (markdown[i] is '*' or '_' or '~' && (i == 0 || markdown[i] != markdown[i - 1])) marks++;
        return marks;
    }
}
