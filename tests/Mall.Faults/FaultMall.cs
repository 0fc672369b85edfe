using System.Data.Common;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Platform.Testing;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Jangteo.Mall.Faults;

/// <summary>A mall for a class of tests, with some buyers, staff, and databases that can be made slow or be tampered with.</summary>
public abstract class FaultMall(Shape shape) : IAsyncLifetime
{
    public const string ProviderSecret = "a secret of the fault tests";
    const int BuyerCount = 10;

    public TestMall Mall { get; private set; } = null!;
    public Visitor Staff { get; private set; } = null!;
    public Visitor[] Buyers { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Mall = await TestMall.Open(shape, Latency.AddTo, ("Catalog:Sample", "false"), ("Payments:CallTimeoutSeconds", "1"), ("Payments:RetrySeconds", "0.1"),
            ("SandboxPay:HangSeconds", "1.5"), ("SandboxPay:LateSeconds", "0.5"), ("SandboxPay:Secret", ProviderSecret));
        Staff = await new Visitor(Mall, repeats: false).AsStaff();
        (await Staff.Catalog.SaveCategory("fruit", new(new("과일", "Fruit")))).Required.ToString();
        Buyers = await Task.WhenAll(Enumerable.Range(0, BuyerCount).Select(_ => new Visitor(Mall, repeats: false).SignUp()));
    }

    /// <summary>The buyer of a caller's number: several callers are the same buyer in several tabs.</summary>
    public Visitor Buyer(int caller = 0) => Buyers[caller % BuyerCount];

    /// <summary>Lets so many callers go at the same moment.</summary>
    public static async Task<T[]> AtOnce<T>(int callers, Func<int, Task<T>> call)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable.Range(0, callers).Select(async i =>
        {
            await gate.Task;
            return await call(i);
        }).ToList();
        gate.SetResult();
        return await Task.WhenAll(all);
    }

    /// <summary>Waits until the order is neither placed nor waiting to be paid.</summary>
    public static async Task<OrderView> Ended(Visitor buyer, Guid order)
    {
        OrderView? view = null;
        await Eventually.Holds(async () => (view = (await buyer.Orders.Get(order)).Required).Status is not (OrderStatus.Placed or OrderStatus.AwaitingPayment), $"order {order} ends");
        return view!;
    }

    /// <summary>Waits until all of them are, looking into the database: hundreds who ask for their order would slow down what they wait for.</summary>
    public async Task AllEnded(IEnumerable<Guid> orders)
    {
        var waiting = orders.ToHashSet();
        await Eventually.Holds(async () => (await LedgerCheck.Read(Mall)).Orders.Count(o => waiting.Contains(o.Id) && o.Status is not ("Placed" or "AwaitingPayment")) == waiting.Count, "all orders end");
    }

    /// <summary>Does what no code of ours does to a module's database; on SQLite without its checks if asked to.</summary>
    public async Task<int> Tamper(string module, string sql, bool withoutChecks = false)
    {
        await using DbConnection connection = shape.PostgreSql ? new NpgsqlConnection(Mall.ConnectionString(module)) : new SqliteConnection(Mall.ConnectionString(module) + ";Pooling=False;Default Timeout=30");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = (withoutChecks && !shape.PostgreSql ? "PRAGMA ignore_check_constraints = ON; " : "") + sql;
        return await command.ExecuteNonQueryAsync();
    }

    public Task BooksAreRight() => LedgerCheck.Holds(Mall, quietSeconds: 60);

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in Buyers) visitor.Dispose();
        Staff?.Dispose();
        if (Mall is not null) await Mall.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
