using System.Text.Encodings.Web;
using System.Text.Unicode;
using Jangteo.Board.Contracts;
using Jangteo.Cart.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.WebEncoders;

namespace Jangteo.Storefront;

/// <summary>The shop's address as people see it, without a slash at the end.</summary>
sealed record ShopAddress(string Origin);

/// <summary>The shop that people see. It owns no business data: it asks the modules and hears their feeds.</summary>
public static class StorefrontHost
{
    const string Name = "storefront";
    const long CachedPagesBytes = 48 << 20;
    const long LargestCachedPageBytes = 1 << 20;

    /// <summary>Adds the pages, the visitors' login, the modules' clients and the page cache to a process.</summary>
    public static void AddStorefront(this WebApplicationBuilder builder)
    {
        builder.AddBrowserLogin(scheme: "shop", clientId: Name, pathPrefix: "/");
        builder.AddClient<CatalogClient>("catalog").FromVisitor();
        builder.AddClient<BoardClient>("board").OnBehalfOfVisitor().AddHttpMessageHandler(services => new InLanguageOfPage(services.GetRequiredService<IHttpContextAccessor>()));
        builder.AddClient<CartClient>("cart").OnBehalfOfVisitor();
        builder.AddClient<OrdersClient>("orders").OnBehalfOfVisitor();
        builder.AddClient<PaymentsClient>("payments").OnBehalfOfVisitor();
        builder.AddClient<IdentityClient>("identity").OnBehalfOfVisitor();
        builder.WatchFeeds<FreshPages>(Name, "catalog", "inventory", "board");

        var services = builder.Services;
        services.AddRazorPages(pages => pages.Conventions.ConfigureFilter(new ForEverybody())).AddApplicationPart(typeof(StorefrontHost).Assembly);
        services.AddOutputCache(cache =>
        {
            (cache.SizeLimit, cache.MaximumBodySize) = (CachedPagesBytes, LargestCachedPageBytes);
            cache.AddPolicy(SharedPages.Name, new SharedPages());
        });
        // Korean letters need no escaping in a page that says it is UTF-8.
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.AddOptions<Merchant>().BindConfiguration("Shop").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(new ShopAddress(builder.Configuration["Mall:Origin"]!.TrimEnd('/')));
        services.AddSingleton<CategoryShelf>().AddSingleton<SoldOutSkus>().AddSingleton<Evictions>();
        services.AddHostedService(all => all.GetRequiredService<Evictions>());
        services.AddScoped(all => Language.Of(all.GetRequiredService<IHttpContextAccessor>().HttpContext!.Request));
        services.AddScoped(all => all.GetRequiredService<Language>().Texts);
        services.AddScoped(all => new Show(all.GetRequiredService<Language>(), builder.Configuration["Mall:Currency"]!));
        services.AddSingleton<IStartupFilter, ErrorPages>().AddSingleton<IStartupFilter, LanguagePath>();
        // Before the problem documents of the API: a page that fails answers with a page.
        services.Insert(0, ServiceDescriptor.Singleton<IExceptionHandler, PageErrors>());
    }

    /// <summary>Maps the pages.</summary>
    public static void MapStorefront(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapBrowserLogin("shop");
        Assets.Map(app);
        Sitemap.Map(app);
    }
}
