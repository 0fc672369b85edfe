using System.Text.Json;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.Data.Sqlite;

namespace Jangteo.Mall.Faults;

public class GuardsOnSqlite : GuardControls { protected override bool PostgreSql => false; }
public class GuardsOnPostgreSql : GuardControls { protected override bool PostgreSql => true; }

/// <summary>
/// Negative controls: with a guard turned off, the scenario that it holds goes wrong, and the ledger check says so. Each
/// spoils a mall of its own.
/// </summary>
public abstract class GuardControls : IAsyncLifetime
{
    const int Callers = 50;

    sealed class Shop(bool postgreSql) : FaultMall(new(Layout.Together, postgreSql));

    FaultMall shop = null!;

    protected abstract bool PostgreSql { get; }

    public ValueTask InitializeAsync() => (shop = new Shop(PostgreSql)).InitializeAsync();

    public ValueTask DisposeAsync()
    {
        (Latency.Rewrite, Boundary.Reached) = (null, null);
        GC.SuppressFinalize(this);
        return shop.DisposeAsync();
    }

    async Task AssertTheCheckFails(string rule) =>
        Assert.Contains(LedgerCheck.Violations(await LedgerCheck.Read(shop.Mall)), v => v.StartsWith(rule, StringComparison.Ordinal));

    async Task<OrderView> Bought(NewProduct product)
    {
        var order = await shop.Buyer().PlaceOrder(PaymentMethods.Instant, new SkuQuantity(product.Sku, 1));
        return await FaultMall.Ended(shop.Buyer(), order.Id);
    }

    [Fact]
    public async Task Without_the_unique_order_id_one_id_sent_fifty_times_becomes_many_orders()
    {
        var product = await shop.Staff.NewProduct(stock: 100);
        var (id, total) = (Guid.CreateVersion7(), (await shop.Buyer().Orders.Quote([new(product.Sku, 1)])).Required.Total);
        await shop.Tamper("orders", "DROP INDEX \"IX_orders_Id\"");
        await Latency.Of(200, () => FaultMall.AtOnce(Callers, async i =>
        {
            // Each caller answers for one call: what a repeat finds is not the point here.
            try
            {
                return (await shop.Buyer().Orders.Place(id, new([new(product.Sku, 1)], Buying.Address, total, PaymentMethods.Instant))).Ok;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }));
        await AssertTheCheckFails("3");
    }

    [Fact]
    public async Task Without_the_locks_and_versions_of_stock_fifty_adjustments_lose_pieces()
    {
        Assert.SkipUnless(PostgreSql, "On SQLite the gate lets one writer in at a time, and that cannot be turned off from outside.");
        var product = await shop.Staff.NewProduct(stock: 100);
        Latency.Rewrite = sql => !sql.Contains("stocks", StringComparison.Ordinal) ? sql
            : sql.Replace(" FOR UPDATE", "", StringComparison.Ordinal).Replace(" AND \"Version\" = ", " AND -1 <> ", StringComparison.Ordinal);
        await Latency.Of(50, () => FaultMall.AtOnce(Callers, async _ => (await shop.Staff.Inventory.Adjust(new(product.Sku, -1, "broken"), Guid.CreateVersion7().ToString())).Ok));
        await AssertTheCheckFails("1");
    }

    [Fact]
    public async Task Without_the_gate_nine_of_ten_who_read_and_then_write_find_the_database_locked()
    {
        Assert.SkipWhen(PostgreSql, "PostgreSQL has no gate: it locks rows.");
        var product = await shop.Staff.NewProduct(stock: 100);
        var through = await FaultMall.AtOnce(Callers, async _ => (await shop.Staff.Inventory.Adjust(new(product.Sku, -1, "broken"), Guid.CreateVersion7().ToString())).Ok);
        Assert.All(through, Assert.True);

        // As handlers with connections of their own would: all have read before the first of them writes.
        const int writers = 10;
        var (readers, allHaveRead) = (writers, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var past = await FaultMall.AtOnce(writers, async _ =>
        {
            await using var own = new SqliteConnection(shop.Mall.ConnectionString("inventory") + ";Pooling=False;Default Timeout=1");
            await own.OpenAsync();
            await using var transaction = own.BeginTransaction(deferred: true);
            await using var command = own.CreateCommand();
            command.CommandText = $"SELECT \"Available\" FROM stocks WHERE \"Sku\" = '{product.Sku}'";
            Assert.Equal(100 - Callers, Convert.ToInt32(await command.ExecuteScalarAsync()));
            if (Interlocked.Decrement(ref readers) == 0) allHaveRead.SetResult();
            await allHaveRead.Task;
            command.CommandText = $"UPDATE stocks SET \"Version\" = \"Version\" + 1 WHERE \"Sku\" = '{product.Sku}'";
            try
            {
                await command.ExecuteNonQueryAsync();
                await transaction.CommitAsync();
                return true;
            }
            catch (SqliteException e) when (e.SqliteErrorCode == 5)
            {
                return false;
            }
        });
        Assert.InRange(past.Count(written => written), 0, 1);
        await shop.BooksAreRight();
    }

    /// <summary>The comparison is code, and no switch turns it off: here somebody else answers it for the buyer, whatever they saw.</summary>
    [Fact]
    public async Task With_the_total_confirmed_by_somebody_else_a_buyer_is_charged_a_price_that_they_never_saw()
    {
        var product = await shop.Staff.NewProduct(stock: 5, price: 10_000);
        var seen = (await shop.Buyer().Orders.Quote([new(product.Sku, 1)])).Required.Total;
        await shop.Staff.Reprice(product, 12_000);
        await Eventually.Holds(async () => (await shop.Buyer().Orders.Quote([new(product.Sku, 1)])).Required.Total != seen, "the price changes");
        Task<Answer<OrderView>> Place(Money total) => shop.Buyer().Orders.Place(Guid.CreateVersion7(), new([new(product.Sku, 1)], Buying.Address, total, PaymentMethods.Instant));

        var refused = (await Place(seen)).Problem!;
        Assert.True(refused.Is("price-changed"));
        var order = (await Place(JsonSerializer.Deserialize<Money>(refused.Extensions!["total"], MessageFormat.Json))).Required;

        await FaultMall.Ended(shop.Buyer(), order.Id);
        Assert.Equal(seen + Money.Won(2_000), (await shop.Buyer().Payments.Get(order.Id)).Required.Captured);
        // The books cannot know what a buyer saw: they are right, and so only the comparison stands between.
        await shop.BooksAreRight();
    }

    [Fact]
    public async Task The_database_refuses_stock_below_zero_and_without_its_check_the_books_show_it()
    {
        var product = await shop.Staff.NewProduct(stock: 1);
        await Bought(product);
        await shop.BooksAreRight();
        var sellAgain = $"UPDATE stocks SET \"Available\" = \"Available\" - 1, \"Sold\" = \"Sold\" + 1 WHERE \"Sku\" = '{product.Sku}'";
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => shop.Tamper("inventory", sellAgain));
        await shop.BooksAreRight();
        if (PostgreSql) await shop.Tamper("inventory", "ALTER TABLE stocks DROP CONSTRAINT ck_stocks_not_negative");
        await shop.Tamper("inventory", sellAgain, withoutChecks: true);
        await AssertTheCheckFails("1");
    }

    [Fact]
    public async Task The_database_refuses_a_second_capture_and_without_its_index_the_books_show_it()
    {
        var order = await Bought(await shop.Staff.NewProduct(stock: 5));
        await shop.BooksAreRight();
        var columns = "\"OrderId\", \"Kind\", \"At\", \"Amount_Amount\", \"Amount_Currency\"";
        var captureAgain = $"INSERT INTO ledger (\"Id\", \"Reference\", {columns}) SELECT {(PostgreSql ? "gen_random_uuid()" : "'0190A0B0-0000-7000-8000-000000000000'")}, 'again', {columns} FROM ledger WHERE \"Kind\" = 'capture'";
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => shop.Tamper("payments", captureAgain));
        await shop.BooksAreRight();
        await shop.Tamper("payments", "DROP INDEX ux_ledger_capture");
        Assert.True(await shop.Tamper("payments", captureAgain) > 0);
        await AssertTheCheckFails($"2 order {order.Id} was captured twice");
    }

