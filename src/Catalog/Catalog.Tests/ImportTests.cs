using System.Net;
using System.Text;
using Jangteo.Catalog.Contracts;

namespace Jangteo.Catalog.Tests;

public class ImportTests
{
    const string Header = "slug,category,name_ko,name_en,brand_ko,brand_en,option_names_ko,option_names_en,sku,options_ko,options_en,price,opening_stock";

    static Task<Platform.Answer<ImportReport>> Import(Shop shop, string csv) => shop.Staff.Import(new MemoryStream(Encoding.UTF8.GetBytes(csv)));

    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task Every_bad_line_is_told_and_nothing_is_half_done(string database)
    {
        await using var shop = await Shop.Open(database);
        await shop.Add(Shop.Apples());
        var report = (await Import(shop, $"""
            {Header}
            pears,fruit,배,Pears,오름뜰,Oreumtteul,,,PEAR-1,,,12000,5
            plums,nowhere,자두,Plums,오름뜰,Oreumtteul,,,plum,,,dear,5
            kiwis,fruit,,Kiwis,오름뜰,Oreumtteul,크기,Size,KIWI-S,소,S,100,1
            kiwis,food,,,,,,,KIWI-L,대|특,L,-1,1
            dates,fruit,대추,Dates,오름뜰,Oreumtteul,,,APPLES,,,1,1
            short,fruit
            """)).Required;
        Assert.Equal((0, 0), (report.Created, report.Updated));
        (int, string)[] told = [.. report.Errors.Select(e => (e.Line, e.Field))];
        foreach (var expected in new[] { (3, "category"), (3, "sku"), (3, "price"), (4, "name_ko"), (5, "category"), (5, "options_en"), (5, "price"), (6, "sku"), (7, "line") }) Assert.Contains(expected, told);
        Assert.Equal(told.OrderBy(t => t.Item1), told);
        Assert.Equal(1, (await shop.Catalog.Browse(new())).Required.Total);
    }

    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task Good_lines_make_and_replace_products_once(string database)
    {
        await using var shop = await Shop.Open(database);
        var csv = $"\uFEFF{Header}\r\npears,fruit,배,Pears,오름뜰,Oreumtteul,크기,Size,PEAR-S,소,S,12000,5\r\npears,,,,,,,,PEAR-L,대,L,15000,6\r\n\"apples\",fruit,\"사과, 빨간\",Apples,오름뜰,Oreumtteul,,,APPLES,,,9000,7\r\n";
        var report = (await Import(shop, csv)).Required;
        Assert.Equal((3, 2, 0), (report.Lines, report.Created, report.Updated));
        var pears = (await shop.Catalog.Product("pears")).Required;
        Assert.Equal(["소", "대"], pears.Skus.Select(s => s.Options[0].Ko));
        Assert.Equal("사과, 빨간", (await shop.Catalog.Browse(new("빨간"))).Required.Items[0].Name.Ko);

        var again = (await Import(shop, csv)).Required;
        Assert.Equal((0, 0), (again.Created, again.Updated));
        var dearer = (await Import(shop, csv.Replace("15000", "16000"))).Required;
        Assert.Equal((0, 1), (dearer.Created, dearer.Updated));
        Assert.Equal("PEAR-L", Assert.Single(await shop.Service.Announced<PriceChanged>()).Sku);
    }

    [Fact]
    public async Task What_is_exported_imports_without_a_change()
    {
        await using var shop = await Shop.WithSample("SQLite");
        var csv = await shop.StaffHttp.GetByteArrayAsync("/api/catalog/exports");
        var report = (await shop.Staff.Import(new MemoryStream(csv))).Required;
        Assert.Empty(report.Errors);
        Assert.True(report.Lines > 300);
        Assert.Equal((0, 0), (report.Created, report.Updated));
        var dearer = (await Import(shop, Encoding.UTF8.GetString(csv).Replace(",24900,", ",25900,"))).Required;
        Assert.True(dearer.Updated > 0);
    }

    [Fact]
    public async Task A_product_with_all_the_SKUs_and_words_it_may_have_is_exported_and_imports_without_a_change()
    {
        await using var shop = await Shop.Open();
        var text = new string('가', ProductRules.MaxDescription);
        await shop.Add(Shop.Apples() with
        {
            Description = new(text, text), OptionNames = [new("크기", "Size")],
            Skus = [.. Enumerable.Range(0, ProductRules.MaxSkus).Select(i => new SkuEdit($"APPLES-{i}", [new($"{i}호", $"No {i}")], 9_000))],
        });
        var report = (await shop.Staff.Import(await shop.Staff.Export())).Required;
        Assert.Empty(report.Errors);
        Assert.Equal((ProductRules.MaxSkus, 0, 0), (report.Lines, report.Created, report.Updated));
    }

    [Theory, ClassData(typeof(EveryDatabase))]
    public async Task One_import_sent_many_times_at_once_is_one_import(string database)
    {
        await using var shop = await Shop.Open(database);
        var csv = $"{Header}\npears,fruit,배,Pears,오름뜰,Oreumtteul,,,PEAR-S,,,12000,5\n";
        var reports = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Import(shop, csv)));
        Assert.Equal(1, reports.Sum(r => r.Required.Created));
        Assert.All(reports, r => Assert.Equal((1, 0, 0), (r.Required.Lines, r.Required.Updated, r.Required.Errors.Count)));
        Assert.Single(await shop.Service.Announced<ProductPublished>());
    }

    [Fact]
    public async Task What_is_no_such_file_is_said_so()
    {
        await using var shop = await Shop.Open();
        async Task<ImportError> Error(byte[] file) => (await shop.Staff.Import(new MemoryStream(file))).Required.Errors[0];

        Assert.Equal((2, "file"), Place(await Error([.. Encoding.UTF8.GetBytes(Header + "\n"), 0xB0, 0xA1, 0x2C])));
        Assert.Equal((1, "file"), Place(await Error([])));
        Assert.Equal(1, (await Error("a,b\n1,2"u8.ToArray())).Line);
        Assert.Equal("line", (await Error(Encoding.UTF8.GetBytes($"{Header}\n\"{new string('x', 50_000)}"))).Field);
        Assert.Equal((20_002, "file"), Place(await Error(Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Repeat("\n,,,,,,,,,,,,", 20_001))))));

        var huge = await shop.StaffHttp.SendAsync(new(HttpMethod.Post, "/api/catalog/imports") { Content = new ByteArrayContent(new byte[11 << 20]), Headers = { ExpectContinue = true } });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, huge.StatusCode);
    }

    static (int, string) Place(ImportError error) => (error.Line, error.Field);
}
