using Microsoft.Extensions.Options;

namespace Jangteo.Storefront.Tests;

/// <summary>Every page names who sells, as the law asks.</summary>
public sealed class MerchantTests(MerchantTests.Hanbit hanbit) : IClassFixture<MerchantTests.Hanbit>
{
    public sealed class Hanbit() : ShopWithoutModules(
        new("Shop:Company", "한빛상회"), new("Shop:CompanyEnglish", "Hanbit & Co."), new("Shop:Representative", "김한빛"), new("Shop:RegistrationNumber", "123-45-67890"),
        new("Shop:MailOrderNumber", "2026-서울중구-01234"), new("Shop:Address", "서울특별시 중구 세종대로 110"), new("Shop:Phone", "02-123-4567"),
        new("Shop:Email", "help@hanbit.example"), new("Shop:PrivacyOfficer", "이지킴"));

    sealed class Misconfigured(string name, string value) : ShopWithoutModules(new KeyValuePair<string, string?>(name, value));

    [Theory]
    [InlineData("/"), InlineData("/cart"), InlineData("/nowhere")]
    public async Task Every_page_names_the_seller(string path)
    {
        var page = await (await hanbit.Http.GetAsync(path)).Content.ReadAsStringAsync();

        foreach (var said in new[] { "한빛상회", "김한빛", "123-45-67890", "2026-서울중구-01234", "서울특별시 중구 세종대로 110", "02-123-4567", "help@hanbit.example", "이지킴", "wrkr_no=1234567890", "href=\"/terms\"", "href=\"/privacy\"" })
            Assert.Contains(said, page);
        Assert.DoesNotContain("시범 상점", page);
    }

    [Fact]
    public async Task What_has_no_English_is_shown_in_Korean()
    {
        var page = await hanbit.Http.GetStringAsync("/en/privacy");

        Assert.Contains("Hanbit &amp; Co.", page);
        Assert.Contains("이지킴", page);
        Assert.DoesNotContain("Gildong", page);
    }

    [Theory]
    [InlineData("Shop:RegistrationNumber", "12345"), InlineData("Shop:Email", "nonsense"), InlineData("Shop:Company", "")]
    public async Task A_setting_that_cannot_be_right_stops_the_start(string name, string value)
    {
        var shop = new Misconfigured(name, value);

        var stopped = await Assert.ThrowsAsync<OptionsValidationException>(async () => await shop.InitializeAsync());
        Assert.Contains(name.Split(':')[1], stopped.Message);
        await shop.DisposeAsync();
    }
}

/// <summary>A shop that nobody has put a name to says that it is none.</summary>
public sealed class NamelessShopTests(LonelyShop shop) : IClassFixture<LonelyShop>
{
    [Theory, InlineData("/", "시범 상점입니다."), InlineData("/en/", "This is a demonstration")]
    public async Task A_shop_without_a_seller_says_that_it_is_for_demonstration(string path, string says)
    {
        var page = await shop.Http.GetStringAsync(path);

        Assert.Contains(says, page);
        Assert.DoesNotContain("wrkr_no", page);
    }
}
