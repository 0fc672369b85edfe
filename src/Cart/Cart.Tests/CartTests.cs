using System.Security.Cryptography;
using System.Text;
using Jangteo.Cart.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Cart.Tests;

public class CartTests
{
    public static TheoryData<string> Databases => ["SQLite", "PostgreSQL"];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_guest_fills_a_cart_and_finds_it_again(string database)
    {
        await using var cart = await TestCart.Open(database);
        var product = await cart.Sells("TEA", 1000);
        await cart.Sells("CUP", 700, stock: null);
        var guest = cart.Guest();

        await guest.Put("TEA", 2);
        var view = await guest.Put("CUP", 1);

        Assert.Equal(3, view.Count);
        Assert.Equal(Money.Won(2700), view.Subtotal);
        Assert.Equal(new CartLine("TEA", product.ProductId, "tea", new("차", "Tea"), new("빨강", "Red"), "tea.webp", 2, Money.Won(1000), Money.Won(1000), Money.Won(2000), 10, LineNotice.None), view.Lines[0]);
        Assert.Equal((null, LineNotice.None), (view.Lines[1].Available, view.Lines[1].Notice));
        Assert.Equivalent(view, await guest.Get());
    }

    [Fact]
    public async Task Looking_makes_no_cart_and_sets_no_cookie()
    {
        await using var cart = await TestCart.Open();
        var (guest, member) = (cart.Guest(), cart.Member(Guid.CreateVersion7()));
        Assert.Equivalent(new CartView([], 0, Money.Won(0)), await guest.Get());
        Assert.Equivalent(new CartView([], 0, Money.Won(0)), await member.Get());
        Assert.Equivalent(new CartView([], 0, Money.Won(0)), await guest.Put("TEA", 0));
        Assert.Equivalent(new CartView([], 0, Money.Won(0)), (await guest.Cart.Remove("TEA")).Required);
        Assert.Null(guest.SetCookie);
        Assert.Equal(0, await cart.Carts());
    }

    [Theory, InlineData("http://localhost:5080", false), InlineData("https://shop.example", true)]
    public async Task The_cookie_is_unguessable_hidden_from_scripts_and_known_to_the_database_by_its_hash_alone(string origin, bool secure)
    {
        await using var cart = await TestCart.Open("SQLite", ("Mall:Origin", origin));
        await cart.Sells("TEA");
        var (one, two) = (cart.Guest(), cart.Guest());
        await one.Put("TEA", 1);
        await two.Put("TEA", 1);

        Assert.NotEqual(one.Cookie, two.Cookie);
        Assert.Equal(43, one.Cookie!.Length);
        var attributes = one.SetCookie!.Split(';', StringSplitOptions.TrimEntries)[1..].Select(a => a.ToLowerInvariant()).ToList();
        Assert.Equal(["httponly", "max-age=2592000", "path=/", "samesite=lax", .. secure ? ["secure"] : Array.Empty<string>()], attributes.Order());
        var owners = await cart.Service.Db(db => db.Carts.Select(c => c.Owner).ToListAsync());
        Assert.Contains($"guest {Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(one.Cookie)))}", owners);
        Assert.DoesNotContain(owners, o => o.Contains(one.Cookie));
    }

