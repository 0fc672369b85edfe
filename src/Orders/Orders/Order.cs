using Jangteo.Catalog.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using static Jangteo.Orders.Contracts.OrderStatus;

namespace Jangteo.Orders;

/// <summary>A line as it was bought; later changes in the catalog do not touch it.</summary>
sealed record OrderLine(Guid ProductId, string Slug, string Sku, LocalText Name, LocalText Label, string? Picture, int Quantity, Money UnitPrice)
{
    public Money Total() => UnitPrice * Quantity;
}

/// <summary>Something that happened to an order.</summary>
sealed record OrderEvent(DateTimeOffset At, string What, string Detail);

/// <summary>Why an order is off.</summary>
static class CancelReasons
{
    public const string Buyer = "buyer", Staff = "staff", OutOfStock = "out-of-stock", PaymentDeclined = "payment-declined", Expired = "expired";
}

/// <summary>
/// An order, which is also the state of its checkout. Every step is a pure decision on the status that gives the messages
/// to send; it is safe when repeated, late or out of order. A step that people ask for gives null when it is refused.
/// </summary>
sealed class Order
{
    const int MaxHistory = 50;

    /// <summary>The order of arrival, for lists: the id is the buyer's, so it cannot be trusted to be in order.</summary>
    public long Seq { get; private set; }

    public Guid Id { get; private init; }
    public required string Number { get; init; }
    public Guid MemberId { get; private init; }
    public OrderStatus Status { get; private set; }
    public required IReadOnlyList<OrderLine> Lines { get; init; }
    public required ShipTo ShipTo { get; init; }
    public Money DeliveryFee { get; private init; }
    public Money Total { get; private init; }
    public Money Refunded { get; private set; }

    /// <summary>What a coupon and points took off; null for an order without either.</summary>
    public Discounts? Discounts { get; private set; }

    /// <summary>The use of the coupon and its return, saved with the order; those of before are not loaded.</summary>
    public List<CouponUse>? CouponUses { get; private set; }

    /// <summary>What the order did to the buyer's points, saved with the order; what it did before is not loaded.</summary>
    public List<PointEntry>? PointEntries { get; private set; }

    /// <summary>What the completed order earned, and how much of it went back; null when it earned nothing.</summary>
    public Earning? Earned { get; private set; }

    /// <summary>What a refund should have taken back and could not, because the buyer had spent it: staff see it.</summary>
    public long PointsMissing { get; private set; }

    /// <summary>Since when it is known that goods were sent whose sale Inventory could not book, because its stock did not have them; null when all is well.</summary>
    public DateTimeOffset? StockMissingSince { get; private set; }

    public required string PaymentMethod { get; init; }
    public DateTimeOffset PlacedAt { get; private init; }
    public DateTimeOffset ExpiresAt { get; private init; }
    public string? CancelReason { get; private set; }
    public string? Courier { get; private set; }
    public string? TrackingNumber { get; private set; }
    public IReadOnlyList<OrderEvent> History { get; private set; } = [];

    /// <summary>What staff search: number and recipient, lower case, because the databases differ in how they compare case.</summary>
    public required string SearchText { get; init; }

    /// <summary>Set when the member's data was erased: the order is kept apart, only because the law asks for it, until this time.</summary>
    public DateTimeOffset? KeptUntil { get; private set; }

    public int Version { get; private set; }

    public Money Subtotal => Total - DeliveryFee with { Amount = DeliveryFee.Amount - (Discounts?.Sum() ?? 0) };

    /// <summary>The buyer may still cancel: until packing begins.</summary>
    public bool BuyerMayCancel => Status is Placed or AwaitingPayment or Confirmed;

    bool StaffMayCancel => BuyerMayCancel || Status is Preparing;

    /// <summary>The first product and how many more there are.</summary>
    public LocalText Title => Lines.Count == 1 ? Lines[0].Name : new($"{Lines[0].Name.Ko} 외 {Lines.Count - 1}건", $"{Lines[0].Name.En} and {Lines.Count - 1} more");

