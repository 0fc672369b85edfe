using Jangteo.Mall.Testing;
using Jangteo.Platform;

namespace Jangteo.Mall.Tests;

/// <summary>The check itself: it passes sound books and catches each kind of planted fault.</summary>
public class LedgerCheckTests
{
    static readonly Guid Paid = Guid.CreateVersion7();
    static readonly Guid Off = Guid.CreateVersion7();
    static readonly OrderRow Discounted = new(Guid.CreateVersion7(), "Confirmed", [new("TEA", 0, Money.Won(0))], 3_000, 500, 0, new("AUTUMN", 500, 2_000), CouponUses: 1, Points: -2_000);
    // 10,000 paid for goods earned 100 points; 2,550 were refunded since, for 25.5 points, of which 5 were spent.
    static readonly OrderRow Completed = new(Guid.CreateVersion7(), "Completed", [new("TEA", 0, Money.Won(0)), new("CUP", 1, Money.Won(10_000))], 3_000, 13_000, 2_550)
        { Earned = new(100, 10_000, 20), PointsMissing = 5, EarnedPoints = 100, TakenBackPoints = 20 };
    static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    static MoneyRow[] OfCompleted => [new($"{Completed.Id}", "capture", 13_000, "f"), new($"{Completed.Id}", "refund", 2_550, "g")];

    static Books Sound => new(
        [new("TEA", 7, 0, 3, 10, 10)],
        [new(Completed.Id, "Sold", Now, []), new(Discounted.Id, "Sold", Now, []), new(Paid, "Sold", Now, [new("TEA", 3)]), new(Off, "Released", Now, [new("TEA", 1)])],
        [new(Paid, "Confirmed", [new("TEA", 3, Money.Won(1_000))], 3_000, 6_000, 500), new(Off, "Cancelled", [new("TEA", 1, Money.Won(1_000))], 3_000, 4_000, 4_000, new("AUTUMN", 0, 0)), Discounted, Completed],
        [.. OfCompleted, new($"{Discounted.Id}", "capture", 500, "e"), new($"{Paid}", "capture", 6_000, "a"), new($"{Paid}", "refund", 500, "b"), new($"{Off}", "capture", 4_000, "c"), new($"{Off}", "refund", 4_000, "d")],
        [.. OfCompleted, new($"{Discounted.Id}", "capture", 500, "e"), new($"{Paid}", "capture", 6_000, "a"), new($"{Paid}", "refund", 500, "b"), new($"{Off}", "capture", 4_000, "c"), new($"{Off}", "refund", 4_000, "d")],
        [], [], Now) { Limited = [new("coupon AUTUMN", 1, 1, 1), new("points of a member", 3_000, null, 3_000)] };

    [Fact]
    public void Sound_books_pass() => Assert.Empty(LedgerCheck.Violations(Sound));

    public static TheoryData<string, Books> Planted => new()
    {
        { "1", Sound with { Stock = [new("TEA", 8, 0, 3, 10, 10)] } },
        { "1", Sound with { Stock = [new("TEA", 8, -1, 3, 10, 10)] } },
        { "1", Sound with { Stock = [new("TEA", 7, 0, 3, 10, 9)] } },
        { "2", Sound with { Ledger = [.. Sound.Ledger, new($"{Paid}", "capture", 6_000, "again")] } },
        { "2", Sound with { Ledger = [.. Sound.Ledger, new($"{Guid.CreateVersion7()}", "capture", 1, "x")] } },
        { "2", Sound with { Ledger = [.. Sound.Ledger.SkipLast(1)] } },
        { "3", Sound with { Orders = [.. Sound.Orders, Sound.Orders[1]] } },
        { "3", Sound with { Orders = [Sound.Orders[0] with { DeliveryFee = 0 }, Sound.Orders[1]] } },
        { "3", Sound with { Reservations = [.. Sound.Reservations.Skip(1)] } },
        { "3", Sound with { Orders = [.. Sound.Orders.SkipLast(2), Discounted with { Discounts = Discounted.Discounts! with { CouponOff = 499 } }] } },
        { "3", Sound with { Orders = [.. Sound.Orders.SkipLast(2), Discounted with { CouponUses = 0 }] } },
        { "3", Sound with { Orders = [.. Sound.Orders.SkipLast(2), Discounted with { Points = 0 }] } },
        { "3", Sound with { Orders = [.. Sound.Orders.SkipLast(2), Discounted with { Status = "Cancelled" }] } },
        { "3", Sound with { Orders = [.. Sound.Orders.SkipLast(2), Discounted with { Refunded = 500 }] } },
        { "3", WithCompleted(Completed with { EarnedPoints = 200 }) },
        { "3", WithCompleted(Completed with { EarnedPoints = 0 }) },
        { "3", WithCompleted(Completed with { Status = "Delivered" }) },
        { "3", WithCompleted(Completed with { Earned = null }) },
        { "3", WithCompleted(Completed with { TakenBackPoints = 40 }) },
        { "3", WithCompleted(Completed with { TakenBackPoints = 0 }) },
        { "3", WithCompleted(Completed with { PointsMissing = 0 }) },
        { "3", WithCompleted(Completed with { Refunded = 13_000 }) },
        { "3", SentWithoutStock("Shipped", "Rejected", said: false) },
        { "3", SentWithoutStock("Shipped", "Sold") },
        { "3", SentWithoutStock("Confirmed", "Rejected") },
        { "4", Sound with { Limited = [new("coupon AUTUMN", 2, 1, 2)] } },
        { "4", Sound with { Limited = [new("coupon AUTUMN", 1, 1, 0)] } },
        { "4", Sound with { Limited = [new("points of a member", -1, null, -1)] } },
        { "4", Sound with { Reservations = [.. Sound.Reservations, new(Guid.CreateVersion7(), "Reserved", Now.AddHours(-1), [])] } },
        { "5", Sound with { Unread = ["orders.checkout"] } },
        { "5", Sound with { Parked = ["orders.checkout"] } },
        { "6", Sound with { Provider = [.. Sound.Provider.Skip(1)] } },
    };

    static Books WithCompleted(OrderRow completed) => Sound with { Orders = [.. Sound.Orders.SkipLast(1), completed] };

    static Books SentWithoutStock(string status, string reservation, bool said = true) => Sound with
    {
        Stock = [reservation == "Sold" ? Sound.Stock[0] : new("TEA", 10, 0, 0, 10, 10)],
        Reservations = [.. Sound.Reservations.Select(r => r.OrderId == Paid ? r with { State = reservation } : r)],
        Orders = [Sound.Orders[0] with { Status = status, StockMissing = said }, .. Sound.Orders.Skip(1)],
    };

    // The sale of an expired reservation failed, or that of one which never was.
    [Theory]
    [InlineData("Shipped", "Rejected")]
    [InlineData("Completed", "Released")]
    public void An_order_that_was_sent_without_stock_and_says_so_passes(string status, string reservation) => Assert.Empty(LedgerCheck.Violations(SentWithoutStock(status, reservation)));

    [Theory, MemberData(nameof(Planted))]
    public void A_planted_fault_is_caught(string rule, Books books) =>
        Assert.Contains(LedgerCheck.Violations(books), v => v.StartsWith(rule, StringComparison.Ordinal));
}
