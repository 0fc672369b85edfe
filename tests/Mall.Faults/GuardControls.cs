using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;

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
