using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Jangteo.Storefront.Tests;

public sealed class ListingTests
{
    static Listing Read(string query) => Listing.Read("~/search", new QueryCollection(QueryHelpers.ParseQuery(query)));

    [Theory]
    [InlineData("?minPrice=-1"), InlineData("?minPrice=abc"), InlineData("?minPrice=99999999999999999999"), InlineData("?sort=evil"), InlineData("?brand=%20"), InlineData("?inStock=maybe"), InlineData("?brand=%00")]
    public void What_makes_no_sense_is_left_out(string query) => Assert.True(Read(query).Plain);

    [Fact]
    public void A_changed_filter_keeps_the_others_and_begins_at_the_first_page()
    {
        var listing = Read("?q=사과&sort=price&minPrice=1000&after=cursor");

        Assert.Equal("~/search?q=%EC%82%AC%EA%B3%BC&brand=oreum&sort=price&minPrice=1000", listing.WithBrand("oreum"));
        Assert.Equal("~/search?q=%EC%82%AC%EA%B3%BC&sort=price&minPrice=1000&after=next", listing.LinkTo("next"));
    }

    [Fact]
    public void A_search_is_narrowed_to_a_category_and_keeps_its_words()
    {
        var listing = Read("?q=사과&category=fruit&sort=price");

        Assert.Equal("fruit", listing.Query(category: null, limit: 24).Category);
        Assert.Equal("~/search?q=%EC%82%AC%EA%B3%BC&category=fruit&sort=price&after=next", listing.LinkTo("next"));
        Assert.Equal("~/search?q=%EC%82%AC%EA%B3%BC&sort=price", listing.WithCategory(null));
        // Without words it is not a search: a category has a page of its own.
        Assert.True(Read("?category=fruit").Plain);
    }

    [Fact]
    public void Prices_the_wrong_way_round_are_turned() => Assert.Equal((100, 5000), (Read("?minPrice=5000&maxPrice=100").MinPrice, Read("?minPrice=5000&maxPrice=100").MaxPrice));

    [Theory]
    [InlineData("?minPrice=1000&maxPrice=20000", "ko", "1,000원 ~ 20,000원"), InlineData("?minPrice=1000&maxPrice=20000", "en", "₩1,000 ~ ₩20,000")]
    [InlineData("?maxPrice=20000", "ko", "20,000원 이하"), InlineData("?maxPrice=20000", "en", "Up to ₩20,000")]
    [InlineData("?minPrice=1000", "ko", "1,000원 이상"), InlineData("?minPrice=1000", "en", "From ₩1,000")]
    public void A_price_that_narrows_the_list_is_written_as_money(string query, string code, string shown)
    {
        var language = Language.All.Single(l => l.Code == code);

        Assert.Equal(shown, Assert.Single(Read(query).Filters(language, language.Texts, new(language, "KRW"))).Name);
    }

    [Fact]
    public void A_list_that_cannot_be_made_sense_of_begins_again_and_never_at_itself()
    {
        Assert.Equal("~/search?q=a&brand=b", Read("?q=a&brand=b&after=broken").Simpler);
        Assert.Equal("~/search?q=a", Read("?q=a&brand=b").Simpler);
        Assert.Null(Read("?q=a").Simpler);
    }

    [Fact]
    public void Words_that_are_too_long_are_cut() => Assert.Equal(100, Read("?q=" + new string('a', 5_000)).Search!.Length);
}
