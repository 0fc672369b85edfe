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
    ConcurrentDictionary<string, CardBehaviour>? _known;

    public async Task<CardBehaviour> Of(string customer) => (await Known()).GetValueOrDefault(customer, CardBehaviour.Success);

    public async Task Keep(string customer, CardBehaviour behaviour) => (await Known())[customer] = behaviour;

    // Of two who load at once the first one's cards are kept, and what is stored meanwhile is added to those.
    async Task<ConcurrentDictionary<string, CardBehaviour>> Known() => _known ?? Interlocked.CompareExchange(ref _known, await Load(), null) ?? _known;

    async Task<ConcurrentDictionary<string, CardBehaviour>> Load()
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SandboxPayDb>();
        return new(await db.Cards.ToDictionaryAsync(c => c.Customer, c => c.Behaviour));
    }
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
