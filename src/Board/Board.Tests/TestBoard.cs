using System.Net.Http.Headers;
using Jangteo.Board.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Board.Tests;

/// <summary>A board of a test's own, with what other modules would have told it.</summary>
sealed class TestBoard : IAsyncDisposable
{
    public static readonly Guid Apples = Guid.CreateVersion7(), Pears = Guid.CreateVersion7();

    readonly TestDatabase? _database;

    TestBoard(TestService<BoardDb> service, TestDatabase? database, Clock clock) => (Service, _database, Clock) = (service, database, clock);

    public TestService<BoardDb> Service { get; }
    public Clock Clock { get; }
    public BoardClient Nobody => new(Service.Http);
    public BoardClient Staff { get; private init; } = null!;

    public static async Task<TestBoard> Open(bool sqlite = true, params (string, string)[] settings)
    {
        var database = sqlite ? null : TestDatabase.New();
        var clock = new Clock();
        List<(string, string)> all = [("Feeds:DeliverTwice", "true"), .. settings];
        if (!settings.Any(s => s.Item1 == "Board:Sample")) all.Add(("Board:Sample", "false"));
        if (database is not null) all.Add(("ConnectionStrings:board", database.ConnectionString));
        var service = await TestService<BoardDb>.Start("board", b => b.AddBoard(), a => a.MapBoard(), s => s.AddSingleton<TimeProvider>(clock), [.. all]);
        await service.Deliver<ProductNames>("catalog", Product(Apples, "apples", "부사 사과", "Fuji Apples"), Product(Pears, "pears", "나주 배", "Naju Pears"));
        return new(service, database, clock) { Staff = new(service.As(Guid.CreateVersion7(), staff: true)) };
    }

    static ProductPublished Product(Guid id, string slug, string ko, string en) => new(id, 1, slug, new(ko, en), "fruit", null, []);

    /// <summary>A member whose name the board has heard.</summary>
    public async Task<(Guid Id, BoardClient Client)> Member(string maskedName)
    {
        var id = Guid.CreateVersion7();
        await Service.Deliver<MemberNames>("identity", new MemberRegistered(id, maskedName, Clock.GetUtcNow()));
        return (id, new(Service.As(id)));
    }

    public async Task<Guid> Buy(Guid member, params (Guid Product, string Sku)[] lines)
    {
        var order = Guid.CreateVersion7();
        await Service.Deliver<Purchases>("orders", new OrderConfirmed(order, "1", member,
            [.. lines.Select(l => new BoughtLine(l.Product, l.Sku, new("이름", "Name"), new("", ""), 1, Money.Won(1000)))], Money.Won(1000), Clock.GetUtcNow()));
        return order;
    }

    public HttpClient English(Guid member, bool staff = false)
    {
        var http = Service.As(member, staff);
        http.DefaultRequestHeaders.AcceptLanguage.Add(new StringWithQualityHeaderValue("en"));
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }
}

/// <summary>A clock that the test moves. It starts now, because tokens are checked against it too.</summary>
sealed class Clock : TimeProvider
{
    TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;

    public void Advance(TimeSpan by) => _ahead += by;
}

static class Writing
{
    public static string Key => Guid.NewGuid().ToString();

    public static async Task<PostView> Free(this BoardClient client, string title, string body = "본문") => (await client.Write(Boards.Free, new(title, body), Key)).Required;

    public static async Task<PostView> Ask(this BoardClient client, string title, bool secret = false, string body = "언제 오나요?") =>
        (await client.Write(Boards.Questions, new(title, body, TestBoard.Apples, Secret: secret), Key)).Required;

    public static Task<Answer<PostView>> Review(this BoardClient client, Guid order, string sku, int stars, Guid? product = null) =>
        client.Write(Boards.Review, new("좋아요", "맛있어요", product ?? TestBoard.Apples, sku, order, stars), Key);

    public static async Task<string[]> Titles(this BoardClient client, string board, string? search = null) => [.. (await client.Posts(board, search)).Required.Items.Select(p => p.Title)];

    public static void IsRefused<T>(this Answer<T> answer, int status, string type)
    {
        Assert.False(answer.Ok);
        Assert.Equal((status, "urn:jangteo:problem:" + type), (answer.Problem.Status, answer.Problem.Type));
    }

    public static void Names<T>(this Answer<T> answer, string field)
    {
        answer.IsRefused(400, "invalid");
        Assert.Contains(field, answer.Problem!.Errors!.Keys);
    }
}
