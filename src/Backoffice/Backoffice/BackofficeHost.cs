using System.Text.Encodings.Web;
using System.Text.Unicode;
using Jangteo.Platform;
using Jangteo.Platform.Pages;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.WebEncoders;

namespace Jangteo.Backoffice;

/// <summary>Where staff work. It owns no business data: it asks the modules on behalf of the person at the desk.</summary>
public static class BackofficeHost
{
    const string Scheme = "backoffice";

    /// <summary>Adds the pages, the staff's login and the modules' clients to a process.</summary>
    public static void AddBackoffice(this WebApplicationBuilder builder)
    {
        builder.AddBrowserLogin(scheme: Scheme, clientId: "backoffice", pathPrefix: "/backoffice");
        foreach (var module in Modules.Names) builder.AddClient(module, Modules.ClientOf(module)).OnBehalfOfVisitor();
        var services = builder.Services;
        services.AddScoped<Modules>().AddScoped<Words>();
        services.AddRazorPages(pages =>
        {
            pages.Conventions.AuthorizeAreaFolder("Backoffice", "/", Policies.Staff);
            pages.Conventions.AllowAnonymousToAreaPage("Backoffice", "/Denied");
            pages.Conventions.AddAreaPageRoute("Backoffice", "/Products/Edit", "backoffice/products/new");
            pages.Conventions.AddAreaPageRoute("Backoffice", "/Boards/Write", "backoffice/boards/{board:regex(^(notice)$)}/write");
        }).AddApplicationPart(typeof(BackofficeHost).Assembly);
        // A shopper who finds the way here is told so by a page of ours.
        services.Configure<CookieAuthenticationOptions>(Scheme, cookie => cookie.Events.OnRedirectToAccessDenied = denied =>
        {
            denied.Response.Redirect("/backoffice/denied");
            return Task.CompletedTask;
        });
        // Korean letters need no escaping in a page that says it is UTF-8.
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
    }

    /// <summary>Maps the pages.</summary>
    public static void MapBackoffice(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapBrowserLogin(Scheme);
        StyleSheet.Map(app);
        LanguageSwitch.Map(app);
        // Below its own prefix the backoffice answers for itself, also for what does not exist.
        app.MapGet("/backoffice/{**rest}", () => Results.Redirect("/backoffice?missing=1")).RequireAuthorization(Policies.Staff).ExcludeFromDescription();
    }
}
