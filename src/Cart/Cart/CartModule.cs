using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Cart;

/// <summary>The currency that an empty cart is summed up in.</summary>
sealed record Currency(string Code);

/// <summary>Cart at a glance: what it stores, whom it hears, what it serves.</summary>
public static class CartModule
{
    /// <summary>Adds the module to a process.</summary>
    public static void AddCart(this WebApplicationBuilder builder)
    {
        builder.AddModule<CartDb>("cart")
            .SubscribeAtLeisure<CatalogReplica>("catalog")
            .SubscribeAtLeisure<StockReplica>("inventory")
            .SubscribeAtLeisure<BoughtLines>("orders")
            .SubscribeAtLeisure<EraseMember>("identity");
        builder.Services.AddSingleton<CartQueries>().AddScoped<CallersCart>();
        builder.Services.AddSingleton(new Currency(builder.Configuration["Mall:Currency"]!));
        builder.Services.AddValidation();
        if (ServiceHost.IsBuildingApiDocuments) return;
        builder.Services.AddSingleton<ExpireGuestCarts>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ExpireGuestCarts>());
    }

    /// <summary>Maps its routes.</summary>
    public static void MapCart(this WebApplication app)
    {
        var cart = app.MapModule<CartDb>("cart");
        ShowCart.Map(cart);
        PutLine.Map(cart);
        RemoveLine.Map(cart);
    }
}
