using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.My;

/// <summary>GET /my/points: what the member has, and how it came and went.</summary>
[Authorize(Policies.Member)]
sealed class PointsPage(OrdersClient orders, ILogger<PointsPage> log) : ShopPage
{
    public PointAccount? Account { get; private set; }

    public async Task OnGet(string? after, CancellationToken ct)
    {
        ShowPersonal(T.MyPoints);
        Account = await orders.Points(after, ct: ct).OrNull(log);
    }
}
