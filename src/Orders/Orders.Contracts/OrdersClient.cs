using System.ComponentModel.DataAnnotations;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;

namespace Jangteo.Orders.Contracts;

/// <summary>Where an order stands.</summary>
public enum OrderStatus
{
    /// <summary>Stored; stock is being reserved.</summary>
    Placed,
    /// <summary>입금대기: stock is reserved, payment is awaited.</summary>
    AwaitingPayment,
    /// <summary>결제완료: paid.</summary>
    Confirmed,
    /// <summary>배송준비: being packed; no longer cancelled by the buyer alone.</summary>
    Preparing,
    /// <summary>배송중: handed to the courier.</summary>
    Shipped,
    /// <summary>배송완료: delivered.</summary>
    Delivered,
    /// <summary>구매확정: accepted by the buyer.</summary>
    Completed,
    /// <summary>Off; whatever was paid is refunded.</summary>
    Cancelled,
}

/// <summary>How an order can be paid.</summary>
public static class PaymentMethods
{
    /// <summary>On the provider's hosted page.</summary>
    public const string Card = "card";

    /// <summary>At once with the sandbox provider's stored card, without a page.</summary>
    public const string Instant = "instant";

    /// <summary>무통장입금: the buyer sends the money to the shop's account, within days.</summary>
    public const string BankTransfer = "bank-transfer";

    /// <summary>가상계좌: the buyer sends the money to an account of the provider's that is this order's alone, within days.</summary>
    public const string VirtualAccount = "virtual-account";

    /// <summary>The buyer makes the payment at their bank, so the order waits for days.</summary>
    public static bool IsDeposit(string method) => method is BankTransfer or VirtualAccount;
}

/// <summary>Where the goods go.</summary>
/// <param name="PostalCode">Five digits in Korea.</param>
public sealed record ShipTo(
    [StringLength(50, MinimumLength = 1), RegularExpression(OrderLimits.OneLine)] string Name,
    [StringLength(20, MinimumLength = 5), RegularExpression(OrderLimits.Phone)] string Phone,
    [StringLength(5, MinimumLength = 5), RegularExpression(OrderLimits.PostalCode)] string PostalCode,
    [StringLength(200, MinimumLength = 1), RegularExpression(OrderLimits.OneLine)] string Address1,
    [StringLength(200), RegularExpression(OrderLimits.OneLineOrNothing)] string Address2 = "",
    [StringLength(200), RegularExpression(OrderLimits.OneLineOrNothing)] string Memo = "");

/// <summary>What the fields of an order may hold.</summary>
public static class OrderLimits
{
    /// <summary>The most different SKUs in an order.</summary>
    public const int Lines = 50;

    /// <summary>The most pieces of a SKU in an order.</summary>
    public const int Quantity = 99;

    /// <summary>A SKU.</summary>
    public const string Sku = "[A-Z0-9][A-Z0-9-]{0,31}";

    /// <summary>A Korean telephone number, with or without hyphens.</summary>
    public const string Phone = @"(\+82[ -]?|0)[0-9]{1,3}[ -]?[0-9]{3,4}[ -]?[0-9]{4}";

    /// <summary>A Korean postal code (국가기초구역번호).</summary>
    public const string PostalCode = "[0-9]{5}";

    /// <summary>Text with something in it and no control characters.</summary>
    public const string OneLine = @"^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*";

    /// <summary>Text without control characters, or none.</summary>
    public const string OneLineOrNothing = @"[^\p{Cc}]*";

    /// <summary>The number of a shipment.</summary>
    public const string TrackingNumber = "[A-Za-z0-9-]{6,30}";
}

/// <summary>An order as the buyer asks for it. Prices come from us; the buyer only confirms the total they saw.</summary>
/// <param name="ExpectedTotal">The total that the buyer saw, delivery included.</param>
/// <param name="PaymentMethod">One of <see cref="PaymentMethods"/>.</param>
/// <param name="CouponCode">A coupon of the buyer's, or a public one; one for each order.</param>
/// <param name="Points">Points to spend, after the coupon.</param>
public sealed record PlaceOrderRequest(
    [MinLength(1), MaxLength(OrderLimits.Lines)] IReadOnlyList<SkuQuantity> Lines,
    ShipTo ShipTo,
    Money ExpectedTotal,
    [AllowedValues(PaymentMethods.Card, PaymentMethods.Instant, PaymentMethods.BankTransfer, PaymentMethods.VirtualAccount)] string PaymentMethod,
    [StringLength(20, MinimumLength = 4), RegularExpression(BenefitLimits.Code)] string? CouponCode = null,
    [Range(0, BenefitLimits.Amount)] long Points = 0);

