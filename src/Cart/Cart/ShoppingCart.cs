using Jangteo.Platform;

namespace Jangteo.Cart;

/// <summary>A line as the cart keeps it; what is sold under the SKU is the catalog's to say.</summary>
sealed record KeptLine(string Sku, int Quantity, Money PriceWhenAdded);

/// <summary>What a member or a guest wants to buy. One row, so that two tabs cannot bring it out of step.</summary>
sealed class ShoppingCart
{
    public const int MaxLines = 100;
    public const int MaxQuantity = 99;

    /// <summary>How long a guest's cart is kept without use.</summary>
    public static readonly TimeSpan GuestLife = TimeSpan.FromDays(30);

    /// <summary>Whose it is: <see cref="OwnedBy"/> a member, or <see cref="GuestToken.Owner"/>.</summary>
    public required string Owner { get; init; }

    /// <summary>In the sequence they were put in; never changed in place.</summary>
    public IReadOnlyList<KeptLine> Lines { get; private set; } = [];

    /// <summary>When a guest's cart goes away unless it is used; null for members.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    public int Version { get; private set; }

    public static string OwnedBy(Guid member) => $"member {member}";

    public static ShoppingCart OfMember(Guid member) => new() { Owner = OwnedBy(member) };

    public static ShoppingCart OfGuest(GuestToken token, DateTimeOffset now) => new() { Owner = token.Owner, ExpiresAt = now + GuestLife };

    /// <summary>Notes that a guest came; true when the cart now lives longer. Once a day is enough, so that looking does not write.</summary>
    public bool Use(DateTimeOffset now)
    {
        if (ExpiresAt - now > GuestLife - TimeSpan.FromDays(1)) return false;
        ExpiresAt = now + GuestLife;
        return true;
    }

    public bool HasRoomFor(string sku) => Lines.Count < MaxLines || Lines.Any(l => l.Sku == sku);

    /// <summary>A line that is there keeps its place and the price it was put in at.</summary>
    public void Put(string sku, int quantity, Money price) => Lines = Lines.Any(l => l.Sku == sku)
        ? [.. Lines.Select(l => l.Sku == sku ? l with { Quantity = quantity } : l)]
        : [.. Lines, new(sku, quantity, price)];

    public void Remove(string sku)
    {
        if (Lines.Any(l => l.Sku == sku)) Lines = [.. Lines.Where(l => l.Sku != sku)];
    }

    /// <summary>Takes over a guest's lines: quantities add up to the limit, and the first hundred lines stay.</summary>
    public void Merge(ShoppingCart guests)
    {
        foreach (var line in guests.Lines.Where(l => HasRoomFor(l.Sku)))
            Put(line.Sku, Math.Min(MaxQuantity, line.Quantity + (Lines.FirstOrDefault(l => l.Sku == line.Sku)?.Quantity ?? 0)), line.PriceWhenAdded);
    }

    /// <summary>What was bought leaves the cart; what was added meanwhile stays.</summary>
    public void Bought(IReadOnlyDictionary<string, int> quantities) => Lines =
    [
        .. Lines.Select(l => l with { Quantity = l.Quantity - quantities.GetValueOrDefault(l.Sku) }).Where(l => l.Quantity > 0),
    ];
}
