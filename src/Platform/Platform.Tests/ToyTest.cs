using System.Net.Http.Json;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Platform.Tests;

/// <summary>What the tests of the platform share: toys on either database.</summary>
public abstract class ToyTest
{
    public static TheoryData<bool> BothDatabases => [true, false];

    private protected static async Task<Toys> Toy(bool sqlite, params (string, string)[] settings)
    {
        var database = sqlite ? null : TestDatabase.New();
        return new(await Start(database, settings), database);
    }

    private protected static Task<TestService<ToyDb>> Start(TestDatabase? database, params (string, string)[] settings) =>
        TestService<ToyDb>.Start("toy", ToyModule.Add, ToyModule.Map, null, database is null ? settings : [.. settings, ("ConnectionStrings:toy", database.ConnectionString)]);

    private protected static async Task Count(TestService<ToyDb> toy, string name, int by = 1) =>
        (await toy.Http.PostAsJsonAsync("/api/toy/steps", new Step(name, by))).EnsureSuccessStatusCode();

    private protected static Task<int> Tally(TestService<ToyDb> toy, string name) =>
        toy.Db(async db => (await db.Tallies.AsNoTracking().FirstOrDefaultAsync(t => t.Name == name))?.Count ?? 0);
}

sealed class Toys(TestService<ToyDb> first, TestDatabase? database) : IAsyncDisposable
{
    public TestService<ToyDb> First => first;
    public TestDatabase? Database => database;

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        if (database is not null) await database.DisposeAsync();
    }
}
