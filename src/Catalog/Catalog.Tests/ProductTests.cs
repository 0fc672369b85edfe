using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Jangteo.Board.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Inventory.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog.Tests;

public class ProductTests
{
    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task A_product_lives_from_first_publishing_to_retirement(string database)
    {
        await using var shop = await Shop.Open(database);
        var id = Guid.CreateVersion7();
        var made = await shop.Add(Shop.Apples(), id);
        Assert.Equal(1, made.Revision);
        Assert.Equal("<p><strong>아삭</strong>해요</p>", made.Description.Ko);
        Assert.Equal(["food", "fruit"], made.CategoryPath.Select(c => c.Slug));

        // A repeat changes nothing, whatever revision it is sent with.
        Assert.Equal(1, (await shop.Add(Shop.Apples(), id)).Revision);
        Assert.Single(await shop.Service.Announced<ProductPublished>());

        Assert.Equal(1, (await shop.Catalog.Browse(new("꿀사과"))).Required.Total);
        var dearer = await shop.Add(Shop.Apples(price: 9_900) with { Revision = 1, Name = new("부사", "Fuji") }, id);
        Assert.Equal(2, dearer.Revision);
        var change = Assert.Single(await shop.Service.Announced<PriceChanged>());
        Assert.Equal((Money.Won(9_000), Money.Won(9_900), "APPLES"), (change.OldPrice, change.NewPrice, change.Sku));
        var published = (await shop.Service.Announced<ProductPublished>())[^1];
        Assert.Equal((2, 7), (published.Revision, published.Skus[0].OpeningStock));
        Assert.Equal(0, (await shop.Catalog.Browse(new("꿀사과"))).Required.Total);
        Assert.Equal(1, (await shop.Catalog.Browse(new("부사"))).Required.Total);

        var stale = await shop.Staff.Save(id, Shop.Apples(price: 1) with { Revision = 1 });
        Assert.True(stale.Problem!.Is("stale-revision"));
        Assert.Equal(9_900, (await shop.Catalog.Product("apples")).Required.Price.Amount);

        Assert.True((await shop.Staff.Retire(id)).Ok);
        Assert.True((await shop.Staff.Retire(id)).Ok);
        Assert.Equal(["APPLES"], Assert.Single(await shop.Service.Announced<ProductRetired>()).Skus);
        Assert.Equal(0, (await shop.Catalog.Browse(new())).Required.Total);
        Assert.True((await shop.Catalog.Product(id.ToString())).Required.Retired);
        Assert.False((await shop.Add(Shop.Apples() with { Revision = 3 }, id)).Retired);
    }

    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task Slugs_and_SKUs_belong_to_one_product(string database)
    {
        await using var shop = await Shop.Open(database);
        await shop.Add(Shop.Apples());
        Assert.True((await shop.Staff.Save(Guid.CreateVersion7(), Shop.Apples(sku: "OTHER"))).Problem!.Is("slug-taken"));
        Assert.True((await shop.Staff.Save(Guid.CreateVersion7(), Shop.Apples("other"))).Problem!.Is("sku-taken"));
        var racing = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.Staff.Save(Guid.CreateVersion7(), Shop.Apples("race", sku: "RACE"))));
        Assert.Single(racing, r => r.Ok);
        Assert.All(racing.Where(r => !r.Ok), r => Assert.True(r.Problem!.Is("slug-taken") || r.Problem.Is("sku-taken")));
        var posted = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Post(shop, $"{i}", Shop.Apples("posted", sku: "POSTED"))));
        Assert.Single(posted, p => p.StatusCode == HttpStatusCode.Created);
        Assert.Equal(7, posted.Count(p => p.StatusCode == HttpStatusCode.Conflict));
    }

    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task One_save_sent_many_times_at_once_is_saved_and_told_so_each_time(string database)
    {
        await using var shop = await Shop.Open(database);
        for (var round = 1; round <= 3; round++)
        {
            var (id, edit) = (Guid.CreateVersion7(), Shop.Apples($"apples-{round}", sku: $"APPLES-{round}"));
            var saves = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.Staff.Save(id, edit)));
            Assert.All(saves, s => Assert.Equal(1, s.Required.Revision));
        }
        Assert.Equal(3, (await shop.Service.Announced<ProductPublished>()).Count);
    }

    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task A_category_that_goes_while_a_product_comes_is_named_or_stays(string database)
    {
        await using var shop = await Shop.Open(database);
        for (var round = 1; round <= 10; round++)
        {
            await shop.Staff.SaveCategory($"tea-{round}", new(new("차", "Tea")));
            var saving = shop.Staff.Save(Guid.CreateVersion7(), Shop.Apples($"tea-{round}", sku: $"TEA-{round}") with { Category = $"tea-{round}" });
            var removed = await shop.Staff.RemoveCategory($"tea-{round}");
            var saved = await saving;
            if (saved.Ok) Assert.True(removed.Problem!.Is("category-in-use"));
            else Assert.Equal(("category", true), (saved.Problem.Errors?.Keys.Single(), removed.Ok));
        }
    }

    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task Stock_and_stars_follow_their_modules_in_whatever_order_they_arrive(string database)
    {
        await using var shop = await Shop.Open(database);
        var apples = await shop.Add(Shop.Apples());
        async Task<(bool SoldOut, int? Available)> Now()
        {
            var (card, page) = ((await shop.Catalog.Browse(new())).Required.Items[0], (await shop.Catalog.Product("apples")).Required);
            Assert.Equal(card.SoldOut, page.SoldOut);
            return (card.SoldOut, page.Skus[0].Available);
        }

        Assert.Equal((false, null), await Now());
        await shop.Service.Deliver<StockReplica>("inventory", new StockChanged("APPLES", 5, 2), new StockChanged("UNKNOWN", 1, 1));
        Assert.Equal((false, 5), await Now());
        await shop.Service.Deliver<StockReplica>("inventory", new StockChanged("APPLES", 0, 4));
        Assert.Equal((true, 0), await Now());
        await shop.Service.Deliver<StockReplica>("inventory", new StockChanged("APPLES", 3, 3));
        Assert.Equal((true, 0), await Now());
        Assert.Equal(0, (await shop.Catalog.Browse(new(InStock: true))).Required.Total);
        await shop.Service.Deliver<StockReplica>("inventory", new StockChanged("APPLES", 3, 5));
        Assert.Equal((false, 3), await Now());

        await shop.Service.Deliver<RatingReplica>("board", new ProductRatingChanged(apples.Id, 45, 2, 2), new ProductRatingChanged(apples.Id, 50, 1, 1));
        Assert.Equal((45, 2), ((await shop.Catalog.Browse(new())).Required.Items[0].RatingTenths, (await shop.Catalog.Product("apples")).Required.ReviewCount));
        await shop.Service.Deliver<RatingReplica>("board", new ProductRatingChanged(apples.Id, null, 0, 3));
        Assert.Null((await shop.Catalog.Product("apples")).Required.RatingTenths);
    }

    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task Who_saves_a_product_while_the_stock_of_a_SKU_comes_back_must_count_again(string database)
    {
        await using var shop = await Shop.Open(database);
        var id = Guid.CreateVersion7();
        var two = Shop.Apples() with { OptionNames = [new("크기", "Size")], Skus = [new("A-S", [new("소", "S")], 100, 1), new("A-L", [new("대", "L")], 200, 1)] };
        await shop.Add(two, id);
        await shop.Service.Deliver<StockReplica>("inventory", new StockChanged("A-S", 0, 1));
        await shop.Service.Db(async db =>
        {
            var product = (await db.Whole(id, default))!;
            await shop.Service.Deliver<StockReplica>("inventory", new StockChanged("A-S", 5, 2));
            product.Become(two with { Skus = [two.Skus[0]] });
            return await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync());
        });
        await shop.Add(two with { Skus = [two.Skus[0]], Revision = 1 }, id);
        Assert.False((await shop.Catalog.Product("apples")).Required.SoldOut);
    }

    [Fact]
    public async Task A_removed_SKU_leaves_the_page_and_comes_back_with_its_stock()
    {
        await using var shop = await Shop.Open();
        var id = Guid.CreateVersion7();
        var two = Shop.Apples() with { OptionNames = [new("크기", "Size")], Skus = [new("A-S", [new("소", "S")], 100, 1), new("A-L", [new("대", "L")], 200, 1)] };
        await shop.Add(two, id);
        await shop.Service.Deliver<StockReplica>("inventory", new StockChanged("A-L", 9, 1));
        await shop.Add(two with { Skus = [two.Skus[0]], Revision = 1 }, id);
        Assert.Equal("A-S", Assert.Single((await shop.Catalog.Product("apples")).Required.Skus).Sku);
        Assert.Equal(0, (await shop.Catalog.Browse(new(Skus: "A-L"))).Required.Total);
        Assert.True((await shop.Staff.Save(Guid.CreateVersion7(), Shop.Apples("pears", sku: "A-L"))).Problem!.Is("sku-taken"));
        Assert.Equal(9, (await shop.Add(two with { Revision = 2 }, id)).Skus[1].Available);
    }

    [Fact]
    public async Task Every_fault_of_an_edit_is_named_at_once()
    {
        await using var shop = await Shop.Open();
        var answer = await shop.Staff.Save(Guid.CreateVersion7(), Shop.Apples("No Slug") with
        {
            Category = "nowhere", Name = new("", "a\0b"), ListPrice = 1, Pictures = ["../secret"],
            Skus = [new("lower", [], -1, -1), new("lower", [], 5, 0), new("NEW-LINE\n", [new("빨강|파랑", "Red")], 5, 0)],
            Keywords = ["a|b"], Notice = [new(new("무게=", "Weight"), new("1kg", "1|2 kg"))],
            Description = new($"{new string('|', 300)}\n-|-\n{string.Concat(Enumerable.Repeat("|\n", 300))}", ""),
        });
        Assert.Equal(400, answer.Problem!.Status);
        foreach (var field in new[] { "slug", "category", "name.ko", "name.en", "listPrice", "pictures", "skus[0].sku", "skus[0].price", "skus[0].openingStock", "skus[1].sku", "skus[2].sku", "skus[2].options[0].ko", "optionNames", "keywords", "notice[0].name.ko", "notice[0].value.en", "description.ko" })
            Assert.Contains(field, answer.Problem.Errors!.Keys);
        Assert.Equal(0, (await shop.Catalog.Browse(new())).Required.Total);
        Assert.Equal(["slug"], (await shop.Staff.Save(Guid.CreateVersion7(), Shop.Apples("apples\n"))).Problem!.Errors!.Keys);
        Assert.False(PictureStore.IsName("picture\n"));

        var holes = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(Shop.Apples(), MessageFormat.Json))!;
        holes["skus"] = new JsonArray(null, null);
        var refused = await shop.StaffHttp.PutAsJsonAsync($"/api/catalog/products/{Guid.CreateVersion7()}", holes);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("skus", await refused.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Descriptions_carry_no_scripts()
    {
        await using var shop = await Shop.Open();
        const string Nasty = "<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](https://example.com \"t\") [c](data:text/html,x) <a href=\"vbscript:x\" onclick=x>d</a>\n\n# Ok\n\n9~11 ~~old~~";
        var page = await shop.Add(Shop.Apples() with { Description = new(Nasty, Nasty) });
        foreach (var bad in new[] { "<script", "<img", "javascript:", "data:", "onclick=x>d</a>", "title=" }) Assert.DoesNotContain(bad, page.Description.Ko.Replace("&lt;", "‹"));
        foreach (var good in new[] { "href=\"https://example.com\"", "<h1>Ok</h1>", "9~11", "<del>old</del>" }) Assert.Contains(good, page.Description.Ko);
        Assert.Equal(Nasty, page.DescriptionSource.Ko);
    }

    [Fact]
    public async Task Only_staff_write()
    {
        await using var shop = await Shop.Open();
        using var member = shop.Service.As(Guid.CreateVersion7());
        foreach (var (http, status) in new[] { (shop.Http, HttpStatusCode.Unauthorized), (member, HttpStatusCode.Forbidden) })
        {
            var id = Guid.CreateVersion7();
            Assert.Equal(status, (await http.PutAsJsonAsync($"/api/catalog/products/{id}", Shop.Apples(), MessageFormat.Json)).StatusCode);
            Assert.Equal(status, (await http.PostAsJsonAsync("/api/catalog/products", Shop.Apples(), MessageFormat.Json)).StatusCode);
            Assert.Equal(status, (await http.DeleteAsync($"/api/catalog/products/{id}")).StatusCode);
            Assert.Equal(status, (await http.PutAsJsonAsync("/api/catalog/categories/x", new CategoryEdit(new("가", "A")), MessageFormat.Json)).StatusCode);
            Assert.Equal(status, (await http.DeleteAsync("/api/catalog/categories/food")).StatusCode);
            Assert.Equal(status, (await http.PostAsync("/api/catalog/pictures", new ByteArrayContent([1]))).StatusCode);
            Assert.Equal(status, (await http.PostAsync("/api/catalog/imports", new StringContent("x"))).StatusCode);
            Assert.Equal(status, (await http.GetAsync("/api/catalog/exports")).StatusCode);
        }
    }

    [Fact]
    public async Task A_repeated_POST_with_its_key_makes_one_product()
    {
        await using var shop = await Shop.Open();
        var (first, second) = (await Post(shop, "one", Shop.Apples()), await Post(shop, "one", Shop.Apples()));
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(1, (await shop.Catalog.Browse(new())).Required.Total);
    }

    static Task<HttpResponseMessage> Post(Shop shop, string key, ProductEdit edit) => shop.StaffHttp.SendAsync(new(HttpMethod.Post, "/api/catalog/products")
    {
        Headers = { { "Idempotency-Key", key } }, Content = JsonContent.Create(edit, options: MessageFormat.Json),
    });
}

