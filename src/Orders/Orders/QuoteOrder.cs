using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Jangteo.Orders;

/// <summary>POST /api/orders/quote: what the lines cost now, delivery included. For everybody: guests see it in their cart.</summary>
static class QuoteOrder
{
    public static void Map(RouteGroupBuilder orders) => orders.MapPost("/quote", Handle)
        .WithName("QuoteOrder").WithSummary("What the lines would cost now, delivery included.").ProducesProblem(400);

    static async Task<Results<Ok<Quote>, ProblemHttpResult>> Handle(QuoteRequest request, Caller caller, OrdersDb db, OrdersQueries queries, IConfiguration mall,
        IOptions<DeliveryOptions> delivery, IOptions<PointsOptions> points, TimeProvider time, CancellationToken ct)
    {
        if (Wrong(request.Lines) is { } wrong) return wrong;
        var prices = await PriceList.Of(request.Lines, db, queries, ct);
        var subtotal = prices.Subtotal(mall["Mall:Currency"]!);
        var fee = delivery.Value.FeeFor(subtotal);
        var quote = new Quote(subtotal, fee, subtotal + fee, subtotal with { Amount = delivery.Value.FreeFrom }, prices.NoLongerSold, points.Value.EarnedFor(subtotal.Amount));
        // A visitor who is not logged in has neither coupons nor points; a plain quote looks for none.
        if (caller.MemberId is not { } member || request is { CouponCode: null, Points: 0, Benefits: false }) return TypedResults.Ok(quote);
        return TypedResults.Ok(await BenefitsQuote.Of(quote, request, member, db, points.Value, time.GetUtcNow(), ct));
    }

    /// <summary>What the rules for single fields cannot see: a line that is null, or a SKU in two lines.</summary>
    public static ProblemHttpResult? Wrong(IReadOnlyList<SkuQuantity?> lines)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i] is not { } line) return Problems.Invalid($"lines[{i}]", "The line is missing.");
            if (!seen.Add(line.Sku)) return Problems.Invalid($"lines[{i}].sku", "The SKU is in another line already.");
        }
        return null;
    }
}
