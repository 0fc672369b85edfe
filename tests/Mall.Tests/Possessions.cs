using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Jangteo.Board.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.Extensions.Configuration;

namespace Jangteo.Mall.Tests;

/// <summary>One of each caller, and what the owner has: orders in several states, a payment, posts, a review, comments, sessions.</summary>
public sealed class Possessions : IDisposable
{
    readonly Dictionary<Who, Visitor> _callers = [];

    public required NewProduct Product { get; init; }
    public required NewProduct Doomed { get; init; }
    public required string Picture { get; init; }
    public required byte[] PictureFile { get; init; }
    public required byte[] Export { get; init; }

    public Guid Awaiting { get; private set; }
    public PlaceOrderRequest Placed { get; private set; } = null!;
    public PaymentConfirmation Confirmation { get; private set; } = null!;
    public Guid ToCancel { get; private set; }
    public Guid Paid { get; private set; }
    public Guid Question { get; private set; }
    public Guid Session { get; private set; }
    public Dictionary<Who, Guid> DoomedPosts { get; } = [];
    public Dictionary<Who, Guid> DoomedComments { get; } = [];
    public Queue<string> RefreshTokens { get; } = [];

    public Visitor As(Who who) => _callers[who];

    public static async Task<Possessions> Prepare(TestMall mall)
    {
        var staff = await new Visitor(mall).AsStaff();
        // The samples come in the background of the first start.
        string? picture = null;
        await Eventually.Holds(async () => (picture = (await staff.Catalog.Browse(new())).Required.Items.FirstOrDefault(i => i.Picture is not null)?.Picture) is not null, "a sample has a picture");
        var prepared = new Possessions
        {
            Product = await staff.NewProduct(stock: 100), Doomed = await staff.NewProduct(stock: 1), Picture = picture!,
            PictureFile = await staff.Http.GetByteArrayAsync($"/api/catalog/pictures/{picture}/160.webp"), Export = await staff.Http.GetByteArrayAsync("/api/catalog/exports"),
        };
        prepared._callers[Who.Staff] = staff;
        prepared._callers[Who.Nobody] = new Visitor(mall);
        prepared._callers[Who.Owner] = await new Visitor(mall).SignUp("주인");
        prepared._callers[Who.Other] = await new Visitor(mall).SignUp("다른이");
        prepared._callers[Who.Service] = await Service(mall);
        await prepared.Order();
        await prepared.Write();
        await prepared.LogIn();
        return prepared;
    }

