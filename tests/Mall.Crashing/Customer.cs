using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Jangteo.Cart.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform.Testing;

namespace Jangteo.Mall.Crashing;

/// <summary>A member or staff at a shop that dies now and then: what is not answered is asked again.</summary>
sealed class Customer(CrashShop shop, Guid member, bool staff)
{
    static readonly HttpMessageHandler Sockets = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2) };

    readonly HttpClient _http = new(new Persistent(shop, Sockets), disposeHandler: false)
    {
        BaseAddress = shop.Parts[0].Url, Timeout = TimeSpan.FromMinutes(5),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Member(member, staff)) },
    };

    public CrashShop Shop => shop;

    public Guid Member => member;

    /// <summary>An order's id, of the time at the shop.</summary>
    public Guid NewId() => Guid.CreateVersion7(shop.Now);

    public CatalogClient Catalog => new(_http);
    public InventoryClient Inventory => new(_http);
    public CartClient Cart => new(_http);
    public OrdersClient Orders => new(_http);
    public PaymentsClient Payments => new(_http);

    /// <summary>Which test card the member's instant payments use.</summary>
    public async Task KeepCard(string number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/sandbox-pay/api/customers/{member}/card") { Content = JsonContent.Create(new { number }), Headers = { Authorization = shop.ProviderAuthorization } };
        (await _http.SendAsync(request)).EnsureSuccessStatusCode();
    }

    /// <summary>Pays, or tries to, on the provider's page.</summary>
    public async Task SubmitPayPage(string page, string card)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(page).AbsolutePath)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["number"] = card, ["expiry"] = "12/30", ["code"] = "123" }),
        };
        using var answer = await _http.SendAsync(request);
    }
}

/// <summary>Sends a request where it is served, again and again until it is answered by more than an outage. All our calls are safe to repeat.</summary>
sealed class Persistent(CrashShop shop, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);
    static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(40), LongestPause = TimeSpan.FromMilliseconds(400);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(ct);
        request.RequestUri = shop.AddressOf(request.RequestUri!.PathAndQuery);
        var pause = ShortestPause;
        for (var until = DateTime.UtcNow + Patience; ; await Task.Delay(pause, ct), pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
            timeout.CancelAfter(AttemptTimeout);
            try
            {
                var answer = await base.SendAsync(RepeatIdempotent.Copy(request, body), timeout.Token);
                await answer.Content.LoadIntoBufferAsync(timeout.Token);
                if (answer.StatusCode < HttpStatusCode.InternalServerError || DateTime.UtcNow > until) return answer;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !ct.IsCancellationRequested && DateTime.UtcNow < until)
            {
                // It died, or is not back yet.
            }
        }
    }
}
