using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;

namespace Jangteo.Inventory;

/// <summary>A SKU's pieces: all that were ever stocked are available, reserved or sold.</summary>
sealed class Stock
{
    public const int MaxPieces = 1_000_000_000;

    public required string Sku { get; init; }
    public int Available { get; private set; }
    public int Reserved { get; private set; }
    public int Sold { get; private set; }
    public int Stocked { get; private set; }

    /// <summary>Grows whenever Available changes, so that listeners can tell a late announcement.</summary>
    public int Revision { get; private set; }

    public int Version { get; private set; }

    public static Stock Open(string sku, int pieces) => new() { Sku = sku, Available = pieces, Stocked = pieces, Revision = 1 };

    public void Adjust(int change) => Move(available: change, stocked: change);

    public void Reserve(int pieces) => Move(available: -pieces, reserved: pieces);

    public void SellReserved(int pieces) => Move(reserved: -pieces, sold: pieces);

    public void SellAvailable(int pieces) => Move(available: -pieces, sold: pieces);

    public void FreeReserved(int pieces) => Move(available: pieces, reserved: -pieces);

    public void TakeBackSold(int pieces) => Move(available: pieces, sold: -pieces);

    public StockChanged Changed() => new(Sku, Available, Revision);

    void Move(int available = 0, int reserved = 0, int sold = 0, int stocked = 0)
    {
        Available += available;
        Reserved += reserved;
        Sold += sold;
        Stocked += stocked;
        if (available != 0) Revision++;
    }
}

/// <summary>The stock of the SKUs that one message touches.</summary>
sealed class Shelf(IEnumerable<Stock> stocks)
{
    readonly Dictionary<string, Stock> _stocks = stocks.ToDictionary(s => s.Sku);

    /// <summary>The lines with too little; a SKU nobody stocked has nothing.</summary>
    public List<LackingStock> Lacking(IReadOnlyList<SkuQuantity> lines) =>
        [.. lines.Select(l => new LackingStock(l.Sku, l.Quantity, _stocks.GetValueOrDefault(l.Sku)?.Available ?? 0)).Where(l => l.Available < l.Asked)];

    public void Move(IReadOnlyList<SkuQuantity> lines, Action<Stock, int> move)
    {
        foreach (var line in lines) move(_stocks[line.Sku], line.Quantity);
    }

    /// <summary>One announcement for each line, made after the move.</summary>
    public IEnumerable<StockChanged> Changes(IReadOnlyList<SkuQuantity> lines) => lines.Select(l => _stocks[l.Sku].Changed());
}