    public static Order Place(Guid id, string number, Guid memberId, PlaceOrderRequest request, IReadOnlyList<OrderLine> lines, Money deliveryFee, TimeSpan timeToPay, DateTimeOffset now, Discounts? discounts = null) => new()
    {
        Id = id,
        Number = number,
        MemberId = memberId,
        Status = Placed,
        Lines = lines,
        ShipTo = request.ShipTo,
        DeliveryFee = deliveryFee,
        Total = lines.Aggregate(deliveryFee with { Amount = deliveryFee.Amount - (discounts?.Sum() ?? 0) }, (sum, line) => sum + line.Total()),
        Discounts = discounts,
        CouponUses = discounts?.CouponCode is { } code ? [new() { Code = code, MemberId = memberId, Kind = CouponUse.UsedKind, Change = 1, At = now }] : null,
        PointEntries = discounts is { Points: > 0 } ? [new() { MemberId = memberId, Kind = PointEntry.Spent, Change = -discounts.Points, At = now }] : null,
        Refunded = deliveryFee with { Amount = 0 },
        PaymentMethod = request.PaymentMethod,
        PlacedAt = now,
        ExpiresAt = now + timeToPay,
        History = [new(now, "placed", "")],
        SearchText = $"{number} {request.ShipTo.Name}".ToLowerInvariant(),
    };

    /// <summary>The stored order is the answer to this request too: it is the same request again.</summary>
    public bool IsPlacedBy(PlaceOrderRequest request) =>
        request.ExpectedTotal == Total && request.PaymentMethod == PaymentMethod && request.ShipTo == ShipTo &&
        request.CouponCode == Discounts?.CouponCode && request.Points == (Discounts?.Points ?? 0) &&
        request.Lines.OrderBy(l => l.Sku, StringComparer.Ordinal).SequenceEqual(Quantities().OrderBy(l => l.Sku, StringComparer.Ordinal));

    public ReserveStock ReserveStock() => new(Id, [.. Quantities()], ExpiresAt);

    public IMessage[] StockReserved(DateTimeOffset now) => Status switch
    {
        Placed => Become(AwaitingPayment, now, "stock-reserved", "", AskForPayment(now)),
        Cancelled => [new ReleaseStock(Id)],   // It was cancelled first: give the stock back.
        _ => [],                               // A repeat.
    };

    /// <summary>The stock cannot be had: nothing was reserved, or the reservation ran out and what was paid for is gone.</summary>
    public IMessage[] StockLacking(IReadOnlyList<LackingStock> lacking, DateTimeOffset now)
    {
        if (StaffMayCancel) return Off(CancelReasons.OutOfStock, string.Join(", ", lacking.Select(l => l.Sku)), now);
        // It is on its way, so the pieces were there and the stock is counted wrong: people look at it.
        if (Status is not Cancelled) StockMissingSince ??= now;
        return [];
    }

    /// <summary>The time to pay is over, or Inventory took the stock back by itself. Once paid, the sale that is under way decides instead.</summary>
    public IMessage[] Expired(DateTimeOffset now) => Status is Placed or AwaitingPayment ? Off(CancelReasons.Expired, "", now) : [];

    public IMessage[] PaymentCaptured(Money amount, DateTimeOffset now) => Status switch
    {
        Placed or AwaitingPayment when amount != Total => throw new InvalidOperationException($"{amount} was captured for order {Number}, which costs {Total}."),
        Placed or AwaitingPayment => Become(Confirmed, now, "paid", "", new SellStock(Id), new OrderConfirmed(Id, Number, MemberId, BoughtLines(), Total, now)),
        Cancelled => [new CancelPayment(Id, CancelReason!)],   // Paid in the last second, or after it: the money goes back.
        _ => [],                                               // A repeat.
    };

    public IMessage[] PaymentDeclined(string reason, bool final, DateTimeOffset now)
    {
        if (Status is not (Placed or AwaitingPayment)) return [];
        if (final) return Off(CancelReasons.PaymentDeclined, reason, now);
        // A repeat is not told from a second attempt with the same outcome; the history shows it once.
        if (History[^1] is not { What: "payment-declined" } last || last.Detail != reason) Note(now, "payment-declined", reason);
        return [];
    }

