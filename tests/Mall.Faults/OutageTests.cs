using Jangteo.Mall.Crashing;
using Jangteo.Mall.Testing;
using Jangteo.Platform.Testing;

namespace Jangteo.Mall.Faults;

/// <summary>What surrounds a checkout fails for a while: its modules, the clock, the databases. Orders end and the books are right.</summary>
public class OutageTests
{
    public static TheoryData<Layout, bool> Shapes => new() { { Layout.Together, false }, { Layout.Apart, true } };

    [Fact]
    public async Task While_the_modules_of_a_checkout_are_down_orders_are_taken_and_afterwards_all_of_them_end()
    {
        await using var shop = await CrashShop.Open(new(Layout.Apart, PostgreSql: true));
        var down = shop.Parts.Where(p => p.Name is "inventory" or "payments" or "sandboxpay" or "catalog").ToList();
        foreach (var part in down)
        {
            part.IsDown = true;
            part.Process!.Kill();
        }
        var errands = Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Errands.PaysAtOnce.Run(shop)));
        await Eventually.Holds(async () => (await LedgerCheck.Read(shop.Stored)).Orders.Count == 10, "orders are taken without them");
        await Task.Delay(TimeSpan.FromSeconds(60));
        foreach (var part in down) part.IsDown = false;
        await errands;
        await shop.BooksAreRight("after the outage");
        Assert.All((await LedgerCheck.Read(shop.Stored)).Orders, o => Assert.Equal("Confirmed", o.Status));
    }

    [Theory, MemberData(nameof(Shapes))]
    public async Task While_the_clock_jumps_an_hour_forth_and_back_every_order_ends(Layout layout, bool postgreSql)
    {
        await using var shop = await CrashShop.Open(new(layout, postgreSql));
        foreach (var minutes in new[] { 60, -60 })
        {
            var errands = Task.WhenAll(Errands.All.Where(e => !e.PassesTime).Select(e => e.Run(shop)));
            await shop.Jump(minutes);
            await errands;
        }
        await shop.BooksAreRight("after the jumps");
    }

    [Theory, MemberData(nameof(Shapes))]
    public async Task While_databases_are_locked_or_drop_every_connection_every_order_ends(Layout layout, bool postgreSql)
    {
        await using var shop = await CrashShop.Open(new(layout, postgreSql));
        var errands = Task.WhenAll(Errands.All.Where(e => !e.PassesTime).Select(e => e.Run(shop)));
        foreach (var module in new[] { "orders", "payments", "inventory", "sandboxpay" })
            await shop.Disturb(module);
        await errands;
        await shop.BooksAreRight("after the outage of the databases");
    }
}
