using CsCheck;
using Jangteo.Cart.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Cart.Tests;

public class MergeTests
{
    [Theory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task Logging_in_adds_the_guest_cart_to_the_members_and_takes_the_cookie_away(string database)
    {
        await using var cart = await TestCart.Open(database);
        await cart.Sells("TEA");
        await cart.Sells("CUP");
        await cart.Sells("POT");
        var id = Guid.CreateVersion7();
        await cart.Member(id).Put("TEA", 60);
        await cart.Member(id).Put("CUP", 1);
        var guest = cart.Guest();
        await guest.Put("TEA", 60);
        await guest.Put("POT", 2);

        var member = guest.LoggedIn(cart.Service.As(id));
        var view = await member.Get();

        Assert.Equal([("TEA", 99), ("CUP", 1), ("POT", 2)], view.Lines.Select(l => (l.Sku, l.Quantity)));
        Assert.Null(member.Cookie);
        Assert.Contains("expires=Thu, 01 Jan 1970", member.SetCookie);
        Assert.Equal(1, await cart.Carts());
        Assert.Empty((await guest.Get()).Lines);
        Assert.Equivalent(view, await cart.Member(id).Get());
    }

    [Fact]
    public async Task A_member_without_a_cart_takes_over_the_guests()
    {
        await using var cart = await TestCart.Open();
        await cart.Sells("TEA");
        await cart.Sells("CUP");
        var guest = cart.Guest();
        await guest.Put("TEA", 3);
        var member = guest.LoggedIn(cart.Service.As(Guid.CreateVersion7()));
        Assert.Equal(4, (await member.Put("CUP", 1)).Count);
        Assert.Null(member.Cookie);
        Assert.Equal(1, await cart.Carts());
    }

    [Theory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task Tabs_that_merge_at_once_add_the_guest_cart_once(string database)
    {
        await using var cart = await TestCart.Open(database);
        await cart.Sells("TEA");
        for (var round = 0; round < 10; round++)
        {
            var guest = cart.Guest();
            await guest.Put("TEA", 3);
            var member = cart.Service.As(Guid.CreateVersion7());
            if (round % 2 == 0) await new Browser(member).Put("TEA", 1);
            var views = await Task.WhenAll(guest.LoggedIn(member).Get(), guest.LoggedIn(member).Get(), guest.LoggedIn(member).Get());
            Assert.All(views, v => Assert.Equal(round % 2 == 0 ? 4 : 3, v.Count));
        }
    }

    [Fact]
    public async Task A_refused_call_keeps_the_guest_cart_and_its_cookie()
    {
        await using var cart = await TestCart.Open();
        await cart.Sells("TEA");
        var guest = cart.Guest();
        await guest.Put("TEA", 3);
        var member = guest.LoggedIn(cart.Service.As(Guid.CreateVersion7()));
        Assert.Equal(404, (await member.Cart.Put("NOBODY-KNOWS", 1)).Problem?.Status);
        Assert.NotNull(member.Cookie);
        Assert.Equal(3, (await member.Get()).Count);
    }

    [Fact]
    public async Task A_cookie_without_a_cart_is_taken_away_from_a_member()
    {
        await using var cart = await TestCart.Open();
        var member = cart.Member(Guid.CreateVersion7());
        member.Cookie = "nothing";
        Assert.Empty((await member.Get()).Lines);
        Assert.Null(member.Cookie);
    }

    static readonly Gen<(int Sku, int Quantity)[]> AnyLines = Gen.Select(Gen.Int[0, 150], Gen.Int[1, 99]).Array[0, 120];

    [Fact]
    public void Merging_keeps_every_limit_and_loses_no_line_of_the_member() => Gen.Select(AnyLines, AnyLines).Sample((mine, guests) =>
    {
        var (cart, other) = (Filled(mine), Filled(guests));
        var before = cart.Lines;
        cart.Merge(other);
        Assert.InRange(cart.Lines.Count, before.Count, ShoppingCart.MaxLines);
        Assert.Equal(cart.Lines.Count, cart.Lines.DistinctBy(l => l.Sku).Count());
        Assert.All(cart.Lines, line => Assert.Equal(Math.Min(99, Quantity(before, line.Sku) + Quantity(other.Lines, line.Sku)), line.Quantity));
        Assert.Equal(before.Select(l => l.Sku), cart.Lines.Take(before.Count).Select(l => l.Sku));
    });

    static int Quantity(IReadOnlyList<KeptLine> lines, string sku) => lines.FirstOrDefault(l => l.Sku == sku)?.Quantity ?? 0;

    static ShoppingCart Filled((int Sku, int Quantity)[] lines)
    {
        var cart = ShoppingCart.OfMember(Guid.CreateVersion7());
        foreach (var (sku, quantity) in lines.Where(l => cart.HasRoomFor($"{l.Sku}"))) cart.Put($"{sku}", quantity, Money.Won(1));
        return cart;
    }
}
