using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Inventory;

/// <summary>Inventory at a glance: what it stores, whom it hears, what it serves.</summary>
public static class InventoryModule
{
    /// <summary>Adds the module to a process.</summary>
    public static void AddInventory(this WebApplicationBuilder builder)
    {
        builder.AddModule<InventoryDb>("inventory")
            .Subscribe<Reservations>("orders")
            .Subscribe<BookOpeningStock>("catalog");
        builder.Services.AddSingleton<InventoryQueries>();
        builder.Services.AddValidation();
    }

    /// <summary>Maps its routes.</summary>
    public static void MapInventory(this WebApplication app)
    {
        var inventory = app.MapModule<InventoryDb>("inventory");
        ShowStock.Map(inventory);
        ShowReservation.Map(inventory);
        ListLowStock.Map(inventory);
        AdjustStock.Map(inventory);
        ListAdjustments.Map(inventory);
    }
}