    [Theory, InlineData(""), InlineData("x"), InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), InlineData("AAAAAAAAAAAAAAAAAAAAAA'AAAAAAAAAAAAAAAAAAAA")]
    public async Task A_cookie_that_is_not_ours_opens_nothing_and_is_never_taken_over(string cookie)
    {
        await using var cart = await TestCart.Open();
        await cart.Sells("TEA");
        var guest = cart.Guest();
        guest.Cookie = cookie;
        Assert.Empty((await guest.Get()).Lines);
        await guest.Put("TEA", 1);
        Assert.NotEqual(cookie, guest.Cookie);
        Assert.Equal(43, guest.Cookie!.Length);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Nobody_sees_or_changes_the_cart_of_another(string database)
    {
        await using var cart = await TestCart.Open(database);
        await cart.Sells("TEA");
        var (member, other, guest, stranger) = (cart.Member(Guid.CreateVersion7()), cart.Member(Guid.CreateVersion7()), cart.Guest(), cart.Guest());
        await member.Put("TEA", 2);
        await guest.Put("TEA", 3);

        Assert.Empty((await other.Get()).Lines);
        Assert.Empty((await stranger.Get()).Lines);
        Assert.Empty((await other.Cart.Remove("TEA")).Required.Lines);
        Assert.Empty((await stranger.Put("TEA", 0)).Lines);
        Assert.Equal(2, (await member.Get()).Count);
        Assert.Equal(3, (await guest.Get()).Count);
    }

    [Fact]
    public async Task A_quantity_is_set_not_added_and_zero_removes()
    {
        await using var cart = await TestCart.Open();
        await cart.Sells("TEA");
        await cart.Sells("CUP");
        var member = cart.Member(Guid.CreateVersion7());
        await member.Put("TEA", 2);
        await member.Put("CUP", 1);
        Assert.Equal(99, (await member.Put("TEA", 99)).Lines[0].Quantity);
        Assert.Equal("CUP", Assert.Single((await member.Put("TEA", 0)).Lines).Sku);
        Assert.Equal("CUP", Assert.Single((await member.Put("TEA", 0)).Lines).Sku);
        Assert.Empty((await member.Cart.Remove("CUP")).Required.Lines);
    }

    public static TheoryData<string, string, string> BadLines => new()
    {
        { "TEA", """{"quantity":-1}""", "quantity" },
        { "TEA", """{"quantity":100}""", "quantity" },
        { "TEA", """{"quantity":2147483648}""", "quantity" },
        { "TEA", """{"quantity":1.5}""", "quantity" },
        { "TEA", """{"quantity":"1"}""", "quantity" },
        { "TEA", """{"quantity":null}""", "quantity" },
        { "TEA", "{}", "quantity" },
        { "TEA", "[]", "body" },
        { "TEA", "", "body" },
        { new string('A', 33), """{"quantity":1}""", "sku" },
    };

    [Fact]
    public async Task Bad_lines_name_the_field_and_change_nothing()
    {
        await using var cart = await TestCart.Open();
        await cart.Sells("TEA");
        var member = cart.Member(Guid.CreateVersion7());
        await member.Put("TEA", 2);
        foreach (var (sku, body, field) in BadLines.Select(row => row.Data))
        {
            var answer = await member.PutRaw(sku, body);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode == 400, $"{body}: {text}");
            var problem = System.Text.Json.JsonSerializer.Deserialize<Problem>(text, MessageFormat.Json)!;
            Assert.True(problem.Is("invalid") && problem.Errors!.ContainsKey(field), $"{body}: {text}");
        }
        Assert.Equal(2, (await member.Get()).Count);
    }

    [Fact]
    public async Task What_is_not_sold_cannot_be_put_in()
    {
        await using var cart = await TestCart.Open();
        var tea = await cart.Sells("TEA");
        await cart.Hear(new Catalog.Contracts.ProductRetired(tea.ProductId, 2, ["TEA"]));
        var guest = cart.Guest();
        Assert.Equal(404, (await guest.Cart.Put("NOBODY-KNOWS", 1)).Problem?.Status);
        var retired = (await guest.Cart.Put("TEA", 1)).Problem;
        Assert.True(retired is { Status: 409 } && retired.Is("no-longer-sold"));
        Assert.Null(guest.SetCookie);
        Assert.Equal(0, await cart.Carts());
    }

    [Fact]
    public async Task A_cart_holds_a_hundred_lines()
    {
        await using var cart = await TestCart.Open();
        var skus = Enumerable.Range(0, 101).Select(i => $"SKU-{i}").ToList();
        await cart.Hear(new Catalog.Contracts.ProductPublished(Guid.CreateVersion7(), 1, "tea", new("차", "Tea"), "tea", null, [.. skus.Select(s => new Catalog.Contracts.PublishedSku(s, new("", ""), Money.Won(10), 1))]));
        var member = cart.Member(Guid.CreateVersion7());
        foreach (var sku in skus[..100]) await member.Put(sku, 1);
        var refused = (await member.Cart.Put(skus[100], 1)).Problem;
        Assert.True(refused is { Status: 409 } && refused.Is("cart-full"));
        Assert.Equal(101, (await member.Put(skus[0], 2)).Count);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Two_tabs_work_on_one_cart(string database)
    {
        await using var cart = await TestCart.Open(database);
        await cart.Sells("TEA");
        await cart.Sells("CUP");
        for (var round = 0; round < 10; round++)
        {
            // The first call of each makes the cart, so the two also race for that.
            var member = cart.Service.As(Guid.CreateVersion7());
            var (one, two) = (new Browser(member), new Browser(member));
            await Task.WhenAll(one.Put("TEA", 1), two.Put("CUP", 2));
            Assert.Equal(3, (await one.Get()).Count);
            await Task.WhenAll(one.Put("TEA", 5), two.Cart.Remove("CUP"));
            Assert.Equal([("TEA", 5)], (await two.Get()).Lines.Select(l => (l.Sku, l.Quantity)));
        }
    }

    [Fact]
    public async Task Members_keep_their_cart_however_long_they_stay_away_and_on_every_device()
    {
        await using var cart = await TestCart.Open();
        await cart.Sells("TEA");
        var id = Guid.CreateVersion7();
        await cart.Member(id).Put("TEA", 2);
        cart.Time.Pass(TimeSpan.FromDays(400));
        Assert.Equal(0, await Sweep(cart));
        Assert.Equal(2, (await cart.Member(id).Get()).Count);
    }

    static Task<int> Sweep(TestCart cart) => ((ExpireGuestCarts)cart.Service.Services.GetService(typeof(ExpireGuestCarts))!).Sweep(default);

    [Theory, MemberData(nameof(Databases))]
    public async Task A_guest_cart_goes_away_after_thirty_days_without_use(string database)
    {
        await using var cart = await TestCart.Open(database);
        await cart.Sells("TEA");
        var (used, forgotten) = (cart.Guest(), cart.Guest());
        await used.Put("TEA", 1);
        await forgotten.Put("TEA", 1);

        cart.Time.Pass(TimeSpan.FromDays(20));
        var before = used.Cookie;
        Assert.Equal(1, (await used.Get()).Count);
        Assert.Contains("max-age=2592000", used.SetCookie);
        Assert.Equal(before, used.Cookie);
        await used.Get();
        Assert.Null(used.SetCookie);

        cart.Time.Pass(TimeSpan.FromDays(11));
        Assert.Empty((await forgotten.Get()).Lines);
        Assert.Equal(1, await Sweep(cart));
        Assert.Equal(0, await Sweep(cart));
        Assert.Equal(1, (await used.Get()).Count);

        await forgotten.Put("TEA", 2);
        Assert.Equal(2, (await forgotten.Get()).Count);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Long_settled_orders_are_forgotten_in_as_many_rounds_as_it_takes(string database)
    {
        await using var cart = await TestCart.Open(database);
        await cart.Service.Db(db =>
        {
            db.AddRange(Enumerable.Range(0, 501).Select(_ => new SettledOrder { OrderId = Guid.CreateVersion7(), At = cart.Time.GetUtcNow() }));
            return db.SaveChangesAsync();
        });
        Assert.Equal(0, await Sweep(cart));

        cart.Time.Pass(TimeSpan.FromDays(181));

        // A full round is followed by another at once.
        foreach (var forgotten in new[] { 500, 1, 0 }) Assert.Equal(forgotten, await Sweep(cart));
    }

    [Fact]
    public async Task An_expired_cart_that_is_not_swept_yet_is_not_opened_again()
    {
        await using var cart = await TestCart.Open();
        await cart.Sells("TEA");
        var guest = cart.Guest();
        await guest.Put("TEA", 1);
        var old = guest.Cookie;
        cart.Time.Pass(TimeSpan.FromDays(30));
        Assert.Equal(5, (await guest.Put("TEA", 5)).Count);
        Assert.NotEqual(old, guest.Cookie);
    }
}