/// <summary>A line of an order.</summary>
public sealed record OrderLineView(Guid ProductId, string Slug, string Sku, LocalText Name, LocalText Label, string? Picture, int Quantity, Money UnitPrice, Money LineTotal);

/// <summary>Something that happened to an order.</summary>
/// <param name="What">A stable name, for example "placed", "payment-declined", "shipped".</param>
/// <param name="Detail">More, for people; may be empty.</param>
public sealed record OrderEventView(DateTimeOffset At, string What, string Detail);

/// <summary>An order with its history.</summary>
/// <param name="Number">The short number for people, for example 20261123-0A1B2C.</param>
/// <param name="ExpiresAt">Until when it can be paid; null once paid or off.</param>
/// <param name="CancelReason">Why it is off: "buyer", "staff", "out-of-stock", "payment-declined", "expired".</param>
/// <param name="CanCancel">The buyer may cancel it now.</param>
/// <param name="Discounts">What a coupon and points took off; null for an order without either.</param>
public sealed record OrderView(Guid Id, string Number, OrderStatus Status, IReadOnlyList<OrderLineView> Lines, ShipTo ShipTo, Money Subtotal, Money DeliveryFee, Money Total,
    Money Refunded, string PaymentMethod, DateTimeOffset PlacedAt, DateTimeOffset? ExpiresAt, string? CancelReason, string? Courier, string? TrackingNumber, bool CanCancel,
    IReadOnlyList<OrderEventView> History, DiscountsView? Discounts = null);

/// <summary>An order in a list.</summary>
public sealed record OrderSummary(Guid Id, string Number, OrderStatus Status, LocalText Title, string? Picture, int LineCount, Money Total, DateTimeOffset PlacedAt);

/// <summary>An order in the staff's list.</summary>
public sealed record StaffOrderSummary(Guid Id, string Number, OrderStatus Status, Guid MemberId, string Recipient, LocalText Title, int LineCount, Money Total, Money Refunded, DateTimeOffset PlacedAt);

/// <summary>What an order would cost now.</summary>
/// <param name="FreeDeliveryFrom">The subtotal from which delivery is free.</param>
/// <param name="NoLongerSold">SKUs that cannot be ordered; they are not in the sums.</param>
/// <param name="Earns">Points that the order would earn once completed.</param>
/// <param name="CouponOff">What the asked coupon takes off the total.</param>
/// <param name="CouponRefusal">One of <see cref="CouponRefusals"/>: why the asked coupon takes nothing off.</param>
/// <param name="PointsOff">What the asked points take off the total.</param>
/// <param name="PointsRefusal">One of <see cref="PointsRefusals"/>: why the asked points take nothing off.</param>
/// <param name="Benefits">What the caller has to use, when asked for.</param>
public sealed record Quote(Money Subtotal, Money DeliveryFee, Money Total, Money FreeDeliveryFrom, IReadOnlyList<string> NoLongerSold,
    long Earns = 0, Money? CouponOff = null, string? CouponRefusal = null, Money? PointsOff = null, string? PointsRefusal = null, QuotedBenefits? Benefits = null);

/// <summary>The lines to price.</summary>
/// <param name="CouponCode">A coupon to try, of the caller's or public; for members.</param>
/// <param name="Points">Points of the caller's to try.</param>
/// <param name="Benefits">Also answer with what the caller has to use.</param>
public sealed record QuoteRequest(
    [MinLength(1), MaxLength(OrderLimits.Lines)] IReadOnlyList<SkuQuantity> Lines,
    [StringLength(20, MinimumLength = 4), RegularExpression(BenefitLimits.Code)] string? CouponCode = null,
    [Range(0, BenefitLimits.Amount)] long Points = 0,
    bool Benefits = false);

/// <summary>The courier and number of a shipment.</summary>
public sealed record Shipment(
    [StringLength(40, MinimumLength = 1), RegularExpression(OrderLimits.OneLine)] string Courier,
    [StringLength(30, MinimumLength = 6), RegularExpression(OrderLimits.TrackingNumber)] string TrackingNumber);

