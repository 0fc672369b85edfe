using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using HdrHistogram;
using Jangteo.Catalog.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Bench;

/// <summary>Buyers who place an order with instant payment, wait until it is confirmed, and place the next.</summary>
sealed class Checkout(Uri origin)
{
    const string Password = "bench buyer passphrase 3";
    public static readonly ShipTo Address = new("김벤치", "010-1234-5678", "04524", "서울 중구 세종대로 110");
    static readonly Consent[] Consents = [new("terms", "2026-11-01", true), new("privacy", "2026-11-01", true), new("age-14", "2026-11-01", true)];

    readonly HttpClient _http = new() { BaseAddress = origin };
    readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = new();

    public List<string> Tokens { get; } = [];
    public List<string> Skus { get; } = [];

    /// <summary>Every order is sent twice.</summary>
    public bool SendsTwice { get; init; }

    /// <summary>Every order takes a coupon and points.</summary>
    public bool TakesDiscounts { get; init; }

    string? Coupon => TakesDiscounts ? "BENCH" : null;
    long Points => TakesDiscounts ? 1_000 : 0;

    /// <summary>Signs the buyers up and fills the shelves.</summary>
    public async Task Prepare(int buyers)
    {
        var identity = new IdentityClient(_http);
        var members = new List<Guid>();
        for (var i = 0; i < buyers; i++)
        {
            var email = $"{Guid.NewGuid():N}@bench.example";
            members.Add((await identity.SignUp(new(email, Password, "김벤치", Consents))).Required.MemberId);
            Tokens.Add((await identity.Login(new(email, Password))).Required.AccessToken);
        }
        var staff = (await identity.Login(new("staff@jangteo.example", MallProcesses.StaffPassword))).Required.AccessToken;
        using var staffHttp = Client(staff);
        var products = (await new CatalogClient(_http).Browse(new(Limit: 100))).Required.Items;
        foreach (var card in products.Where(c => c.SingleSku is not null).Take(48))
        {
            (await new InventoryClient(staffHttp).Adjust(new(card.SingleSku!, 900_000, "bench"), Guid.NewGuid().ToString())).Required.ToString();
            Skus.Add(card.SingleSku!);
        }
        if (TakesDiscounts) await GiveDiscounts(new(staffHttp), members);
    }

    async Task GiveDiscounts(OrdersClient staff, List<Guid> members)
    {
        var now = DateTimeOffset.UtcNow;
        var terms = new CouponTerms(new("벤치", "Bench"), now.AddDays(-1), now.AddDays(1), PercentOff: 5, MemberLimit: BenefitLimits.Uses);
        (await staff.MakeCoupon(Coupon!, terms)).Required.ToString();
        foreach (var member in members) (await staff.AdjustPoints(member, new(BenefitLimits.Amount, "bench"), Guid.NewGuid().ToString())).Required.ToString();
    }

    HttpClient Client(string token) => new() { BaseAddress = origin, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };

    /// <summary>PUTs lines into the buyers' carts, each connection its own cart of five lines.</summary>
    public Task<LoadResult> AddToCart(double seconds) => Load.Run(origin, Tokens.Count, seconds, (connection, i) =>
    {
        var body = $"{{\"quantity\":{1 + i % 9}}}";
        return Encoding.ASCII.GetBytes($"PUT /api/cart/lines/{Skus[(connection + i % 5) % Skus.Count]} HTTP/1.1\r\nHost: {origin.Authority}\r\nAuthorization: Bearer {Tokens[connection]}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    });

    /// <summary>From the PUT to the confirmation on the order feed.</summary>
    public async Task<LoadResult> OrderToConfirmed(double seconds)
    {
        using var stop = new CancellationTokenSource();
        var watch = WatchConfirmations(stop.Token);
        var result = await Buy(seconds);
        await stop.CancelAsync();
        await watch.ContinueWith(_ => { });
        return result;
    }

    async Task<LoadResult> Buy(double seconds)
    {
        var histogram = new LongHistogram(60_000_000, 3);
        long good = 0, failures = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Tokens.Select((token, buyer) => Task.Run(async () =>
        {
            using var http = Client(token);
            var orders = new OrdersClient(http);
            for (var i = 0; clock.Elapsed.TotalSeconds < seconds; i++)
            {
                SkuQuantity[] lines = [new(Skus[(buyer * 3 + i) % Skus.Count], 1), new(Skus[(buyer * 3 + i + 1) % Skus.Count], 2)];
                var total = (await Quote(orders, lines)).Total;
                var id = Guid.CreateVersion7();
                var confirmed = _waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
                var started = Stopwatch.GetTimestamp();
                var order = new PlaceOrderRequest(lines, Address, total, PaymentMethods.Instant, CouponCode: Coupon, Points: Points);
                var placed = await orders.Place(id, order);
                if (SendsTwice) placed = await orders.Place(id, order);
                if (!placed.Ok || await Task.WhenAny(confirmed.Task, Task.Delay(10_000)) != confirmed.Task)
                {
                    Interlocked.Increment(ref failures);
                    continue;
                }
                Interlocked.Increment(ref good);
                lock (histogram) histogram.RecordValue((long)Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            }
        })));
        return LoadResult.From(histogram, good, failures, clock.Elapsed);
    }

    readonly ConcurrentDictionary<int, OrdersClient> _clients = new();

    /// <summary>What the next buyer wants, at its present total.</summary>
    public async Task<(OrdersClient Orders, SkuQuantity[] Lines, Money Total)> Wish(long number)
    {
        var orders = _clients.GetOrAdd((int)(number % Tokens.Count), buyer => new(Client(Tokens[buyer])));
        SkuQuantity[] lines = [new(Skus[(int)(number % Skus.Count)], 1), new(Skus[(int)((number + 1) % Skus.Count)], 2)];
        return (orders, lines, (await Quote(orders, lines)).Total);
    }

    /// <summary>Done once the order is confirmed.</summary>
    public Task Confirmation(Guid id) => (_waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    // The totals are asked once per pair of SKUs, as a shopper's page would have shown them already.
    readonly ConcurrentDictionary<string, Quote> _quotes = new();

    async Task<Quote> Quote(OrdersClient orders, SkuQuantity[] lines)
    {
        var key = string.Join('|', lines.Select(l => l.Sku));
        return _quotes.TryGetValue(key, out var known) ? known : _quotes[key] = (TakesDiscounts ? await orders.QuoteWithBenefits(lines, Coupon, Points) : await orders.Quote(lines)).Required;
    }

    public async Task WatchConfirmations(CancellationToken ct)
    {
        using var http = Client(await ServiceToken());
        var after = "now";
        while (!ct.IsCancellationRequested)
        {
            using var response = await http.GetAsync($"/feeds/orders?after={after}&limit=1000&wait=5", ct);
            response.EnsureSuccessStatusCode();
            after = response.Headers.GetValues("Feed-Cursor").Single();
            using var events = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(ct));
            foreach (var e in events.RootElement.EnumerateArray())
                if (e.GetProperty("type").GetString() == "order-confirmed" && _waiting.TryRemove(e.GetProperty("data").GetProperty("orderId").GetGuid(), out var waiting))
                    waiting.SetResult();
        }
    }

    async Task<string> ServiceToken()
    {
        using var response = await _http.PostAsync("/connect/token", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = "bench", ["client_secret"] = Secret, ["scope"] = "service",
        }));
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("access_token").GetString()!;
    }

    /// <summary>The bench's own service secret, derived from the mall's key file.</summary>
    public required string Secret { get; init; }
}