    /// <summary>A service logs in with its secret.</summary>
    static async Task<Visitor> Service(TestMall mall)
    {
        const string name = "probe";
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Data:Folder"] = mall.DataFolder }).Build();
        var service = new Visitor(mall);
        using var answer = await service.Http.PostAsync("/connect/token", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = name, ["client_secret"] = ServiceSecrets.Of(name, settings), ["scope"] = Policies.Service,
        }));
        var token = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString();
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return service;
    }

    async Task Order()
    {
        var owner = As(Who.Owner);
        SkuQuantity[] lines = [new(Product.Sku, 1)];
        Placed = new(lines, Buying.Address, (await owner.Orders.Quote(lines)).Required.Total, PaymentMethods.Card);
        Awaiting = (await owner.Orders.Place(Guid.CreateVersion7(), Placed)).Required.Id;
        ToCancel = (await owner.PlaceOrder(PaymentMethods.Card, lines)).Id;
        Paid = (await owner.PlaceOrder(PaymentMethods.Instant, lines)).Id;
        await owner.Becomes(Awaiting, OrderStatus.AwaitingPayment);
        await Eventually.Holds(async () => (await owner.Payments.Start(Awaiting)).Ok, "the payment can be started");
        await owner.Becomes(Paid, OrderStatus.Confirmed);
    }

    /// <summary>The payer goes through the provider's page; confirming is what is left.</summary>
    public async Task Authorise() => Confirmation = await As(Who.Owner).AuthoriseAtProvider(Awaiting);

    async Task Write()
    {
        var owner = As(Who.Owner);
        await Eventually.Holds(async () => (await owner.Board.Reviewable(Product.ProductId)).Required.Count == 1, "the purchase may be reviewed");
        (await owner.Board.Write(Boards.Review, new("좋아요", "맛있어요", Product.ProductId, Product.Sku, Paid, 5), Key())).Required.ToString();
        Question = await Ask(owner);
        foreach (var who in Enum.GetValues<Who>())
        {
            DoomedPosts[who] = await Ask(owner);
            DoomedComments[who] = (await owner.Board.Comment(Boards.Questions, Question, new($"추가 질문 {who}"), Key())).Required.Comments[^1].Id;
        }
    }

    async Task<Guid> Ask(Visitor owner) => (await owner.Board.Write(Boards.Questions, new("비밀 질문", "언제 오나요?", Product.ProductId, Secret: true), Key())).Required.Id;

    async Task LogIn()
    {
        using var elsewhere = new Visitor(As(Who.Owner).Mall);
        for (var i = 0; i < 2 * Enum.GetValues<Who>().Length; i++) RefreshTokens.Enqueue((await elsewhere.Login(As(Who.Owner).Email, Visitor.Password)).RefreshToken);
        Session = (await As(Who.Owner).Identity.Sessions()).Required[^1].Id;
    }

    /// <summary>The path and body of a route as this caller sends them: real ids, and a body that would be accepted.</summary>
    public (string Path, object? Body) Request(Route route, Who who)
    {
        var (values, body) = Specifics(route, who);
        var path = route.Path.Replace("{board}", Boards.Questions).Replace("{orderId}", $"{Awaiting}").Replace("{productId}", $"{Product.ProductId}").Replace("{product}", Product.Slug)
            .Replace("{sku}", Product.Sku).Replace("{provider}", "sandboxpay").Replace("{name}", Picture).Replace("{width}", "160").Replace("{commentId}", $"{DoomedComments[who]}")
            .Replace("{code}", Coupon).Replace("{memberId}", $"{Member}");
        return (path.Replace("{id}", values).Replace("{slug}", values), body);
    }

    (string Id, object? Body) Specifics(Route route, Who who) => route.Name switch
    {
        "POST /api/catalog/products" => ("", Edit($"made-{Guid.NewGuid():N}"[..20], $"MADE-{Guid.NewGuid():N}"[..20].ToUpperInvariant())),
        "PUT /api/catalog/products/{id}" => ($"{MadeProduct}", Edit($"made-{MadeProduct:N}"[..20], $"PUT-{MadeProduct:N}"[..20].ToUpperInvariant())),
        "DELETE /api/catalog/products/{id}" => ($"{Doomed.ProductId}", null),
        "PUT /api/catalog/categories/{slug}" => ("passing", new CategoryEdit(new("잠깐", "Passing"))),
        "DELETE /api/catalog/categories/{slug}" => ("passing", null),
        "POST /api/catalog/pictures" => ("", new ByteArrayContent(PictureFile) { Headers = { ContentType = new("image/webp") } }),
        "POST /api/catalog/imports" => ("", new ByteArrayContent(Export) { Headers = { ContentType = new("text/csv") } }),
        "POST /api/inventory/adjustments" => ("", new StockAdjustment(Product.Sku, 1, "found behind the shelf")),
        "PUT /api/cart/lines/{sku}" => ("", new { quantity = 1 }),
        "POST /api/orders/quote" => ("", new QuoteRequest(Placed.Lines)),
        "PUT /api/orders/{id}" => ($"{Awaiting}", Placed),
        "GET /api/orders/{id}" or "GET /api/orders/{id}/path" => ($"{Awaiting}", null),
        "POST /api/orders/{id}/decisions" => ($"{Awaiting}", new OrderDecision(OrderAction.Note, "asked by telephone")),
        "POST /api/payments/reviews/{id}/decisions" => ($"{MadeProduct}", new PaymentDecision(PaymentAction.AskAgain, "asked by telephone")),
        "POST /api/orders/{id}/cancel" => ($"{ToCancel}", null),
        "POST /api/orders/{id}/ship" => ($"{Paid}", new Shipment("CJ대한통운", "601234567890")),
        "POST /api/orders/{id}/prepare" or "POST /api/orders/{id}/deliver" or "POST /api/orders/{id}/complete" => ($"{Paid}", null),
        "PUT /api/orders/staff/coupons/{code}" => ("", new CouponTerms(new("첫 구매", "First order"), DateTimeOffset.UnixEpoch.AddYears(56), DateTimeOffset.UnixEpoch.AddYears(65), AmountOff: 1_000)),
        "POST /api/orders/staff/coupons/{code}/issues" => ("", new CouponIssue([Member])),
        "POST /api/orders/coupons" => ("", new CouponCode(Coupon)),
        "POST /api/orders/staff/points/{memberId}" => ("", new PointAdjustment(100, "sorry")),
        "POST /api/payments/reconciliations" => ("", new ReconciliationRequest()),
        "POST /api/payments/differences/{id}/decisions" => ($"{MadeProduct}", new DifferenceDecision(DifferenceAction.Leave, "asked by telephone")),
        "POST /api/payments/{orderId}/confirm" => ("", Confirmation),
        "POST /api/payments/{orderId}/refunds" => ("", new RefundRequest(Money.Won(100), "a broken egg")),
        "POST /api/payments/deposits" => ("", new DepositLines([new(DateTimeOffset.UtcNow.AddMinutes(-5), Money.Won(1_000), "김하나")])),
        "POST /api/payments/deposits/{id}/match" => ($"{MadeProduct}", new DepositMatch(Awaiting)),
        "POST /api/payments/deposits/{id}/return" => ($"{MadeProduct}", new DepositReturn("sent back")),
        "POST /api/board/{board}/posts" => ("", new PostEdit("질문", "있나요?", Product.ProductId)),
        "PATCH /api/board/{board}/posts/{id}" => ($"{Question}", new PostChange("고친 질문")),
        "POST /api/board/{board}/posts/{id}/comments" => ($"{Question}", new CommentEdit("답")),
        "POST /api/board/{board}/posts/{id}/reports" => ($"{Question}", new PostReport("이상해요")),
        "DELETE /api/board/{board}/posts/{id}" => ($"{DoomedPosts[who]}", null),
        var post when post.Contains("/api/board/{board}/posts/{id}") => ($"{Question}", null),
        "POST /api/identity/members" => ("", new SignUp($"{Guid.NewGuid():N}@shopper.example", Visitor.Password, "새사람", Visitor.Consents)),
        "POST /api/identity/verifications" => ("", new Verification("nobody-was-sent-this-token")),
        "POST /api/identity/login" => ("", new Login(As(Who.Owner).Email, Visitor.Password)),
        "POST /api/identity/refresh" or "POST /api/identity/logout" => ("", new RefreshTokenBody(RefreshTokens.Dequeue())),
        "PATCH /api/identity/me" => ("", new MeChange("새이름", "ko", [new(Guid.CreateVersion7(), "집", "김민수", "010-1234-5678", "04524", "세종대로 110", "101호", true)], true)),
        "DELETE /api/identity/me/sessions/{id}" => ($"{Session}", null),
        "POST /api/identity/me/withdrawal" => ("", new Withdrawal(who == Who.Staff ? Staff.Password : Visitor.Password)),
        var drop when drop.EndsWith("/parked/{id}/drop", StringComparison.Ordinal) => ("1", new DropRequest("a test order")),
        _ => ("1", null),
    };

    static readonly Guid MadeProduct = Guid.CreateVersion7();
    static readonly Guid Member = Guid.CreateVersion7();
    const string Coupon = "FIRST-ORDER";

    ProductEdit Edit(string slug, string sku) => new(slug, "fruit", new("시험", "Test"), new("시험", "Test"), new("한 줄", "One line"), new("설명", "Description"), [new("색", "Colour")],
        [new(sku, [new("빨강", "Red")], 1_000, 5)], 2_000, [Picture], [new(new("원산지", "Origin"), new("국산", "Korea"))], ["시험"]);

    static string Key() => Guid.CreateVersion7().ToString();

    public void Dispose()
    {
        foreach (var caller in _callers.Values) caller.Dispose();
    }
}
