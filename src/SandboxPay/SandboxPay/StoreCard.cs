using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.SandboxPay;

/// <summary>The number of a test card.</summary>
sealed record StoreCardRequest([StringLength(30)] string Number);

/// <summary>The stored cards in memory, because every charge looks one up.</summary>
sealed class StoredCards(IServiceScopeFactory scopes)
{
    readonly Lazy<Task<ConcurrentDictionary<string, CardBehaviour>>> _cards = new(async () =>
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SandboxPayDb>();
        return new(await db.Cards.ToDictionaryAsync(c => c.Customer, c => c.Behaviour));
    });

    public async Task<CardBehaviour> Of(string customer) => (await _cards.Value).GetValueOrDefault(customer, CardBehaviour.Success);

    public async Task Keep(string customer, CardBehaviour behaviour) => (await _cards.Value)[customer] = behaviour;
}

/// <summary>PUT /sandbox-pay/api/customers/{customer}/card: which test card the customer's instant payments use.</summary>
static class StoreCard
{
    public static void Map(RouteGroupBuilder api) => api.MapPut("/customers/{customer}/card", Handle).WithName("sandboxpay-store-card").WithSummary("Keeps a test card for a customer.");

    static async Task<Results<NoContent, ProblemHttpResult>> Handle([StringLength(100)] string customer, StoreCardRequest request, SandboxPayDb db, StoredCards cards, CancellationToken ct)
    {
        if (TestCards.BehaviourOf(request.Number.Replace(" ", "")) is not { } behaviour) return Problems.Invalid("number", "Not a test card.");
        await db.Unit(async () =>
        {
            var stored = await db.Cards.FirstOrDefaultAsync(c => c.Customer == customer, ct);
            if (stored is null) db.Add(new StoredCard { Customer = customer, Behaviour = behaviour });
            else stored.Behaviour = behaviour;
            await db.SaveChangesAsync(ct);
        }, ct);
        await cards.Keep(customer, behaviour);
        return TypedResults.NoContent();
    }
}