/// <summary>Asks Orders.</summary>
public sealed class OrdersClient(HttpClient http)
{
    /// <summary>PUT /api/orders/{id}: places the order; the caller makes the id (UUIDv7), so repeating it is safe. 409 price-changed with the new total; 409 no-longer-sold, too-little-to-pay, coupon-unusable, points-short, points-too-many.</summary>
    public Task<Answer<OrderView>> Place(Guid id, PlaceOrderRequest order, CancellationToken ct = default) => http.Ask<OrderView>(HttpMethod.Put, $"/api/orders/{id}", order, ct);

    /// <summary>POST /api/orders/quote: what the lines cost now, delivery included.</summary>
    public Task<Answer<Quote>> Quote(IReadOnlyList<SkuQuantity> lines, CancellationToken ct = default) => http.Ask<Quote>(HttpMethod.Post, "/api/orders/quote", new QuoteRequest(lines), ct);

    /// <summary>POST /api/orders/quote, with a coupon and points to try, and what the caller has to use.</summary>
    public Task<Answer<Quote>> QuoteWithBenefits(IReadOnlyList<SkuQuantity> lines, string? couponCode = null, long points = 0, CancellationToken ct = default) =>
        http.Ask<Quote>(HttpMethod.Post, "/api/orders/quote", new QuoteRequest(lines, couponCode, points, Benefits: true), ct);

