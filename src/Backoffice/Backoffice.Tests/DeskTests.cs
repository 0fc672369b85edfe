using System.Net;
using Jangteo.Catalog.Contracts;

namespace Jangteo.Backoffice.Tests;

public class DeskTests
{
    const string AnId = "019ac1d2-0000-7000-8000-000000000001";

    static readonly string[] Pages =
    [
        "", "/orders", "/orders?status=Confirmed&search=x", $"/orders/{AnId}", $"/orders/{AnId}/path", "/orders/shipments", "/reviews", "/books", "/products", "/products/new", $"/products/{AnId}", "/stock", "/stock?low=true", "/stock/movements",
        "/boards", "/boards?board=qna", "/boards?reported=true", $"/boards/notice/{AnId}/edit", $"/boards/qna/{AnId}", "/members", "/mails", "/parked", "/parked?dropped=true",
    ];

    [Fact]
    public async Task Every_page_is_shown_with_a_word_about_the_modules_that_are_down()
    {
        await using var desk = await LonelyDesk.Open();
        using var staff = await desk.Member("staff");
        foreach (var page in Pages)
        {
            var answer = await staff.GetAsync("/backoffice" + page);
            var html = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{page}: {answer.StatusCode}");
            Assert.True(html.Contains("모듈이 지금 응답하지 않습니다") || page == "/products/new" && html.Contains("새 상품"), page);
            Assert.DoesNotContain("style=", html);
            Assert.DoesNotContain("<script", html);
        }
    }

    [Fact]
    public async Task Strangers_are_sent_to_the_login_and_members_are_told_it_is_for_staff()
    {
        await using var desk = await LonelyDesk.Open();
        using var stranger = desk.Stranger();
        using var member = await desk.Member("member");
        foreach (var page in Pages.Append("/nowhere").Append("/products/import"))
        {
            var asked = await stranger.GetAsync("/backoffice" + page);
            Assert.Equal((HttpStatusCode.Redirect, "/backoffice/login"), (asked.StatusCode, asked.Headers.Location!.AbsolutePath));
            var refused = await member.GetAsync("/backoffice" + page);
            Assert.Equal((HttpStatusCode.Redirect, "/backoffice/denied"), (refused.StatusCode, refused.Headers.Location!.OriginalString));
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await member.GetAsync("/backoffice/denied")).StatusCode);
    }

    [Theory, InlineData($"/orders/{AnId}?handler=Cancel"), InlineData($"/products/{AnId}?handler=Retire"), InlineData("/stock"), InlineData("/parked"), InlineData("/parked?handler=Drop"), InlineData("/reviews?handler=Payment"), InlineData("/reviews?handler=Order"), InlineData("/books?handler=Compare"), InlineData("/books?handler=Decide"), InlineData("/reviews?handler=Replay"), InlineData("/products/import")]
    public async Task A_form_that_did_not_come_from_our_page_is_refused(string form)
    {
        await using var desk = await LonelyDesk.Open();
        using var staff = await desk.Member("staff");
        Assert.Equal(HttpStatusCode.BadRequest, (await staff.PostAsync("/backoffice" + form, new FormUrlEncodedContent([]))).StatusCode);
    }

    [Theory, InlineData("/backoffice/orders?status=Placed", "/backoffice/orders?status=Placed"), InlineData("//evil.example", "/backoffice"), InlineData("https://evil.example/backoffice", "/backoffice"), InlineData("/backofficeevil", "/backoffice"), InlineData("/backoffice/\\evil", "/backoffice/\\evil")]
    public async Task The_language_is_remembered_and_the_way_back_stays_here(string returnUrl, string goesTo)
    {
        await using var desk = await LonelyDesk.Open();
        using var staff = await desk.Member("staff");
        var answer = await staff.GetAsync("/backoffice/language/en?returnUrl=" + Uri.EscapeDataString(returnUrl));
        Assert.Equal(goesTo, Uri.UnescapeDataString(answer.Headers.Location!.OriginalString));
        Assert.Contains("<html lang=\"en\">", await staff.GetStringAsync("/backoffice/products/import"));
    }

    [Theory, InlineData("12,000", "KRW", 12_000L), InlineData(" 12000원 ", "KRW", 12_000L), InlineData("12.50", "USD", 1_250L), InlineData("12.5", "KRW", null), InlineData("12.505", "USD", null),
        InlineData("-1", "KRW", null), InlineData("많이", "KRW", null), InlineData("", "KRW", null), InlineData("99999999999999999999", "KRW", null)]
    public void An_amount_is_read_as_people_write_it(string text, string currency, long? minor) => Assert.Equal(minor, Form.Minor(text, currency));

    [Fact]
    public void Two_languages_share_a_field()
    {
        Assert.Equal(new LocalText("빨강", "Red"), Form.Both("빨강 | Red"));
        Assert.Equal(new LocalText("XL", "XL"), Form.Both(" XL "));
        Assert.Equal("빨강 | Red", Form.Both(new LocalText("빨강", "Red")));
        Assert.Equal("XL", Form.Both(new LocalText("XL", "XL")));
    }
}
