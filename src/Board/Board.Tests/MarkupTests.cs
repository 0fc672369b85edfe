using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Jangteo.Board.Tests;

public class MarkupTests
{
    public static TheoryData<string> Attacks => [
        "<script>alert(1)</script>", "<ScRiPt src=//evil.example/x.js></sCrIpT>", "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>", "<img src=\"jav&#x09;ascript:alert(1)\">", "<svg onload=alert(1)>", "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
        "<svg><script>alert(1)</script></svg>", "<math><mtext></p><img src=x onerror=alert(1)>", "<body onload=alert(1)>", "<iframe src=javascript:alert(1)></iframe>",
        "<iframe srcdoc='<script>alert(1)</script>'>", "<object data=data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==></object>", "<embed src=javascript:alert(1)>",
        "<style>body{background:url(javascript:alert(1))}</style>", "<style>@import 'javascript:alert(1)';</style>", "<link rel=stylesheet href=javascript:alert(1)>",
        "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">", "<base href=javascript:alert(1)//>", "<form action=javascript:alert(1)><button>go</button></form>",
        "<a href=\"javascript:alert(1)\">x</a>", "<div style=\"width:expression(alert(1))\">x</div>", "<details open ontoggle=alert(1)>", "<video><source onerror=alert(1)></video>",
        "<input autofocus onfocus=alert(1)>", "<marquee onstart=alert(1)>", "<p onclick=alert(1)>x</p>", "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
        "<![CDATA[<script>alert(1)</script>]]>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<template><script>alert(1)</script></template>",
        "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](  javascript:alert(1))", "[x](java\tscript:alert(1))", "[x](java&#x0A;script:alert(1))", "[x](&#106;avascript:alert(1))",
        "[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1))", "[x](javascript&colon;alert(1))", "[x](java%0ascript:alert(1))", "[x](\u0001javascript:alert(1))",
        "[x](<javascript:alert(1)>)", "[x](vbscript:msgbox(1))", "[x](data:text/html,<script>alert(1)</script>)", "[x](data:text/html;base64,PHNjcmlwdD4=)", "[x](file:///etc/passwd)",
        "[x]( blob:https://example.com/1)", "![x](javascript:alert(1))", "![x](x\"onerror=\"alert(1))", "![x](data:image/svg+xml;base64,PHN2Zz4=)", "<javascript:alert(1)>", "<data:text/html,x>",
        "[x](https://example.com \"\\\" onmouseover=alert(1) x=\\\"\")", "[x][1]\n\n[1]: javascript:alert(1)", "[x](\"onclick=alert(1)//)", "`<script>alert(1)</script>`",
        "```\n<script>alert(1)</script>\n```", "```\"onclick=alert(1)\n x\n```", "~~<img src=x onerror=alert(1)>~~", "|<svg onload=alert(1)>|b|\n|-|-|\n|[x](javascript:alert(1))|d|",
        "# <img src=x onerror=alert(1)>", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;", "\\<script>alert(1)\\</script>", "javascript:alert(1)",
        "{onclick=alert(1)}\n# x {onclick=alert(1)}", "[x](https://example.com){onclick=alert(1) style=x}", "<a href=\"https://example.com\" onclick=alert(1)>x</a>", "<\u0000script>alert(1)</script>",
    ];

    static readonly HashSet<string> Tags = ["p", "br", "hr", "strong", "em", "del", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "a", "table", "thead", "tbody", "tr", "th", "td"];
    static readonly HashSet<string> Attributes = ["href", "title", "start", "rel"];

    [Theory, MemberData(nameof(Attacks))]
    public void Nothing_that_runs_or_styles_passes(string markdown)
    {
        // As the browser sees it: the parser decides what is a tag, not a search for words.
        var page = new HtmlParser().ParseDocument($"<body>{Markup.ToHtml(markdown)}</body>");
        foreach (var element in page.Body!.QuerySelectorAll("*"))
        {
            Assert.Contains(element.LocalName, Tags);
            Assert.All(element.Attributes, attribute => Assert.Contains(attribute.Name, Attributes));
            if (element.GetAttribute("href") is { } href) Assert.Matches("^(https?:|mailto:|[^:]*$|[^:]*[/?#])", new string([.. href.Where(c => c > ' ')]).ToLowerInvariant());
        }
        Assert.Empty(page.Head!.Children);
        Assert.Empty(page.Descendants<IComment>());
    }

    [Theory]
    [InlineData("**굵게** ~~지움~~ *기울임*", "<p><strong>굵게</strong> <del>지움</del> <em>기울임</em></p>")]
    [InlineData("# 제목", "<h3>제목</h3>")]
    [InlineData("한 줄\n두 줄", "<p>한 줄<br>\n두 줄</p>")]
    [InlineData("[장터](https://example.com/a?b=1&c=2 \"제목\")", "<p><a href=\"https://example.com/a?b=1&amp;c=2\" title=\"제목\" rel=\"nofollow ugc noopener\">장터</a></p>")]
    [InlineData("[사과](/products/apples)", "<p><a href=\"/products/apples\" rel=\"nofollow ugc noopener\">사과</a></p>")]
    [InlineData("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>")]
    [InlineData("`a<b`", "<p><code>a&lt;b</code></p>")]
    public void What_people_write_is_kept(string markdown, string html) => Assert.Equal(html, Markup.ToHtml(markdown).Trim());

    [Theory, InlineData(">"), InlineData("["), InlineData("**a_"), InlineData("_a*b "), InlineData("*a ")]
    public void Text_made_to_take_long_is_refused(string piece) => Assert.False(Markup.CanRender(Longest(piece)));

    [Theory, InlineData("가"), InlineData("*"), InlineData("- "), InlineData("|"), InlineData("`"), InlineData("<"), InlineData("&"), InlineData("![]("), InlineData("한 **단어**씩 굵게 쓰는 사람의 긴 이야기 "), InlineData("https://example.com ")]
    public void Other_long_text_is_rendered(string piece)
    {
        Assert.True(Markup.CanRender(Longest(piece)));
        Assert.NotEmpty(Markup.ToHtml(Longest(piece)));
    }

    [Theory, InlineData("\n"), InlineData("\r"), InlineData("\r\n")]
    public void A_table_that_grows_in_two_directions_is_refused(string newLine)
    {
        // Small enough to be rendered after all: the longest text would make twenty-five million cells.
        Assert.False(Markup.CanRender(Table(columns: 300, rows: 300, newLine)));
        Assert.True(Markup.CanRender(Table(columns: 20, rows: 300, newLine)));
        Assert.Equal(20 * 301, new HtmlParser().ParseDocument(Markup.ToHtml(Table(columns: 20, rows: 300, newLine))).QuerySelectorAll("th, td").Length);
    }

    // As wide as its first row, while the others have one cell each.
    static string Table(int columns, int rows, string newLine) =>
        $"|{string.Concat(Enumerable.Repeat("a|", columns))}{newLine}|{string.Concat(Enumerable.Repeat("-|", columns))}{string.Concat(Enumerable.Repeat(newLine + "|b|", rows))}";

    [Fact]
    public void An_address_that_is_referred_to_again_and_again_is_refused()
    {
        static string Referring(int times) => $"{string.Concat(Enumerable.Repeat("[a]", times))}\n\n[a]: /{new string('x', 1_000)}";
        Assert.False(Markup.CanRender(Referring(500)));
        Assert.True(Markup.CanRender(Referring(20)));
    }

    static string Longest(string piece) => string.Concat(Enumerable.Repeat(piece, Post.MaxBodyLength / piece.Length));
}
