using System.Net;

namespace Jangteo.Storefront.Tests;

public sealed class PagesWithoutModulesTests(LonelyShop shop) : IClassFixture<LonelyShop>
{
    [Theory]
    [InlineData("/", "지금은 상품 목록을 불러올 수 없어요")]
    [InlineData("/search?q=사과", "지금은 상품 목록을 불러올 수 없어요")]
    [InlineData("/categories/food", "지금은 상품 목록을 불러올 수 없어요")]
    [InlineData("/cart", "지금은 장바구니를 불러올 수 없어요")]
    [InlineData("/boards/free", "지금은 게시판을 불러올 수 없어요")]
    [InlineData("/en/", "cannot be loaded just now")]
    [InlineData("/terms", "이용약관")]
    [InlineData("/en/privacy", "What we keep and why")]
    public async Task A_page_is_shown_without_the_part_that_is_down(string path, string says)
    {
        var page = await shop.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains(says, await page.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/products/apples", HttpStatusCode.ServiceUnavailable, "잠시 쉬고 있어요")]
    [InlineData("/en/products/apples", HttpStatusCode.ServiceUnavailable, "We will be right back")]
    [InlineData("/nowhere", HttpStatusCode.NotFound, "찾으시는 페이지가 없어요")]
    [InlineData("/en/nowhere", HttpStatusCode.NotFound, "We could not find that page")]
    [InlineData("/boards/nowhere", HttpStatusCode.NotFound, "찾으시는 페이지가 없어요")]
    public async Task A_page_that_cannot_be_shown_says_so_in_the_visitors_language(string path, HttpStatusCode status, string says)
    {
        var page = await shop.Http.GetAsync(path);

        Assert.Equal(status, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains(says, await page.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/checkout"), InlineData("/orders"), InlineData("/my"), InlineData("/my/withdrawal"), InlineData("/boards/free/write")]
    public async Task What_is_a_members_own_is_not_shown_to_a_guest(string path)
    {
        var page = await shop.Http.GetAsync(path);

        Assert.NotEqual(HttpStatusCode.OK, page.StatusCode);
    }

    [Theory, InlineData("/logout", "/"), InlineData("/en/logout", "/en/")]
    public async Task A_link_logs_nobody_out(string path, string leadsTo)
    {
        var page = await shop.Http.GetAsync(path);

        Assert.Equal((HttpStatusCode.Redirect, leadsTo), (page.StatusCode, page.Headers.Location?.OriginalString));
        Assert.False(page.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("ko", ""), InlineData("en", "/en")]
    public async Task Who_did_not_pay_comes_back_to_the_language_they_left_in(string language, string pathBase)
    {
        var order = Guid.CreateVersion7();
        using var back = new HttpRequestMessage(HttpMethod.Get, $"/orders/{order}/declined");
        back.Headers.Add("Cookie", $"jangteo_language={language}");

        Assert.Equal($"{pathBase}/orders/{order}/done?declined=true", (await shop.Http.SendAsync(back)).Headers.Location?.ToString());
    }

    [Fact]
    public async Task Links_stay_in_the_language_of_the_page()
    {
        var page = await shop.Http.GetStringAsync("/en/search");

        Assert.Contains("<html lang=\"en\"", page);
        Assert.Contains("href=\"/en/cart\"", page);
        Assert.Contains("hreflang=\"ko\"", page);
        Assert.DoesNotContain("href=\"/cart\"", page);
    }

    [Fact]
    public async Task Pages_hold_neither_inline_scripts_nor_inline_styles()
    {
        foreach (var path in new[] { "/", "/search", "/cart", "/boards/free" })
        {
            var page = await shop.Http.GetStringAsync(path);
            Assert.DoesNotContain("<style", page);
            Assert.DoesNotContain(" style=", page);
            Assert.DoesNotContain("<script>", page);
            Assert.DoesNotContain(" onclick=", page);
        }
    }

    [Fact]
    public async Task A_shared_page_sets_no_cookie_and_holds_no_form_token()
    {
        var page = await shop.Http.GetAsync("/");

        Assert.False(page.Headers.Contains("Set-Cookie"));
        Assert.DoesNotContain("__RequestVerificationToken", await page.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_page_that_lacks_a_part_is_not_kept()
    {
        await shop.Http.GetAsync("/");
        var again = await shop.Http.GetAsync("/");

        Assert.False(again.Headers.Contains("Age"));
    }

    [Fact]
    public async Task A_form_without_its_token_changes_nothing()
    {
        var page = await shop.Http.PostAsync("/cart?handler=Remove", new FormUrlEncodedContent([new("sku", "A")]));

        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
    }

    [Fact]
    public async Task Without_a_token_adding_to_the_cart_asks_once_more()
    {
        var page = await shop.Http.PostAsync("/cart/add", new FormUrlEncodedContent([new("sku", "A-1"), new("quantity", "2")]));

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var text = await page.Content.ReadAsStringAsync();
        Assert.Contains("장바구니에 담을까요?", text);
        Assert.Contains("__RequestVerificationToken", text);
    }

    [Fact]
    public async Task Style_and_script_are_kept_for_ever_under_a_name_that_holds_their_content()
    {
        var asset = await shop.Http.GetAsync(Assets.Url("shop.css"));

        Assert.Equal("text/css", asset.Content.Headers.ContentType?.MediaType);
        Assert.True(asset.Headers.CacheControl?.MaxAge > TimeSpan.FromDays(300));
        Assert.Equal(HttpStatusCode.NotFound, (await shop.Http.GetAsync("/assets/shop-0000000000.css")).StatusCode);
    }

    [Fact]
    public async Task Search_engines_are_told_what_is_nobodys_business()
    {
        var robots = await shop.Http.GetStringAsync("/robots.txt");

        Assert.Contains("Disallow: /my", robots);
        Assert.Contains("Disallow: /en/my", robots);
        Assert.Contains("/sitemap.xml", robots);
    }
}