    /// <summary>GET /api/orders: the caller's orders, newest first.</summary>
    public Task<Answer<Page<OrderSummary>>> List(string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<OrderSummary>>(HttpMethod.Get, Calls.Query("/api/orders", ("after", after), ("limit", limit)), null, ct);

    /// <summary>GET /api/orders/{id}: one's own; staff see all.</summary>
    public Task<Answer<OrderView>> Get(Guid id, CancellationToken ct = default) => http.Ask<OrderView>(HttpMethod.Get, $"/api/orders/{id}", null, ct);

    /// <summary>POST /api/orders/{id}/cancel: safe to repeat; 409 not-cancellable once it is being packed (staff may still until shipped).</summary>
    public Task<Answer<OrderView>> Cancel(Guid id, CancellationToken ct = default) => http.Ask<OrderView>(HttpMethod.Post, $"/api/orders/{id}/cancel", null, ct);

    /// <summary>POST /api/orders/{id}/complete: the buyer accepts what was delivered (구매확정).</summary>
    public Task<Answer<OrderView>> Complete(Guid id, CancellationToken ct = default) => http.Ask<OrderView>(HttpMethod.Post, $"/api/orders/{id}/complete", null, ct);

    /// <summary>GET /api/orders/staff: all orders, newest or oldest first, by status or searched by number or recipient; staff.</summary>
    public Task<Answer<Page<StaffOrderSummary>>> StaffList(OrderStatus? status = null, string? search = null, string? after = null, int? limit = null, bool oldestFirst = false, CancellationToken ct = default) =>
        http.Ask<Page<StaffOrderSummary>>(HttpMethod.Get, Calls.Query("/api/orders/staff", ("status", status is null ? null : char.ToLowerInvariant(status.ToString()![0]) + status.ToString()![1..]), ("search", search), ("after", after), ("limit", limit), ("oldestFirst", oldestFirst ? "true" : null)), null, ct);

    /// <summary>POST /api/orders/{id}/prepare: packing begins; staff.</summary>
    public Task<Answer<OrderView>> Prepare(Guid id, CancellationToken ct = default) => http.Ask<OrderView>(HttpMethod.Post, $"/api/orders/{id}/prepare", null, ct);

    /// <summary>POST /api/orders/{id}/ship: handed to the courier; staff.</summary>
    public Task<Answer<OrderView>> Ship(Guid id, Shipment shipment, CancellationToken ct = default) => http.Ask<OrderView>(HttpMethod.Post, $"/api/orders/{id}/ship", shipment, ct);

    /// <summary>POST /api/orders/{id}/deliver: the courier says delivered; staff.</summary>
    public Task<Answer<OrderView>> Deliver(Guid id, CancellationToken ct = default) => http.Ask<OrderView>(HttpMethod.Post, $"/api/orders/{id}/deliver", null, ct);

    /// <summary>GET /api/orders/reviews: orders that should have ended by themselves and did not, oldest first; staff.</summary>
    public Task<Answer<Page<OrderReview>>> Reviews(string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<OrderReview>>(HttpMethod.Get, Calls.Query("/api/orders/reviews", ("after", after), ("limit", limit)), null, ct);

    /// <summary>POST /api/orders/{id}/decisions: staff. Safe to repeat; 409 not-cancellable once it is shipped, stale-revision when it has changed since the review.</summary>
    public Task<Answer<OrderDecisionView>> Decide(Guid id, OrderDecision decision, string idempotencyKey, CancellationToken ct = default) =>
        http.Ask<OrderDecisionView>(HttpMethod.Post, $"/api/orders/{id}/decisions", decision, ct, idempotencyKey);

    /// <summary>GET /api/orders/{id}/path: an order with its history and the decisions of staff; staff.</summary>
    public Task<Answer<OrderPath>> Path(Guid id, CancellationToken ct = default) => http.Ask<OrderPath>(HttpMethod.Get, $"/api/orders/{id}/path", null, ct);

    /// <summary>GET /api/orders/coupons: the caller's coupon box, what came last first.</summary>
    public Task<Answer<Page<HeldCouponView>>> Coupons(string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<HeldCouponView>>(HttpMethod.Get, Calls.Query("/api/orders/coupons", ("after", after), ("limit", limit)), null, ct);

    /// <summary>POST /api/orders/coupons: puts a public coupon into the caller's box; safe to repeat. 409 coupon-unusable.</summary>
    public Task<Answer<HeldCouponView>> RegisterCoupon(string code, CancellationToken ct = default) =>
        http.Ask<HeldCouponView>(HttpMethod.Post, "/api/orders/coupons", new CouponCode(code), ct);

    /// <summary>GET /api/orders/points: the caller's points and how they came and went.</summary>
    public Task<Answer<PointAccount>> Points(string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<PointAccount>(HttpMethod.Get, Calls.Query("/api/orders/points", ("after", after), ("limit", limit)), null, ct);

    /// <summary>GET /api/orders/staff/coupons: all coupons, newest first; staff.</summary>
    public Task<Answer<Page<CouponView>>> StaffCoupons(string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<CouponView>>(HttpMethod.Get, Calls.Query("/api/orders/staff/coupons", ("after", after), ("limit", limit)), null, ct);

    /// <summary>PUT /api/orders/staff/coupons/{code}: makes a coupon; safe to repeat, but its terms never change: 409 coupon-exists; staff.</summary>
    public Task<Answer<CouponView>> MakeCoupon(string code, CouponTerms terms, CancellationToken ct = default) =>
        http.Ask<CouponView>(HttpMethod.Put, $"/api/orders/staff/coupons/{code}", terms, ct);

    /// <summary>POST /api/orders/staff/coupons/{code}/stop: nobody can use it any more; staff.</summary>
    public Task<Answer<CouponView>> StopCoupon(string code, CancellationToken ct = default) =>
        http.Ask<CouponView>(HttpMethod.Post, $"/api/orders/staff/coupons/{code}/stop", null, ct);

    /// <summary>POST /api/orders/staff/coupons/{code}/issues: puts it into members' boxes; who has it already keeps what they have; staff.</summary>
    public Task<Answer<CouponIssued>> IssueCoupon(string code, IReadOnlyList<Guid> memberIds, CancellationToken ct = default) =>
        http.Ask<CouponIssued>(HttpMethod.Post, $"/api/orders/staff/coupons/{code}/issues", new CouponIssue(memberIds), ct);

    /// <summary>GET /api/orders/staff/coupon-boxes/{memberId}: a member's coupon box; staff.</summary>
    public Task<Answer<Page<HeldCouponView>>> CouponsOf(Guid memberId, string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<HeldCouponView>>(HttpMethod.Get, Calls.Query($"/api/orders/staff/coupon-boxes/{memberId}", ("after", after), ("limit", limit)), null, ct);

    /// <summary>GET /api/orders/staff/points/{memberId}: a member's points; staff.</summary>
    public Task<Answer<PointAccount>> PointsOf(Guid memberId, string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<PointAccount>(HttpMethod.Get, Calls.Query($"/api/orders/staff/points/{memberId}", ("after", after), ("limit", limit)), null, ct);

    /// <summary>POST /api/orders/staff/points/{memberId}: gives or takes points with a reason; 409 points-short; staff.</summary>
    public Task<Answer<PointAccount>> AdjustPoints(Guid memberId, PointAdjustment adjustment, string idempotencyKey, CancellationToken ct = default) =>
        http.Ask<PointAccount>(HttpMethod.Post, $"/api/orders/staff/points/{memberId}", adjustment, ct, idempotencyKey);
}
