using System.Text;
using System.Xml;
using Jangteo.Catalog.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Storefront;

/// <summary>What search engines are told: which pages there are, in both languages, and which are nobody's business.</summary>
static class Sitemap
{
    /// <summary>A sitemap may hold 50,000 addresses; each product has two.</summary>
    const int MostProducts = 20_000;
    const string Namespace = "http://www.sitemaps.org/schemas/sitemap/0.9";
    const string Xhtml = "http://www.w3.org/1999/xhtml";

    static readonly string[] s_personal = ["/cart", "/checkout", "/orders", "/my", "/personal"];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/robots.txt", (ShopAddress shop) => Results.Text(
            $"User-agent: *\n{string.Concat(Language.All.SelectMany(language => s_personal.Select(path => $"Disallow: {language.PathBase}{path}\n")))}Disallow: /api/\nAllow: /api/catalog/pictures/\nSitemap: {shop.Origin}/sitemap.xml\n")).ExcludeFromDescription();
        app.MapGet("/sitemap.xml", Write).CacheOutput(SharedPages.Name).WithMetadata(new OutputCacheAttribute { PolicyName = SharedPages.Name, Tags = [CacheTags.Products] }).ExcludeFromDescription();
    }

    static async Task<IResult> Write(CatalogClient catalog, CategoryShelf categories, ShopAddress shop, CancellationToken ct)
    {
        var paths = new List<string> { "/", "/search", "/boards/notice", "/boards/free", "/boards/review", "/boards/qna" };
        paths.AddRange(Slugs(await categories.Tree(ct)).Select(slug => $"/categories/{slug}"));
        string? after = null;
        for (var count = 0; count < MostProducts;)
        {
            var page = (await catalog.Browse(new(Sort: ProductSort.Newest, After: after, Limit: 100), ct)).Required;
            paths.AddRange(page.Items.Select(product => $"/products/{product.Slug}"));
            count += page.Items.Count;
            if ((after = page.Next) is null) break;
        }
        return Results.Text(Xml(shop.Origin, paths), "application/xml", Encoding.UTF8);
    }

    static IEnumerable<string> Slugs(IReadOnlyList<CategoryNode> nodes) => nodes.SelectMany(node => Slugs(node.Children).Prepend(node.Slug));

    static string Xml(string origin, IEnumerable<string> paths)
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new() { OmitXmlDeclaration = true }))
        {
            xml.WriteStartElement("urlset", Namespace);
            xml.WriteAttributeString("xmlns", "xhtml", null, Xhtml);
            foreach (var path in paths)
                foreach (var language in Language.All)
                {
                    xml.WriteStartElement("url", Namespace);
                    xml.WriteElementString("loc", Namespace, origin + language.PathBase + path);
                    foreach (var other in Language.All)
                    {
                        xml.WriteStartElement("xhtml", "link", Xhtml);
                        xml.WriteAttributeString("rel", "alternate");
                        xml.WriteAttributeString("hreflang", other.Code);
                        xml.WriteAttributeString("href", origin + other.PathBase + path);
                        xml.WriteEndElement();
                    }
                    xml.WriteEndElement();
                }
            xml.WriteEndElement();
        }
        return text.ToString();
    }
}
