using Jangteo.Payments.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Payments;

/// <summary>The ways to pay that the shop is set up for, and who serves each.</summary>
sealed class Offer(IPaymentProvider chosen, IServiceProvider services)
{
    readonly IPaymentProvider[] _providers = services.GetService<BankTransferProvider>() is { } bank ? [chosen, bank] : [chosen];

    public IPaymentProvider Chosen => chosen;

    public IReadOnlyList<string> Methods => field ??= [.. _providers.SelectMany(p => p.Methods)];

    /// <summary>Null when the shop does not offer the method.</summary>
    public IPaymentProvider? Of(string method) => Array.Find(_providers, p => p.Methods.Contains(method));
}

/// <summary>GET /api/payments/methods: the ways to pay that the shop is set up for.</summary>
static class OfferMethods
{
    public static void Map(RouteGroupBuilder payments) => payments.MapGet("/methods", (Offer offer) => TypedResults.Ok(new OfferedMethods(offer.Methods)))
        .AllowAnonymous().WithName("payments-methods").WithSummary("The ways to pay that the shop is set up for.");
}
