using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using static Jangteo.Orders.Contracts.OrderStatus;

namespace Jangteo.Orders.Tests;

/// <summary>Every decision in every status, without a database.</summary>
public class OrderTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    static readonly Dictionary<string, Func<Order, IMessage[]?>> Steps = new()
    {
        ["stock reserved"] = o => o.StockReserved(Now),
        ["stock lacking"] = o => o.StockLacking([new("TEA-1", 2, 1)], Now),
        ["checkout expired"] = o => o.Expired(Now),
        ["captured"] = o => o.PaymentCaptured(o.Total, Now),
        ["declined"] = o => o.PaymentDeclined("no-funds", final: false, Now),
        ["declined for good"] = o => o.PaymentDeclined("no-funds", final: true, Now),
        ["refunded"] = o => o.PaymentRefunded(o.Total, 0, Now),
        ["cancelled by buyer"] = o => o.Cancel(asStaff: false, CancelReasons.Buyer, Now),
        ["cancelled by staff"] = o => o.Cancel(asStaff: true, CancelReasons.Staff, Now),
        ["prepare"] = o => o.Prepare(Now),
        ["ship"] = o => o.Ship(new("CJ", "123456"), Now),
        ["deliver"] = o => o.Deliver(Now),
        ["complete"] = o => o.Complete(new(), Now),
    };

    // One row for each step, one column for each status: what it becomes ("." stays as it is, "x" is refused) and what it sends.
    const string Off = "Cancelled ReleaseStock CancelPayment OrderCancelled";
    const string Table = $"""
        step                 | Placed                                   | AwaitingPayment                          | Confirmed                 | Preparing               | Shipped                   | Delivered                 | Completed | Cancelled
        stock reserved       | AwaitingPayment RequestPayment           | .                                        | .                         | .                       | .                         | .                         | .         | . ReleaseStock
        stock lacking        | {Off}                                    | {Off}                                    | {Off}                     | {Off}                   | .                         | .                         | .         | .
        checkout expired     | {Off}                                    | {Off}                                    | .                         | .                       | .                         | .                         | .         | .
        captured             | Confirmed SellStock OrderConfirmed       | Confirmed SellStock OrderConfirmed       | .                         | .                       | .                         | .                         | .         | . CancelPayment
        declined             | .                                        | .                                        | .                         | .                       | .                         | .                         | .         | .
        declined for good    | {Off}                                    | {Off}                                    | .                         | .                       | .                         | .                         | .         | .
        refunded             | {Off}                                    | {Off}                                    | {Off}                     | {Off}                   | .                         | .                         | .         | .
        cancelled by buyer   | {Off}                                    | {Off}                                    | {Off}                     | x                       | x                         | x                         | x         | .
        cancelled by staff   | {Off}                                    | {Off}                                    | {Off}                     | {Off}                   | x                         | x                         | x         | .
        prepare              | x                                        | x                                        | Preparing OrderProgressed | .                       | x                         | x                         | x         | x
        ship                 | x                                        | x                                        | x                         | Shipped OrderProgressed | .                         | x                         | x         | x
        deliver              | x                                        | x                                        | x                         | x                       | Delivered OrderProgressed | .                         | .         | x
        complete             | x                                        | x                                        | x                         | x                       | x                         | Completed OrderProgressed | .         | x
        """;

    [Fact]
    public void Decides_each_step_in_each_status_and_a_repeat_changes_nothing_more()
    {
        var rows = Table.Split('\n').Select(row => row.Split('|').Select(cell => cell.Trim()).ToArray()).ToList();
        Assert.Equal(Steps.Keys.Order(), rows.Skip(1).Select(r => r[0]).Order());
        foreach (var row in rows.Skip(1))
            for (var column = 1; column < row.Length; column++)
                Check(row[0], Enum.Parse<OrderStatus>(rows[0][column]), row[column]);
    }

    static void Check(string step, OrderStatus status, string expected)
    {
        var order = At(status);
        var messages = Steps[step](order);
        var decided = string.Join(' ', [messages is null ? "x" : order.Status == status ? "." : order.Status.ToString(), .. (messages ?? []).Select(m => m.GetType().Name)]);
        Assert.True(expected == decided, $"{step} when {status}: {decided}, not {expected}");

        var (now, history) = (order.Status, order.History.Count);
        var repeated = Steps[step](order);
        Assert.True(order.Status == now && order.History.Count == history, $"{step} when {status}, again: became {order.Status}");
        // What undoes the past may be asked for again; nothing else is.
        Assert.DoesNotContain(repeated ?? [], m => m is not (ReleaseStock or CancelPayment));
    }

    static Order At(OrderStatus status)
    {
        var order = Placed();
        if (status is Cancelled) order.Cancel(asStaff: false, CancelReasons.Buyer, Now);
        string[] path = ["stock reserved", "captured", "prepare", "ship", "deliver", "complete"];
        foreach (var step in path)
            if (order.Status < status) Steps[step](order);
        Assert.Equal(status, order.Status);
        return order;
    }

    internal static Order Placed(Guid? member = null, Discounts? discounts = null) => Order.Place(Guid.CreateVersion7(), $"{Guid.NewGuid():N}"[..20], member ?? Guid.CreateVersion7(), Shop.Tea(),
        [new(Shop.TeaId, "green-tea", "TEA-1", new("녹차", "Green Tea"), new("", ""), null, 2, Money.Won(12_000))], Money.Won(3_000), TimeSpan.FromMinutes(15), Now, discounts);

    [Fact]
    public void Costs_the_sum_of_its_lines_and_the_delivery()
    {
        var order = Placed();

        Assert.Equal((Money.Won(24_000), Money.Won(3_000), Money.Won(27_000)), (order.Subtotal, order.DeliveryFee, order.Total));
    }

    [Fact]
    public void Never_confirms_an_amount_that_is_not_its_total()
    {
        var order = At(AwaitingPayment);

        Assert.Throws<InvalidOperationException>(() => order.PaymentCaptured(Money.Won(26_999), Now));
        Assert.Throws<InvalidOperationException>(() => order.PaymentCaptured(new(27_000, "USD"), Now));
        Assert.Equal(AwaitingPayment, order.Status);
    }

    [Fact]
    public void Takes_the_largest_refunded_total_however_late_the_others_come()
    {
        var order = At(Confirmed);

        order.PaymentRefunded(Money.Won(5_000), 0, Now);
        order.PaymentRefunded(Money.Won(9_000), 0, Now);
        order.PaymentRefunded(Money.Won(5_000), 0, Now);

        Assert.Equal(Money.Won(9_000), order.Refunded);
        Assert.Equal(["5000", "4000"], order.History.Where(e => e.What == "refunded").Select(e => e.Detail));
        Assert.Equal(Confirmed, order.Status);
    }

    [Fact]
    public void Keeps_the_beginning_and_the_latest_of_a_long_history()
    {
        var order = At(AwaitingPayment);

        for (var i = 0; i < 500; i++) order.PaymentDeclined($"reason-{i}", final: false, Now);

        Assert.Equal(50, order.History.Count);
        Assert.Equal(("placed", "reason-499"), (order.History[0].What, order.History[^1].Detail));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 3_000)]
    [InlineData(49_999, 3_000)]
    [InlineData(50_000, 0)]
    public void Delivers_free_from_a_subtotal(long subtotal, long fee) =>
        Assert.Equal(Money.Won(fee), new DeliveryOptions().FeeFor(Money.Won(subtotal)));
}
