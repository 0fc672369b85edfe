using System.Net;
using System.Net.Http.Json;
using Jangteo.Platform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Platform.Tests;

public class StorageTests : ToyTest
{
    [Theory, MemberData(nameof(BothDatabases))]
    public async Task Parallel_changes_of_one_row_lose_none(bool sqlite)
    {
        await using var toys = await Toy(sqlite);
        await Count(toys.First, "hot");
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => toys.First.Http.PostAsJsonAsync("/api/toy/steps", new Step("hot", 1))));
        Assert.All(answers, a => Assert.Contains(a.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict }));
        Assert.Equal(1 + answers.Count(a => a.StatusCode == HttpStatusCode.OK), await Tally(toys.First, "hot"));
    }

    [Fact]
    public async Task Who_loses_a_deadlock_on_PostgreSQL_is_served_all_the_same()
    {
        var (inside, both) = (0, new TaskCompletionSource());
        await using var database = TestDatabase.New();
        await using var toy = await TestService<ToyDb>.Start("toy", ToyModule.Add, app =>
        {
            ToyModule.Map(app);
            app.MapGroup("/both").AddEndpointFilter(new RetryConflicts<ToyDb>()).MapPost("/{first}/{second}", (string first, string second, ToyDb db) => db.Unit(async () =>
            {
                await AddOne(db, first);
                if (Interlocked.Increment(ref inside) == 2) both.SetResult();
                await both.Task;
                await AddOne(db, second);
            }, CancellationToken.None));
        }, null, ("ConnectionStrings:toy", database.ConnectionString));
        foreach (var name in new[] { "a", "b" }) await Count(toy, name);

        var answers = await Task.WhenAll(toy.Http.PostAsync("/both/a/b", null), toy.Http.PostAsync("/both/b/a", null));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal((3, 3), (await Tally(toy, "a"), await Tally(toy, "b")));
    }

    static Task AddOne(ToyDb db, string name) => db.Tallies.Where(t => t.Name == name).ExecuteUpdateAsync(t => t.SetProperty(x => x.Count, x => x.Count + 1));

    [Fact]
    public void A_cursor_with_a_NUL_which_PostgreSQL_cannot_hold_is_none_of_ours()
    {
        Assert.Equal("A", Cursor.Read<Step>(Cursor.Of(new Step("A", 1)))?.Name);
        var error = Assert.Throws<BadHttpRequestException>(() => Cursor.Read<Step>(Cursor.Of(new Step("A\0", 1))));
        Assert.Contains("after", error.Message);
    }

    [Fact]
    public async Task A_failing_unit_undoes_itself_and_not_the_others_of_its_group()
    {
        await using var toys = await Toy(sqlite: true);
        var tries = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            try
            {
                return await toys.First.Db(async db =>
                {
                    // Every fifth breaks the constraint that counts are not negative.
                    db.Add(new Tally { Name = $"n{i}", Count = i % 5 == 0 ? -1 : i });
                    return await db.SaveChangesAsync();
                });
            }
            catch (DbUpdateException)
            {
                return 0;
            }
        }));
        Assert.Equal(160, tries.Sum());
        Assert.Equal(160, await toys.First.Db(db => db.Tallies.CountAsync()));
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task The_same_key_and_body_get_the_same_answer_and_one_effect(bool sqlite)
    {
        await using var toys = await Toy(sqlite);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Post(toys.First.Http, "k1", new Step("once", 1))));
        Assert.All(answers, a => Assert.Contains(a.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict }));
        var repeated = await Post(toys.First.Http, "k1", new Step("once", 1));
        Assert.Equal("1", await repeated.Content.ReadAsStringAsync());
        Assert.Equal(1, await Tally(toys.First, "once"));
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task The_same_key_with_another_body_is_refused(bool sqlite)
    {
        await using var toys = await Toy(sqlite);
        await Post(toys.First.Http, "k2", new Step("a", 1));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post(toys.First.Http, "k2", new Step("a", 2))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Post(toys.First.Http, new string('k', 201), new Step("a", 2))).StatusCode);
        Assert.Equal(1, await Tally(toys.First, "a"));
    }

    static Task<HttpResponseMessage> Post(HttpClient http, string key, Step step) =>
        http.SendAsync(new(HttpMethod.Post, "/api/toy/steps") { Headers = { { "Idempotency-Key", key } }, Content = JsonContent.Create(step) });

    [Theory]
    [InlineData("""{"by":1}""", "name")]
    [InlineData("""{"name":"a","by":"many"}""", "by")]
    [InlineData("""{"name":null,"by":1}""", "name")]
    [InlineData("""{"name":"a","by":99999999999}""", "by")]
    [InlineData("""not json""", "body")]
    [InlineData("", "body")]
    public async Task Bad_input_is_refused_with_the_field_named(string body, string field)
    {
        await using var toys = await Toy(sqlite: true);
        var answer = await toys.First.Http.PostAsync("/api/toy/steps", new StringContent(body, null, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<Problem>(MessageFormat.Json);
        Assert.Equal("urn:jangteo:problem:invalid", problem!.Type);
        Assert.Contains(field, problem.Extensions?.Keys.Concat(problem.Errors?.Keys ?? Enumerable.Empty<string>()) ?? problem.Errors!.Keys);
        Assert.Empty(await toys.First.Announced<Counted>());
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        await using var toys = await Toy(sqlite: true);
        var answer = await toys.First.Http.PostAsync("/api/toy/steps", new StringContent(new string('x', 2 << 20), null, "application/json"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        await using var toys = await Toy(sqlite: true);
        var answer = await toys.First.Http.GetAsync("/api/toy/tallies/none");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Contains("frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("urn:jangteo:problem:not-found", (await answer.Content.ReadFromJsonAsync<Problem>(MessageFormat.Json))!.Type);
    }
}
