using System.Net;
using System.Net.Http.Headers;
using Jangteo.Board.Contracts;
using Jangteo.Cart.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;

namespace Jangteo.Mall.Testing;

/// <summary>Somebody at the mall's API: a guest, a member or staff, with a cookie jar and every typed client.</summary>
public sealed class Visitor : IDisposable
{
    readonly HttpClient _http;

    /// <summary>Comes to a mall; in a race, where others change the answer, without repeating every call.</summary>
    public Visitor(TestMall mall, bool repeats = true)
    {
        var sockets = new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false };
        _http = new HttpClient(repeats ? new RepeatIdempotent(sockets) : sockets) { BaseAddress = mall.Origin, Timeout = TimeSpan.FromSeconds(30) };
        Mall = mall;
    }

    public TestMall Mall { get; }
    public HttpClient Http => _http;
    public Guid MemberId { get; private set; }
    public string Email { get; private set; } = "";
    public const string Password = "a long enough passphrase 42";

    public IdentityClient Identity => new(_http);
    public CatalogClient Catalog => new(_http);
    public InventoryClient Inventory => new(_http);
    public CartClient Cart => new(_http);
    public OrdersClient Orders => new(_http);
    public PaymentsClient Payments => new(_http);
    public BoardClient Board => new(_http);

    public static readonly Consent[] Consents = [new("terms", "2026-11-01", true), new("privacy", "2026-11-01", true), new("age-14", "2026-11-01", true), new("marketing", "2026-11-01", false)];

    /// <summary>Signs up with a fresh address and logs in.</summary>
    public async Task<Visitor> SignUp(string name = "김민수")
    {
        Email = $"{Guid.NewGuid():N}@shopper.example";
        MemberId = (await Identity.SignUp(new(Email, Password, name, Consents))).Required.MemberId;
        await Login(Email, Password);
        return this;
    }

    /// <summary>Logs in, and sends the token from now on.</summary>
    public async Task<Tokens> Login(string email, string password) => Use((await Identity.Login(new(email, password))).Required);

    Tokens Use(Tokens tokens)
    {
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
        return tokens;
    }

    /// <summary>Logs in as staff.</summary>
    public async Task<Visitor> AsStaff()
    {
        // The account is made in the background of the first start. Each login before counts as a wrong guess, and the fifth blocks for half a minute.
        var login = await Identity.Login(new(Staff.Email, Staff.Password));
        for (var pause = TimeSpan.FromMilliseconds(250); !login.Ok && pause < TimeSpan.FromMinutes(1); pause *= 2)
        {
            await Task.Delay(pause);
            login = await Identity.Login(new(Staff.Email, Staff.Password));
        }
        Use(login.Required);
        return this;
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>Sends every call that promises to be safe to repeat a second time, and insists that the answer is of the same kind.</summary>
public sealed class RepeatIdempotent(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(ct);
        var first = await base.SendAsync(Copy(request, body), ct);
        // A refusal may have been of the moment (not yet payable); what was granted must be granted again, to no effect.
        if (!MayRepeat(request) || !first.IsSuccessStatusCode) return first;
        var second = await base.SendAsync(Copy(request, body), ct);
        var goneAlready = request.Method == HttpMethod.Delete && second.StatusCode == HttpStatusCode.NotFound;
        if (first.StatusCode != second.StatusCode && !goneAlready)
            throw new InvalidOperationException($"{request.Method} {request.RequestUri} answered {first.StatusCode} and, repeated, {second.StatusCode}: {await second.Content.ReadAsStringAsync(ct)}");
        return first;
    }

    static bool MayRepeat(HttpRequestMessage request) =>
        request.Method == HttpMethod.Put || request.Method == HttpMethod.Delete || request.Headers.Contains("Idempotency-Key")
        || request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath is var path
            && (path.EndsWith("/cancel", StringComparison.Ordinal) || path.EndsWith("/start", StringComparison.Ordinal) || path.EndsWith("/confirm", StringComparison.Ordinal)
                || path.EndsWith("/complete", StringComparison.Ordinal) || path.EndsWith("/prepare", StringComparison.Ordinal) || path.EndsWith("/ship", StringComparison.Ordinal) || path.EndsWith("/deliver", StringComparison.Ordinal));

    /// <summary>The same request, to be sent once more.</summary>
    public static HttpRequestMessage Copy(HttpRequestMessage request, byte[]? body)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version };
        foreach (var header in request.Headers) copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        if (body is null) return copy;
        copy.Content = new ByteArrayContent(body);
        foreach (var header in request.Content!.Headers) copy.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        return copy;
    }
}
