using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Jangteo.Platform;

/// <summary>A message that a module could not handle, or that waits behind one of the same key.</summary>
/// <param name="Id">For the replay.</param>
/// <param name="Subscription">The handler that failed.</param>
/// <param name="Producer">The module that announced it.</param>
/// <param name="Type">The message's type.</param>
/// <param name="Key">What it belongs to.</param>
/// <param name="Data">The message's JSON.</param>
/// <param name="Error">What went wrong last; null for one that only waits.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="ParkedAt">Since when.</param>
/// <param name="NextTryAt">When it is tried again by itself; null when it waits for a replay.</param>
public sealed record ParkedView(long Id, string Subscription, string Producer, string Type, string Key, string Data, string? Error, int Attempts, DateTimeOffset ParkedAt, DateTimeOffset? NextTryAt);

/// <summary>That a parked message is never to be handled.</summary>
/// <param name="Reason">Why, for the record: 1 to 500 characters.</param>
public sealed record DropRequest(string Reason);

/// <summary>GET /api/{module}/parked and POST /api/{module}/parked/{id}/replay and drop, for staff.</summary>
static class ParkedEndpoints<TDb> where TDb : ModuleDb
{
    public static void Map(RouteGroupBuilder api, string name)
    {
        var parked = api.MapGroup("/parked").RequireAuthorization(Policies.Staff).WithTags("Parked");
        parked.MapPost("/{id:long}/drop", Drop).WithName($"{name}-drop").WithSummary("Never handles a parked message; kept with who, when and why, and those behind it flow on.");
        parked.MapGet("/", List).WithName($"{name}-parked").WithSummary("Messages this module could not handle.");
        parked.MapPost("/{id:long}/replay", Replay).WithName($"{name}-replay").WithSummary("Tries a parked message again now.");
    }

    sealed record After(long Seq);

    static async Task<Page<ParkedView>> List(TDb db, CancellationToken ct, bool dropped = false, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var from = Cursor.Read<After>(after)?.Seq;
        var parked = db.Parked.AsNoTracking().Where(p => p.Subscription.StartsWith(ParkedMessage.Dropped) == dropped);
        // What waits comes in its order, the record of what was dropped from its end.
        parked = dropped ? parked.Where(p => from == null || p.Seq < from).OrderByDescending(p => p.Seq) : parked.Where(p => from == null || p.Seq > from).OrderBy(p => p.Seq);
        return Page<ParkedView>.From(await parked.Take(limit + 1).ToListAsync(ct), limit,
            p => new(p.Seq, p.Subscription, p.Producer, p.Type, p.Key, p.Data, p.Error, p.Attempts, p.ParkedAt, p.NextTryAt),
            p => Cursor.Of(new After(p.Seq)));
    }

    static async Task<Results<Accepted, ProblemHttpResult>> Replay(long id, TDb db, CancellationToken ct)
    {
        if (await Find(id, db, ct) is not { } asked) return Problems.NotFound("parked message");
        await TryFirst(asked, db, ct);
        await db.SaveChangesAsync(ct);
        return TypedResults.Accepted((string?)null);
    }

    static async Task<Results<NoContent, ProblemHttpResult>> Drop(long id, DropRequest request, Caller caller, TDb db, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > 500) return Problems.Invalid("reason", "1 to 500 characters.");
        if (await Find(id, db, ct) is not { } asked) return Problems.NotFound("parked message");
        await TryFirst(asked, db, ct, butFor: id);
        asked.Drop(caller.Name, request.Reason, db.Store.Time.GetUtcNow());
        await db.SaveChangesAsync(ct);
        return TypedResults.NoContent();
    }

    static Task<ParkedMessage?> Find(long id, TDb db, CancellationToken ct) => db.Parked.FirstOrDefaultAsync(p => p.Seq == id && !p.Subscription.StartsWith(ParkedMessage.Dropped), ct);

    // Order within a key is kept: what is tried again now is the first of it.
    static async Task TryFirst(ParkedMessage asked, TDb db, CancellationToken ct, long butFor = 0)
    {
        var ofKey = db.Parked.Where(p => p.Subscription == asked.Subscription && p.Producer == asked.Producer && p.Key == asked.Key && p.Seq != butFor);
        if (await ofKey.OrderBy(p => p.Seq).FirstOrDefaultAsync(ct) is { } first) (first.Attempts, first.NextTryAt) = (0, db.Store.Time.GetUtcNow());
    }
}
