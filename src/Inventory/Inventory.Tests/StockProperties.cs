using CsCheck;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Inventory.Tests;

/// <summary>Whatever messages come, in whatever order and however often, the stock adds up.</summary>
public class StockProperties
{
    static readonly string[] Skus = ["A", "B", "C"];
    static readonly Guid[] Orders = [.. Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7())];
    static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    enum Kind { Reserve, Sell, Release, Expire, Adjust }

    sealed record Happening(Kind Kind, Guid Order, SkuQuantity[] Lines, int Change, bool Late);

    static readonly Gen<Happening> AnyHappening = Gen.Select(
        Gen.Enum<Kind>(), Gen.Int[0, 3].Select(i => Orders[i]), Gen.Select(Gen.Int[0, 2].Select(i => Skus[i]), Gen.Int[0, 4], (sku, pieces) => new SkuQuantity(sku, pieces)).Array[1, 4], Gen.Int[-5, 5], Gen.Int[0, 9],
        (kind, order, lines, change, late) => new Happening(kind, order, lines, change, late == 0));

    [Fact]
    public void Any_sequence_of_messages_keeps_the_balance() => AnyHappening.List[1, 40].Sample(happenings =>
    {
        var stocks = Skus.Select(s => Stock.Open(s, 6)).ToList();
        var reservations = new Dictionary<Guid, Reservation>();
        foreach (var happening in happenings)
        {
            var before = stocks.ToDictionary(s => s.Sku, s => (s.Available, s.Revision));
            var messages = Apply(happening, stocks, reservations);
            Invariant.Holds(stocks, reservations.Values);
            AnnouncedRightly(messages.OfType<StockChanged>().ToList(), stocks, before, happening);
            Assert.Empty(Repeat(happening, stocks, reservations));
            Invariant.Holds(stocks, reservations.Values);
        }
    }, iter: 2_000);

    static void AnnouncedRightly(List<StockChanged> announced, List<Stock> stocks, Dictionary<string, (int Available, int Revision)> before, Happening happening)
    {
        Assert.Equal(announced.Count, announced.DistinctBy(c => c.Sku).Count());
        foreach (var stock in stocks.Where(s => s.Available != before[s.Sku].Available))
        {
            Assert.Equal(before[stock.Sku].Revision + 1, stock.Revision);
            if (happening.Kind != Kind.Adjust) Assert.Contains(stock.Changed(), announced);
        }
    }

    static IMessage[] Repeat(Happening happening, List<Stock> stocks, Dictionary<Guid, Reservation> reservations) =>
        happening.Kind == Kind.Adjust ? [] : Apply(happening, stocks, reservations);

    static IMessage[] Apply(Happening happening, List<Stock> stocks, Dictionary<Guid, Reservation> reservations)
    {
        var shelf = new Shelf(stocks);
        if (happening.Kind == Kind.Adjust)
        {
            if (stocks[0].Available + happening.Change >= 0) stocks[0].Adjust(happening.Change);
            return [];
        }
        if (reservations.TryGetValue(happening.Order, out var known)) return happening.Kind switch
        {
            Kind.Sell => known.Sell(shelf),
            Kind.Release => known.Release(shelf),
            Kind.Expire => known.Expire(shelf),
            _ => [],
        };
        if (happening.Kind == Kind.Release) reservations.Add(happening.Order, Reservation.Tombstone(happening.Order));
        if (happening.Kind != Kind.Reserve) return [];
        var now = happening.Late ? Start.AddHours(1) : Start;
        var (reservation, messages) = Reservation.Reserve(happening.Order, Reservation.Merge(happening.Lines), Start.AddMinutes(15), shelf, now);
        reservations.Add(happening.Order, reservation);
        return messages;
    }

    [Fact]
    public void Merged_lines_are_one_for_a_SKU_in_one_sequence_and_lose_nothing() => AnyHappening.Sample(happening =>
    {
        var merged = Reservation.Merge(happening.Lines);
        Assert.Equal(merged.Select(l => l.Sku).Distinct().Order(StringComparer.Ordinal), merged.Select(l => l.Sku));
        Assert.Equal(happening.Lines.Sum(l => l.Quantity), merged.Sum(l => l.Quantity));
    });

    [Fact]
    public void Huge_quantities_do_not_wrap_around() =>
        Assert.Equal(int.MaxValue, Assert.Single(Reservation.Merge([new("A", int.MaxValue), new("A", int.MaxValue)])).Quantity);
}