    /// <param name="balance">The buyer's points, of an order that earned some.</param>
    public IMessage[] PaymentRefunded(Money refundedTotal, long balance, DateTimeOffset now)
    {
        if (refundedTotal.Amount <= Refunded.Amount) return [];
        // The buyer reads this; why staff refunded it stays with the refund.
        Note(now, "refunded", $"{(refundedTotal - Refunded).Amount}");
        Refunded = refundedTotal;
        // A part that is refunded leaves the discount with the buyer; the last part undoes the order, and what nobody pays for is not sent.
        var undone = Refunded.Amount >= Total.Amount;
        if (undone && StaffMayCancel) return Off(CancelReasons.Staff, "", now);
        if (undone) balance += GiveBack(now);
        TakeBack(balance, now);
        return [];
    }

    /// <summary>Points earned with what is refunded go back as far as the buyer has them; another refund tries the rest again.</summary>
    void TakeBack(long balance, DateTimeOffset now)
    {
        if (Earned is null || KeptUntil is not null) return;
        var due = Earned.DueBack(Refunded.Amount, Total.Amount - DeliveryFee.Amount) - Earned.TakenBack - Earned.LetGo;
        var taken = Math.Min(due, balance);
        if (taken > 0) Move(PointEntry.TakenBack, -taken, now, Refunded.Amount);
        Earned = Earned with { TakenBack = Earned.TakenBack + taken };
        PointsMissing = due - taken;
    }

    /// <summary>People wait for nothing more here: the stock has been seen to, or else points that could not be taken back are let go.</summary>
    public void Settle()
    {
        if (StockMissingSince is not null)
        {
            StockMissingSince = null;
            return;
        }
        if (Earned is not null) Earned = Earned with { LetGo = Earned.LetGo + PointsMissing };
        PointsMissing = 0;
    }

    /// <summary>The buyer or staff call it off; null when it is too late.</summary>
    public IMessage[]? Cancel(bool asStaff, string reason, DateTimeOffset now) =>
        Status is Cancelled ? [] :
        BuyerMayCancel || asStaff && StaffMayCancel ? Off(reason, "", now) : null;

    /// <summary>Packing begins; null when the order is not paid, or further on.</summary>
    public IMessage[]? Prepare(DateTimeOffset now) => Status switch
    {
        Confirmed => Progress(Preparing, now, "preparing", ""),
        Preparing => [],
        _ => null,
    };

    /// <summary>Handed to the courier; a wrong number can be corrected until it is delivered. Null when it was not being packed.</summary>
    public IMessage[]? Ship(Shipment shipment, DateTimeOffset now)
    {
        if (Status is not (Preparing or Shipped)) return null;
        if (Status is Shipped && Courier == shipment.Courier && TrackingNumber == shipment.TrackingNumber) return [];
        (Courier, TrackingNumber) = shipment;
        return Progress(Shipped, now, Status is Shipped ? "shipment-corrected" : "shipped", $"{Courier} {TrackingNumber}");
    }

    /// <summary>The courier says delivered; null when it was not shipped.</summary>
    public IMessage[]? Deliver(DateTimeOffset now) => Status switch
    {
        Shipped => Progress(Delivered, now, "delivered", ""),
        Delivered or Completed => [],
        _ => null,
    };

    /// <summary>The buyer accepts it, or the time to object has passed; what was paid for the goods earns points. Null when it was not delivered.</summary>
    public IMessage[]? Complete(PointsOptions points, DateTimeOffset now)
    {
        if (Status is not Delivered) return Status is Completed ? [] : null;
        var paidFor = Total.Amount - DeliveryFee.Amount - Refunded.Amount;
        if (points.EarnedFor(paidFor) is > 0 and var earned && KeptUntil is null)
        {
            Move(PointEntry.Earned, earned, now);
            Earned = new(earned, paidFor);
        }
        return Progress(Completed, now, "completed", "");
    }

