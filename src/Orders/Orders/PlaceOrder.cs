using System.Buffers.Binary;
using System.Security.Cryptography;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Jangteo.Orders;

/// <summary>PUT /api/orders/{id}: places the order the buyer saw and starts its checkout.</summary>
static class PlaceOrder
{
    static readonly TimeSpan MaxIdAge = TimeSpan.FromDays(30);
    static readonly TimeSpan MaxIdAhead = TimeSpan.FromDays(1);
    static readonly TimeSpan KoreanTime = TimeSpan.FromHours(9);

    public static void Map(RouteGroupBuilder orders) => orders.MapPut("/{id:guid}", Handle)
        .WithName("PlaceOrder").WithSummary("Places the order the buyer saw; the caller makes the id (UUIDv7), so repeating it is safe.")
        .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422).ProducesProblem(503);

    static async Task<Results<Accepted<OrderView>, ProblemHttpResult>> Handle(Guid id, PlaceOrderRequest request, Caller caller, OrdersDb db, OrdersQueries queries, Admission admission, HttpResponse response,
        IConfiguration mall, IOptions<OrdersOptions> options, IOptions<DeliveryOptions> delivery, IOptions<PointsOptions> points, TimeProvider time, CancellationToken ct)
    {
        if (QuoteOrder.Wrong(request.Lines) is { } wrong) return wrong;
        if (request.ExpectedTotal.Currency != mall["Mall:Currency"]) return Problems.Invalid("expectedTotal.currency", $"The currency is {mall["Mall:Currency"]}.");
        // Who repeats an order that is placed gets its answer in any case.
        if (await admission.IsFull(db, ct) && await queries.Stored(db, id, ct) is null)
        {
            response.Headers.RetryAfter = "2";
            return Problems.Of(503, "checkout-busy", "Many orders are being placed just now. Try again in a moment; nothing was ordered.");
        }
        return await Place(id, request, caller.Member, db, queries, options.Value, delivery.Value, points.Value, time.GetUtcNow(), ct);
    }

    // The page chose the id, so pressing the button twice still places one order. At the very same time, too: the id is
    // unique in the database, and the platform runs the loser of that race again, who then finds the stored order.
    static async Task<Results<Accepted<OrderView>, ProblemHttpResult>> Place(Guid id, PlaceOrderRequest request, Guid buyer, OrdersDb db, OrdersQueries queries,
        OrdersOptions options, DeliveryOptions delivery, PointsOptions points, DateTimeOffset now, CancellationToken ct)
    {
        if (await queries.Stored(db, id, ct) is { } stored) return Repeated(stored, request, buyer);
        if (!IsFresh(id, now)) return Problems.Invalid("id", "Make a new UUIDv7 for each order.");

        // Prices come from our own replica of the catalog; the buyer only confirms the total they saw.
        var prices = await PriceList.Of(request.Lines, db, queries, ct);
        if (prices.NoLongerSold is { Count: > 0 } gone) return Problems.Conflict("no-longer-sold", "Some of this is no longer sold.", ("skus", gone));
        var fee = delivery.FeeFor(prices.Subtotal(request.ExpectedTotal.Currency));
        var (discounts, refusal) = await Discounts.Of(request, buyer, prices, fee, points, db, now, ct);
        // Another attempt of this very order may have taken them since we looked: then it is placed, and not refused.
        if (refusal is not null) return await queries.Stored(db, id, ct) is { } meanwhile ? Repeated(meanwhile, request, buyer) : refusal;
        var order = Order.Place(id, NewNumber(now), buyer, request, prices.Lines, fee, options.TimeToPay(request.PaymentMethod), now, discounts);
        if (order.Total != request.ExpectedTotal) return Problems.Conflict("price-changed", "The total has changed. Look at it again and confirm.", ("total", order.Total));
        // No provider takes a payment of nothing: the order would hold its stock until its time is over.
        if (order.Total.Amount < points.LeastToPay) return Problems.Conflict("too-little-to-pay", "An order that costs so little cannot be paid.", ("least", order.Total with { Amount = points.LeastToPay }));

        db.Add(order);
        db.Send(order.ReserveStock());
        db.Send(new CheckoutExpired(id), due: order.ExpiresAt);
        await db.SaveChangesAsync(ct);
        return Accepted(order);
    }

    static Results<Accepted<OrderView>, ProblemHttpResult> Repeated(Order stored, PlaceOrderRequest request, Guid buyer) =>
        stored.MemberId != buyer ? Problems.NotFound("order") :
        !stored.IsPlacedBy(request) ? Problems.Of(422, "id-reused", "Another order was placed with this id.") :
        Accepted(stored);

    static Accepted<OrderView> Accepted(Order order) => TypedResults.Accepted($"/api/orders/{order.Id}", order.View());

    /// <summary>A UUIDv7 (RFC 9562) begins with its time in milliseconds.</summary>
    static bool IsFresh(Guid id, DateTimeOffset now)
    {
        if (id.Version != 7) return false;
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var age = now.ToUnixTimeMilliseconds() - (BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16);
        return age < MaxIdAge.TotalMilliseconds && age > -MaxIdAhead.TotalMilliseconds;
    }

    /// <summary>The Korean date and eight characters that are not mistaken for one another on the telephone.</summary>
    static string NewNumber(DateTimeOffset now) =>
        $"{now.ToOffset(KoreanTime):yyyyMMdd}-{RandomNumberGenerator.GetString("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 8)}";
}
