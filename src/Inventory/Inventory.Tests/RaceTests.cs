using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Inventory.Tests;

public class RaceTests
{
    const int Callers = 60;

    [Theory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task Sixty_adjustments_at_once_never_go_below_zero(string database)
    {
        await using var inventory = await TestInventory.Open(database);
        var (tea, staff) = (await inventory.Stocked(50), inventory.Staff);

        var answers = await AtOnce(i => staff.Adjust(new(tea, -1, "broken"), $"key-{i}"));

        Assert.Equal(50, answers.Count(a => a.Ok));
        Assert.All(answers.Where(a => !a.Ok), a => Assert.True(a.Problem!.Is("insufficient-stock")));
        Assert.Equal(new StockLevel(tea, 0, 0, 0), await inventory.Level(tea));
        await inventory.Balances();
    }

    [Fact]
    public async Task One_key_sent_sixty_times_at_once_books_once()
    {
        await using var inventory = await TestInventory.Open("PostgreSQL");
        var (tea, staff) = (await inventory.Stocked(5), inventory.Staff);
        var answers = await AtOnce(_ => staff.Adjust(new(tea, 1, "found"), "one-key"));
        Assert.All(answers, a => Assert.True(a.Ok || a.Problem.Is("still-running")));
        Assert.Equal(6, (await inventory.Level(tea)).Available);
    }

    [Fact]
    public async Task The_last_unit_goes_to_one_of_sixty_orders_at_two_instances()
    {
        var (one, two) = await TestInventory.OpenTwo();
        await using var _ = one;
        await using (two)
        {
            var tea = await one.Stocked(1);
            await AtOnce(async i => { await (i % 2 == 0 ? one : two).Hear(one.Reserve(Guid.CreateVersion7(), (tea, 1))); return 0; });
            Assert.Single(await one.Service.Announced<StockReserved>());
            Assert.Equal(Callers - 1, (await one.Service.Announced<StockRejected>()).Count);
            await one.Balances();
        }
    }

    [Fact]
    public async Task Orders_with_lines_in_opposite_sequence_do_not_block_each_other()
    {
        var (one, two) = await TestInventory.OpenTwo();
        await using var _ = one;
        await using (two)
        {
            var (tea, cup) = (await one.Stocked(Callers), await one.Stocked(Callers));
            await AtOnce(async i =>
            {
                if (i % 2 == 0) await one.Hear(one.Reserve(Guid.CreateVersion7(), (tea, 1), (cup, 1)));
                else await two.Hear(two.Reserve(Guid.CreateVersion7(), (cup, 1), (tea, 1)));
                return 0;
            });
            Assert.Equal(new StockLevel(tea, 0, Callers, 0), await one.Level(tea));
            Assert.Equal(new StockLevel(cup, 0, Callers, 0), await one.Level(cup));
            await one.Balances();
        }
    }

    [Fact]
    public async Task Batches_that_meet_in_a_circle_end_with_every_order_reserved_once_and_nothing_parked()
    {
        var (one, two) = await TestInventory.OpenTwo();
        await using var _ = one;
        await using (two)
        {
            var (tea, cup) = (await one.Stocked(100), await one.Stocked(100));
            var orders = Enumerable.Range(0, 20).Select(_ => Guid.CreateVersion7()).ToList();
            await Task.WhenAll(
                UntilItCommits(() => one.Hear([.. orders[..10].Select((o, i) => one.Reserve(o, (i % 2 == 0 ? tea : cup, 1)))])),
                UntilItCommits(() => two.Hear([.. orders[10..].Select((o, i) => two.Reserve(o, (i % 2 == 0 ? cup : tea, 1)))])));
            Assert.Equal(20, (await one.Service.Announced<StockReserved>()).DistinctBy(r => r.OrderId).Count());
            Assert.Equal((10, 10), ((await one.Level(tea)).Reserved, (await one.Level(cup)).Reserved));
            Assert.Equal("{\"items\":[],\"next\":null}", await one.Service.As(Guid.CreateVersion7(), staff: true).GetStringAsync("/api/inventory/parked"));
            await one.Balances();
        }
    }

    /// <summary>As the pump does: what the database undid for being in somebody's way is run again.</summary>
    static async Task UntilItCommits(Func<Task> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await work();
                return;
            }
            catch (InvalidOperationException) when (attempt < 10) { }
        }
    }

    [Fact]
    public async Task Adjustments_and_reservations_of_the_same_pieces_keep_the_balance()
    {
        var (one, two) = await TestInventory.OpenTwo();
        await using var _ = one;
        await using (two)
        {
            var (tea, staff) = (await one.Stocked(20), two.Staff);
            await AtOnce(async i =>
            {
                if (i % 2 == 0) await one.Hear(one.Reserve(Guid.CreateVersion7(), (tea, 1)));
                else await staff.Adjust(new(tea, -1, "broken"), $"key-{i}");
                return 0;
            });
            Assert.Equal(0, (await one.Level(tea)).Available);
            await one.Balances();
        }
    }

    [Theory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task The_database_itself_refuses_what_does_not_add_up(string database)
    {
        await using var inventory = await TestInventory.Open(database);
        var tea = await inventory.Stocked(5);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => inventory.Service.Db(db => db.Stocks.ExecuteUpdateAsync(s => s.SetProperty(x => x.Available, 6))));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => inventory.Service.Db(db =>
            db.Stocks.ExecuteUpdateAsync(s => s.SetProperty(x => x.Available, -1).SetProperty(x => x.Reserved, 6))));
        Assert.Equal(5, (await inventory.Level(tea)).Available);
    }

    static async Task<T[]> AtOnce<T>(Func<int, Task<T>> call)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = Enumerable.Range(0, Callers).Select(async i => { await go.Task; return await call(i); }).ToList();
        go.SetResult();
        return await Task.WhenAll(calls);
    }
}