    [Fact]
    public async Task The_database_refuses_refunds_beyond_what_was_captured()
    {
        var order = await Bought(await shop.Staff.NewProduct(stock: 5));
        var askTooMuch = $"UPDATE payments SET \"RefundsAsked\" = \"Captured\" + 1 WHERE \"Captured\" = {order.Total.Amount}";
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => shop.Tamper("payments", askTooMuch));
        await shop.BooksAreRight();
        if (PostgreSql) await shop.Tamper("payments", "ALTER TABLE payments DROP CONSTRAINT ck_refunds");
        Assert.True(await shop.Tamper("payments", askTooMuch, withoutChecks: true) > 0);
    }

    [Fact]
    public async Task Without_the_stored_answers_a_repeated_key_books_again()
    {
        var product = await shop.Staff.NewProduct(stock: 10);
        var key = Guid.CreateVersion7().ToString();
        for (var i = 0; i < 2; i++)
        {
            await shop.Staff.Inventory.Adjust(new(product.Sku, 5, "found"), key);
            await shop.Tamper("inventory", "DELETE FROM idempotent_answers");
        }
        Assert.Equal(20, (await shop.Staff.Inventory.Stock([product.Sku])).Required.Single().Available);
    }

    [Fact]
    public async Task Without_the_cursor_in_the_commit_the_books_say_that_messages_are_unread()
    {
        var product = await shop.Staff.NewProduct(stock: 10);
        await shop.BooksAreRight();
        await shop.Tamper("inventory", PostgreSql
            ? "CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.\"Position\" := OLD.\"Position\"; RETURN NEW; END $$; CREATE TRIGGER stay BEFORE UPDATE ON cursors FOR EACH ROW EXECUTE FUNCTION stay()"
            : "CREATE TRIGGER stay AFTER UPDATE ON cursors BEGIN UPDATE cursors SET \"Position\" = OLD.\"Position\" WHERE \"Subscription\" = OLD.\"Subscription\" AND \"Producer\" = OLD.\"Producer\"; END");
        // What is handled again has no second effect; that it is not known to be handled is what the books show.
        Assert.Equal(OrderStatus.Confirmed, (await Bought(product)).Status);
        await AssertTheCheckFails("5");
    }
}
