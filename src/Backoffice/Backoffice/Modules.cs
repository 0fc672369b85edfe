using Jangteo.Board.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;

namespace Jangteo.Backoffice;

/// <summary>The modules, called with the token of the person at the desk.</summary>
sealed class Modules(IHttpClientFactory clients)
{
    public static readonly string[] Names = ["identity", "catalog", "inventory", "cart", "orders", "payments", "board"];

    /// <summary>A name of our own: in one process with the shop, the shop's clients carry the shopper's token.</summary>
    public static string ClientOf(string module) => $"backoffice-{module}";

    public IdentityClient Identity => new(Of("identity"));
    public CatalogClient Catalog => new(Of("catalog"));
    public InventoryClient Inventory => new(Of("inventory"));
    public OrdersClient Orders => new(Of("orders"));
    public PaymentsClient Payments => new(Of("payments"));
    public BoardClient Board => new(Of("board"));

    public ParkedClient Parked(string module) => new(Of(module), module);

    HttpClient Of(string module) => clients.CreateClient(ClientOf(module));
}
