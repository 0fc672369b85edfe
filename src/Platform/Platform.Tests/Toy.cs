using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Platform.Tests;

/// <summary>A small module that uses everything the platform gives.</summary>
sealed class ToyDb(DbContextOptions<ToyDb> options) : ModuleDb(options)
{
    public DbSet<Tally> Tallies => Set<Tally>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Tally>(t =>
        {
            t.HasKey(x => x.Name);
            t.ToTable("tallies", table => table.HasCheckConstraint("ck_count", "\"Count\" >= 0"));
        });
        GuardVersions(model);
    }
}

sealed class ToyDesign : DesignTime<ToyDb>;

sealed class Tally
{
    public required string Name { get; set; }
    public int Count { get; set; }
    public Money Worth { get; set; } = Money.Won(0);
    public DateTimeOffset At { get; set; }
    public int Version { get; set; }
}

sealed record Counted(string Name, int Count) : IMessage
{
    string IMessage.Key => Name;
}

sealed record Reminder(string Name) : IMessage
{
    string IMessage.Key => Name;
}

sealed record Step(string Name, int By);

/// <summary>Counts what another (or the same) toy announced; fails on names that start with "poison".</summary>
sealed class Echo(ToyDb db) : IHandle<Counted>, IHandle<Reminder>
{
    public static bool Cured { get; set; }

    public async Task Handle(Counted message, CancellationToken ct)
    {
        if (message.Name.StartsWith("poison", StringComparison.Ordinal) && !Cured) throw new InvalidOperationException("It is poison.");
        var name = $"echo {message.Name}";
        var tally = await db.Tallies.FindAsync([name], ct);
        if (tally is null) db.Add(tally = new() { Name = name });
        // Setting, not adding: a repeat changes nothing.
        if (message.Count > tally.Count) tally.Count = message.Count;
    }

    public async Task Handle(Reminder message, CancellationToken ct)
    {
        if (await db.Tallies.FindAsync([$"reminded {message.Name}"], ct) is null) db.Add(new Tally { Name = $"reminded {message.Name}", Count = 1 });
    }
}

static class ToyModule
{
    public static void Add(WebApplicationBuilder builder) => builder.AddModule<ToyDb>("toy").Subscribe<Echo>("toy");

    public static void Map(WebApplication app)
    {
        var toy = app.MapModule<ToyDb>("toy");
        toy.MapGet("/tallies/{name}", async (string name, ToyDb db) =>
            await db.Tallies.FindAsync(name) is { } tally ? Results.Ok(tally.Count) : Problems.NotFound("tally"));
        toy.MapPost("/steps", Count).AddEndpointFilter(new Idempotent<ToyDb>());
        toy.MapPost("/reminders", async (Step step, ToyDb db, TimeProvider time, CancellationToken ct) =>
        {
            db.Send(new Reminder(step.Name), due: time.GetUtcNow().AddSeconds(step.By));
            await db.SaveChangesAsync(ct);
        });
    }

    static async Task<IResult> Count(Step step, ToyDb db, TimeProvider time, CancellationToken ct)
    {
        var tally = await db.Tallies.FindAsync([step.Name], ct);
        if (tally is null) db.Add(tally = new() { Name = step.Name });
        tally.Count += step.By;
        tally.At = time.GetUtcNow();
        db.Send(new Counted(step.Name, tally.Count));
        await db.SaveChangesAsync(ct);
        return Results.Ok(tally.Count);
    }
}
