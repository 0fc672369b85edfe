using System.Net;
using Jangteo.Platform;
using Jangteo.Storefront.Pages.Posts;

namespace Jangteo.Storefront.Tests;

public sealed class WritingTests(LonelyShop shop) : IClassFixture<LonelyShop>
{
    static readonly string Post = $"/boards/free/{Guid.CreateVersion7()}";

    [Theory]
    [InlineData("?handler=Comment", "Comment"), InlineData("/edit", "Form.Body")]
    public async Task Who_was_logged_out_while_writing_finds_it_again_with_the_way_to_log_in(string path, string field)
    {
        var page = await Send(shop.Http, Post + path, (field, "한 시간 동안 쓴 글"));

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains(">한 시간 동안 쓴 글</textarea>", page.Text);
        Assert.Contains("로그인이 끝났어요", page.Text);
        Assert.Contains($"href=\"/login?returnUrl={Uri.EscapeDataString(Post + path.Split('?')[0])}\" target=\"_blank\"", page.Text);
    }

    [Theory]
    [InlineData("?handler=Comment", "Comment"), InlineData("/edit", "Form.Body")]
    public async Task What_comes_without_the_forms_token_is_shown_to_a_member_and_not_sent(string path, string field)
    {
        using var member = shop.Member();
        var page = await Send(member, Post + path, (field, "한 시간 동안 쓴 글"));

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains(">한 시간 동안 쓴 글</textarea>", page.Text);
        Assert.Contains("처리하지 못했어요", page.Text);
    }

    [Theory]
    [InlineData("Report"), InlineData("Delete"), InlineData("DeleteComment"), InlineData("Nothing")]
    public async Task Without_the_forms_token_nothing_else_is_done(string handler)
    {
        using var member = shop.Member();

        Assert.Equal(HttpStatusCode.BadRequest, (await Send(member, $"{Post}?handler={handler}&comment={Guid.CreateVersion7()}", ("Reason", "광고"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Send(shop.Http, $"{Post}?handler={handler}&comment={Guid.CreateVersion7()}", ("Reason", "광고"))).Status);
    }

    [Fact]
    public void Only_a_review_that_is_there_is_called_written()
    {
        var texts = new KoreanTexts();
        string? WhyNot(string type) => WritePage.WhyNot(new(409, $"urn:jangteo:problem:{type}", ""), texts);

        Assert.Equal(texts.ReviewAlreadyWritten, WhyNot("already-reviewed"));
        Assert.Equal(texts.ReviewNothingBought, WhyNot("not-purchased"));
        // The same press is being dealt with: trying again will do.
        Assert.Null(WhyNot("still-running"));
    }

    static async Task<(HttpStatusCode Status, string Text)> Send(HttpClient browser, string path, (string Name, string Value) field)
    {
        using var page = await browser.PostAsync(path, new FormUrlEncodedContent([KeyValuePair.Create(field.Name, field.Value)]));
        return (page.StatusCode, await page.Content.ReadAsStringAsync());
    }
}
