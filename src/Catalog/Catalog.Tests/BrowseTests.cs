using System.Data.Common;
using System.Net;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Jangteo.Catalog.Tests;

public class BrowseTests(BrowseTests.OneShop shared) : IClassFixture<BrowseTests.OneShop>
{
    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task Pages_neither_skip_nor_repeat_while_products_are_added(string database)
    {
        await using var shop = await Shop.Open(database);
        for (var i = 0; i < 9; i++) await shop.Add(Shop.Apples($"apples-{i}", 1_000 + i / 2, $"A-{i}"));
        foreach (var query in new ProductQuery[] { new(Sort: "newest"), new(Sort: "price"), new(Sort: "-price"), new(Sort: "name"), new("사과"), new("사과", Sort: "price") })
        {
            var seen = new List<string>();
            string? after = null;
            for (var round = 0; round == 0 || after is not null; round++)
            {
                var page = (await shop.Catalog.Browse(query with { Limit = 2, After = after })).Required;
                seen.AddRange(page.Items.Select(p => p.Slug));
                Assert.Equal(round == 0, page.Facets is not null);
                after = page.Next;
                if (round is 1 or 2) await shop.Add(Shop.Apples($"new-{Guid.NewGuid():N}", 1_002, $"N-{Guid.NewGuid():N}"[..20].ToUpperInvariant()));
            }
            Assert.Equal(seen.Distinct(), seen);
            Assert.Equal(9, seen.Count(s => s.StartsWith("apples-", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("sort=cheapest", "sort"), InlineData("sort=Price", "sort"), InlineData("limit=0", "limit"), InlineData("limit=101", "limit"), InlineData("limit=x", "limit")]
    [InlineData("minPrice=-1", "minPrice"), InlineData("maxPrice=99999999999999999999", "maxPrice"), InlineData("minPrice=2&maxPrice=1", "minPrice"), InlineData("inStock=maybe", "inStock")]
    [InlineData("skus=a%00b", "skus"), InlineData("category=%00", "category"), InlineData("brand=%27--", "brand"), InlineData("after=nonsense", "after"), InlineData("after=e30", "after")]
    [InlineData("after=eyJzb3J0IjoibmV3ZXN0Iiwic2x1ZyI6ImFcdTAwMDAiLCJ0b3RhbCI6MSwicHJpY2UiOjEsImF0IjoiMjAyNi0wMS0wMVQwMDowMDowMFoiLCJuYW1lIjoiYSIsInNjb3JlIjowfQ", "after")]
    public async Task A_bad_value_is_named(string query, string field)
    {
        var shop = shared.Shop;
        var answer = await shop.Http.GetAsync($"/api/catalog/products?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"{field}\"", await answer.Content.ReadAsStringAsync());
    }

    public sealed class OneShop : IAsyncLifetime
    {
        internal Shop Shop { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Shop = await Shop.Open();

        public ValueTask DisposeAsync() => Shop.DisposeAsync();
    }

    [Fact]
    public async Task Words_too_long_are_refused_and_strange_ones_find_nothing()
    {
        var shop = shared.Shop;
        Assert.Equal(HttpStatusCode.BadRequest, (await shop.Http.GetAsync($"/api/catalog/products?search={new string('a', 101)}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await shop.Http.GetAsync("/api/catalog/products/a%00b")).StatusCode);
        foreach (var strange in new[] { "%00", "%22%20OR%20%22", "*", "ㅅㄱ", "%F0%9F%8D%8E", "a%20NEAR%20b", "-x", "1e5%201.5%20-3" })
            Assert.Equal(HttpStatusCode.OK, (await shop.Http.GetAsync($"/api/catalog/products?search={strange}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.Http.GetAsync("/api/catalog/products/nothing-here")).StatusCode);
        Assert.Equal(0, (await shop.Catalog.Browse(new(Category: "nowhere"))).Required.Total);
    }

    [Fact]
    public async Task An_answer_is_kept_until_a_commit_changes_it()
    {
        await using var shop = await Shop.Open();
        var id = Guid.CreateVersion7();
        await shop.Add(Shop.Apples(), id);
        using var first = await shop.Http.GetAsync("/api/catalog/products");
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/catalog/products") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await shop.Http.SendAsync(request)).StatusCode);
        await shop.Add(Shop.Apples(price: 1) with { Revision = 1 }, id);
        Assert.Equal(1, (await shop.Catalog.Browse(new())).Required.Items[0].Price.Amount);
        await shop.Staff.SaveCategory("tea", new(new("차", "Tea")));
        Assert.Contains((await shop.Catalog.Categories()).Required, c => c.Slug == "tea");
    }

    [Theory]
    [InlineData("SQLite", "FROM \"categories\""), InlineData("PostgreSQL", "FROM categories")]
    [InlineData("SQLite", "GROUP BY"), InlineData("PostgreSQL", "GROUP BY")]
    public async Task What_staff_move_and_rename_between_two_reads_of_a_list_is_left_out_of_its_facets(string database, string read)
    {
        var staff = new Meanwhile();
        await using var shop = await Shop.Open(database, services: s => s.ConfigureDbContext<CatalogDb>(options => options.AddInterceptors(staff), ServiceLifetime.Singleton));
        var id = Guid.CreateVersion7();
        await shop.Add(Shop.Apples(), id);
        await shop.Add(Shop.Apples("pears", sku: "PEARS") with { Brand = new("배밭", "Pear field") });
        staff.Work = (read, async () =>
        {
            await shop.Staff.SaveCategory("tea", new(new("차", "Tea")));
            await shop.Add(Shop.Apples() with { Category = "tea", Brand = new("다원", "Tea field"), Revision = 1 }, id);
        });

        var facets = (await shop.Catalog.Browse(new())).Required.Facets!;
        Assert.Null(staff.Work);
        Assert.Equal(["fruit"], facets.Categories.Select(c => c.Value));
        Assert.Contains("pear-field", facets.Brands.Select(b => b.Value));
        var later = (await shop.Catalog.Browse(new())).Required.Facets!;
        Assert.Equal(["fruit", "tea", "pear-field", "tea-field"], later.Categories.Concat(later.Brands).Select(f => f.Value));
    }

    /// <summary>Lets staff do something right after a statement has read.</summary>
    sealed class Meanwhile : DbCommandInterceptor
    {
        public (string Read, Func<Task> Do)? Work { get; set; }

        public override async ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData e, DbDataReader result, CancellationToken ct = default)
        {
            if (Work is not var (read, work) || !command.CommandText.Contains(read, StringComparison.Ordinal)) return result;
            Work = null;
            await work();
            return result;
        }
    }

    [Fact]
    public async Task A_replica_forgets_what_it_kept_before_it_first_looked()
    {
        await using var shop = await Shop.Open("PostgreSQL");
        var services = shop.Service.Services;
        var cache = new AnswerCache(services.GetRequiredService<IOptions<CatalogOptions>>());
        var (lists, pages) = (cache.Of(Stamp.Lists), cache.Of(Stamp.Pages));
        using var watch = new AnswerCacheWatch(cache, services.GetRequiredService<IServiceScopeFactory>(), NullLogger<AnswerCacheWatch>.Instance);
        await watch.StartAsync(default);
        await Eventually.Holds(() => Task.FromResult(cache.Of(Stamp.Lists) != lists && cache.Of(Stamp.Pages) != pages), "it kept nothing of before");
        await watch.StopAsync(default);
    }

    [Fact]
    public async Task Another_replica_notices()
    {
        var name = $"catalog_{Guid.NewGuid():N}";
        await using var one = await Shop.Open("PostgreSQL", name);
        await using var other = await Shop.Open("PostgreSQL", name);
        await one.Staff.SaveCategory("fruit", new(new("과일", "Fruit")));
        await Task.Delay(1_000);
        Assert.Equal(0, (await other.Catalog.Browse(new())).Required.Total);
        await one.Add(Shop.Apples());
        await Eventually.Holds(async () => (await other.Catalog.Browse(new())).Required.Total == 1, "the other replica shows it");
    }

    [Fact]
    public async Task Replicas_that_start_at_once_lay_out_one_assortment()
    {
        var name = $"catalog_{Guid.NewGuid():N}";
        var shops = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Shop.WithSample("PostgreSQL", name)));
        foreach (var shop in shops)
        {
            Assert.Equal(230, (await shop.Catalog.Browse(new())).Required.Total);
            Assert.Equal(230, (await shop.Service.Announced<ProductPublished>()).Count);
        }
        foreach (var shop in shops) await shop.DisposeAsync();
    }

    [Fact]
    public async Task The_tree_stays_a_tree()
    {
        await using var shop = await Shop.Open();
        Assert.Equal("parent", Field(await shop.Staff.SaveCategory("food", new(new("식품", "Food"), "fruit"))));
        Assert.Equal("parent", Field(await shop.Staff.SaveCategory("food", new(new("식품", "Food"), "food"))));
        Assert.Equal("parent", Field(await shop.Staff.SaveCategory("x", new(new("가", "A"), "nowhere"))));
        Assert.Equal("slug", Field(await shop.Staff.SaveCategory("X y", new(new("가", "A")))));
        Assert.Equal("icon", Field(await shop.Staff.SaveCategory("x", new(new("가", "A"), Icon: "no-such"))));
        var parent = "fruit";
        foreach (var slug in new[] { "c3", "c4", "c5" }) Assert.True((await shop.Staff.SaveCategory(slug, new(new("가", "A"), parent))).Ok, parent = slug);
        Assert.Equal("parent", Field(await shop.Staff.SaveCategory("c6", new(new("가", "A"), "c5"))));
        Assert.True((await shop.Staff.RemoveCategory("food")).Problem!.Is("category-in-use"));
        await shop.Add(Shop.Apples() with { Category = "c5" });
        Assert.True((await shop.Staff.RemoveCategory("c5")).Problem!.Is("category-in-use"));
        Assert.Equal(1, (await shop.Catalog.Categories()).Required[0].ProductCount);
    }

    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task Two_categories_that_are_moved_below_each_other_at_once_make_no_ring(string database)
    {
        await using var shop = await Shop.Open(database);
        Task<Platform.Answer<CategoryNode>> Move(string slug, string? below) => shop.Staff.SaveCategory(slug, new(new("가", "A"), below));
        for (var round = 0; round < 20; round++)
        {
            foreach (var slug in new[] { "a", "b" }) Assert.True((await Move(slug, null)).Ok);
            var moves = await Task.WhenAll(Move("a", "b"), Move("b", "a"));
            Assert.Equal("parent", Field(Assert.Single(moves, m => !m.Ok)));
        }
    }

    [Fact]
    public void A_ring_that_is_there_is_gone_through_to_the_depth_a_tree_may_have()
    {
        var (a, b) = (new Category { Slug = "a", Parent = "b" }, new Category { Slug = "b", Parent = "a" });
        var tree = new CategoryTree([a, b]);
        Assert.Equal(["a", "b", "a", "b", "a"], tree.Within("a"));
        Assert.Equal(CategoryTree.MaxDepth, tree.Height("a"));
        Assert.Equal("b", Assert.Single(tree.Node(a, new Dictionary<string, int>()).Children).Slug);
    }

    static string? Field(Platform.Answer<CategoryNode> answer) => answer.Problem?.Errors?.Keys.Single();
}
