using System.ComponentModel.DataAnnotations;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Payments;

/// <summary>GET and POST /api/payments/reconciliations and GET /api/payments/differences: the comparisons of our books with the provider's, and what they found.</summary>
static class Reconcile
{
    const int DefaultDays = 31;
    const int MaxDays = 400;

    public static void Map(RouteGroupBuilder payments)
    {
        var staff = payments.MapGroup("").RequireAuthorization(Policies.Staff).ProducesProblem(400);
        staff.MapGet("/reconciliations", List).WithName("payments-reconciliations").WithSummary("The comparisons with the provider's report, newest first.");
        staff.MapPost("/reconciliations", Ask).AddEndpointFilter(new Idempotent<PaymentsDb>()).WithName("payments-reconcile").WithSummary("Compares our ledger with the provider's report, soon.");
        staff.MapGet("/differences", Differences).WithName("payments-differences").WithSummary("What differs and is not decided yet, oldest first.");
    }

    sealed record After(Guid Id);

    static async Task<Ok<Page<ReconciliationView>>> List(PaymentsDb db, CancellationToken ct, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var runs = db.Reconciliations.AsNoTracking();
        if (Cursor.Read<After>(after) is var (id)) runs = runs.Where(r => r.Id.CompareTo(id) < 0);
        return TypedResults.Ok(Page<ReconciliationView>.From(await runs.OrderByDescending(r => r.Id).Take(limit + 1).ToListAsync(ct), limit, r => r.View(), r => Cursor.Of(new After(r.Id))));
    }

    static async Task<Results<Accepted<ReconciliationView>, ProblemHttpResult>> Ask(ReconciliationRequest request, PaymentsDb db, TimeProvider time, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var until = request.Until is { } end && end < now ? end : now;
        var from = request.From ?? until.AddDays(-DefaultDays);
        if (from >= until) return Problems.Invalid("from", "Before the end of the period.");
        if (from < until.AddDays(-MaxDays)) return Problems.Invalid("from", $"At most {MaxDays} days before the end of the period.");
        var run = new ReconciliationRun { Id = Guid.CreateVersion7(), From = from, Until = until, AskedAt = now, NextTryAt = now };
        db.Add(run);
        await db.SaveChangesAsync(ct);
        return TypedResults.Accepted((string?)null, run.View());
    }

    static async Task<Ok<Page<DifferenceView>>> Differences(PaymentsDb db, CancellationToken ct, string? after = null, [Range(1, Cursor.MaxLimit)] int limit = Cursor.DefaultLimit)
    {
        var open = db.Differences.AsNoTracking().Where(d => d.Status == DifferenceStatus.Open);
        if (Cursor.Read<After>(after) is var (id)) open = open.Where(d => d.Id.CompareTo(id) > 0);
        return TypedResults.Ok(Page<DifferenceView>.From(await open.OrderBy(d => d.Id).Take(limit + 1).ToListAsync(ct), limit, d => d.View(), d => Cursor.Of(new After(d.Id))));
    }
}