    /// <summary>The buyer's data was erased: only what the law asks for is kept, apart from the rest.</summary>
    public void KeepApart(DateTimeOffset until) => KeptUntil ??= until;

    IMessage[] Off(string reason, string detail, DateTimeOffset now)
    {
        var wasConfirmed = Status is Confirmed or Preparing;
        CancelReason = reason;
        GiveBack(now);
        return Become(Cancelled, now, "cancelled", detail.Length == 0 ? reason : $"{reason}: {detail}",
            new ReleaseStock(Id), new CancelPayment(Id, reason), new OrderCancelled(Id, Number, MemberId, reason, wasConfirmed, now));
    }

    /// <summary>The coupon and the points go back, once: with the cancellation, or when the last part was refunded. Who left the mall has neither.</summary>
    /// <returns>The points that went back.</returns>
    long GiveBack(DateTimeOffset now)
    {
        if (Discounts is not { GivenBackAt: null } || KeptUntil is not null) return 0;
        if (Discounts.CouponCode is { } code) (CouponUses ??= []).Add(new() { Code = code, MemberId = MemberId, Kind = CouponUse.RestoredKind, Change = -1, At = now });
        if (Discounts.Points > 0) Move(PointEntry.Restored, Discounts.Points, now);
        Discounts = Discounts with { GivenBackAt = now };
        return Discounts.Points;
    }

    void Move(string kind, long points, DateTimeOffset now, long refunded = 0) =>
        (PointEntries ??= []).Add(new() { MemberId = MemberId, Kind = kind, Change = points, Refunded = refunded, At = now });

    IMessage[] Progress(OrderStatus status, DateTimeOffset now, string what, string detail) =>
        Become(status, now, what, detail, new OrderProgressed(Id, Number, MemberId, status, Courier, TrackingNumber, now));

    IMessage[] Become(OrderStatus status, DateTimeOffset now, string what, string detail, params IMessage[] messages)
    {
        Status = status;
        Note(now, what, detail);
        return messages;
    }

    void Note(DateTimeOffset now, string what, string detail)
    {
        // What people can repeat at will must not grow the row without end; the beginning and the latest stay.
        var kept = History.Count < MaxHistory ? History : [.. History.Take(MaxHistory / 2), .. History.Skip(MaxHistory / 2 + 1)];
        History = [.. kept, new(now, what, detail)];
    }

    IMessage[] AskForPayment(DateTimeOffset now)
    {
        var request = new RequestPayment(Id, MemberId, Total, PaymentMethod, Title.Ko, ExpiresAt);
        return PaymentMethods.IsDeposit(PaymentMethod) ? [request, new OrderAwaitsDeposit(Id, MemberId, [.. Quantities()], now)] : [request];
    }

    IEnumerable<SkuQuantity> Quantities() => Lines.Select(l => new SkuQuantity(l.Sku, l.Quantity));

    BoughtLine[] BoughtLines() => [.. Lines.Select(l => new BoughtLine(l.ProductId, l.Sku, l.Name, l.Label, l.Quantity, l.UnitPrice))];

    /// <summary>The order as its buyer and staff see it.</summary>
    public OrderView View() => new(Id, Number, Status,
        [.. Lines.Select(l => new OrderLineView(l.ProductId, l.Slug, l.Sku, l.Name, l.Label, l.Picture, l.Quantity, l.UnitPrice, l.Total()))],
        ShipTo, Subtotal, DeliveryFee, Total, Refunded, PaymentMethod, PlacedAt, Status is Placed or AwaitingPayment ? ExpiresAt : null,
        CancelReason, Courier, TrackingNumber, BuyerMayCancel, [.. History.Select(e => new OrderEventView(e.At, e.What, e.Detail))],
        Discounts is null ? null : new(Discounts.CouponCode, Discounts.CouponName, Total with { Amount = Discounts.CouponOff }, Total with { Amount = Discounts.Points }, Discounts.GivenBackAt is not null));
}
