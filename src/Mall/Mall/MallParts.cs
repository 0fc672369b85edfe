using Jangteo.Backoffice;
using Jangteo.Board;
using Jangteo.Cart;
using Jangteo.Catalog;
using Jangteo.Gateway;
using Jangteo.Identity;
using Jangteo.Inventory;
using Jangteo.Orders;
using Jangteo.Payments;
using Jangteo.Platform;
using Jangteo.SandboxPay;
using Jangteo.Storefront;

namespace Jangteo.Mall;

/// <summary>The whole mall in one process. A part with an address (<c>Modules:{part}:Address</c>) is left out here and reached there.</summary>
public static class MallParts
{
    /// <summary>Every part: its name in the configuration, and how it is added and mapped.</summary>
    public static readonly (string Name, Action<WebApplicationBuilder> Add, Action<WebApplication> Map)[] All =
    [
        ("identity", IdentityModule.AddIdentity, IdentityModule.MapIdentity),
        ("catalog", CatalogModule.AddCatalog, CatalogModule.MapCatalog),
        ("inventory", InventoryModule.AddInventory, InventoryModule.MapInventory),
        ("cart", CartModule.AddCart, CartModule.MapCart),
        ("orders", OrdersModule.AddOrders, OrdersModule.MapOrders),
        ("payments", PaymentsModule.AddPayments, PaymentsModule.MapPayments),
        ("board", BoardModule.AddBoard, BoardModule.MapBoard),
        ("sandboxpay", SandboxPayModule.AddSandboxPay, SandboxPayModule.MapSandboxPay),
        ("backoffice", BackofficeHost.AddBackoffice, BackofficeHost.MapBackoffice),
        ("storefront", StorefrontHost.AddStorefront, StorefrontHost.MapStorefront),
    ];

    /// <summary>Adds every part that lives here, and the way to those that do not.</summary>
    public static void AddMall(this WebApplicationBuilder builder)
    {
        foreach (var part in All.Where(p => builder.Configuration.IsHere(p.Name))) part.Add(builder);
        builder.AddGateway();
    }

    /// <summary>Maps every part that lives here, and the way to those that do not.</summary>
    public static void MapMall(this WebApplication app)
    {
        foreach (var part in All.Where(p => app.Configuration.IsHere(p.Name))) part.Map(app);
        app.MapGateway();
    }
}
