using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Catalog;

/// <summary>The Catalog at a glance: what it stores, what it hears, what it serves.</summary>
public static class CatalogModule
{
    /// <summary>Adds the module to a process.</summary>
    public static void AddCatalog(this WebApplicationBuilder builder)
    {
        var catalog = builder.AddModule<CatalogDb>("catalog");
        catalog.SubscribeAtLeisure<StockReplica>("inventory");
        catalog.SubscribeAtLeisure<RatingReplica>("board");
        builder.Services.AddValidation();
        builder.Services.AddOptions<CatalogOptions>().BindConfiguration("Catalog").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Currency>().AddSingleton<StockQueries>().AddSingleton<AnswerCache>().AddSingleton<PictureStore>().AddScoped<ProductWriter>();
        if (ServiceHost.IsBuildingApiDocuments) return;
        builder.Services.AddHostedService<SampleAssortment>();
        builder.Services.AddHostedService<AnswerCacheWatch>();
    }

    /// <summary>Maps the module's routes.</summary>
    public static void MapCatalog(this WebApplication app)
    {
        var catalog = app.MapModule<CatalogDb>("catalog");
        BrowseProducts.Map(catalog);
        ShowProduct.Map(catalog);
        SaveProduct.Map(catalog);
        RetireProduct.Map(catalog);
        ShowCategories.Map(catalog);
        EditCategories.Map(catalog);
        AddPicture.Map(catalog);
        ShowPicture.Map(catalog);
        ImportProducts.Map(catalog);
        ExportProducts.Map(catalog);
    }
}
