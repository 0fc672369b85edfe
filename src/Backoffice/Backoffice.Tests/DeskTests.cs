using System.Net;
using System.Text.RegularExpressions;
using Jangteo.Backoffice.Pages.Products;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;

namespace Jangteo.Backoffice.Tests;

public class DeskTests
{
    const string AnId = "019ac1d2-0000-7000-8000-000000000001";

    static readonly string[] Pages =
    [
        "", "/orders", "/orders?status=Confirmed&search=x", $"/orders/{AnId}", $"/orders/{AnId}/path", "/orders/shipments", "/reviews", "/books", "/products", "/products/new", $"/products/{AnId}", "/stock", "/stock?low=true", "/stock/movements",
        "/boards", "/boards?board=qna", "/boards?reported=true", $"/boards/notice/{AnId}/edit", $"/boards/qna/{AnId}", "/members", $"/members/{AnId}", "/deposits", "/mails", "/parked", "/parked?dropped=true",
    ];

    static readonly string[] AllClear = ["차이가 없습니다.", "검토할 주문이 없습니다.", "재고가 넉넉합니다.", "모두 답변했습니다."];
    static readonly Words Korean = new(new HttpContextAccessor());

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
            Assert.All(AllClear, text => Assert.DoesNotContain(text, html));
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

    [Theory, InlineData("2026-11-25 10:30, 32,000, 김하나 A2B3C4"), InlineData("2026-11-25 10:30, 32,000원"), InlineData("2026-11-25 10:30, 1,032,000, 김하나")]
    public async Task An_amount_torn_apart_by_its_comma_is_named_and_not_read_as_another(string torn)
    {
        await using var desk = await LonelyDesk.Open();
        using var staff = await desk.Member("staff");
        var page = await Post(staff, "/deposits?handler=Enter", ("lines", $"2026-11-25 10:29, \"31,000\", 김둘 B2B3C4\n{torn}"));
        Assert.Contains("아무것도 등록하지 않았습니다. 읽을 수 없는 줄: 2<", page);
        Assert.Contains(torn, page);
    }

    [Theory, InlineData("/deposits?handler=Enter", "lines", "2026-11-25 10:30, 33000, 김하나 A2B3C4"), InlineData($"/boards/qna/{AnId}?handler=Reply", "body", "내일 보냅니다."),
        InlineData($"/members/{AnId}?handler=Coupon", "code", "TENTH-1"), InlineData($"/members/{AnId}?handler=Points", "reason", "늦은 배송")]
    public async Task What_was_typed_stays_on_the_page_when_the_module_is_down(string form, string field, string typed)
    {
        await using var desk = await LonelyDesk.Open();
        using var staff = await desk.Member("staff");
        var page = await Post(staff, form, (field, typed), ("change", "500"), ("key", "the-key-of-the-form"));
        Assert.Contains("응답하지 않아 완료하지 못했습니다", page);
        Assert.Matches($"<(textarea|input)[^>]* name=\"{field}\"[^>]*(>| value=\"){Regex.Escape(typed)}[\"<]", page);
        // It may have been done all the same: sent again with its key, it is done once.
        Assert.Equal(form.EndsWith("Reply", StringComparison.Ordinal) || form.EndsWith("Points", StringComparison.Ordinal), page.Contains("name=\"key\" value=\"the-key-of-the-form\""));
    }

    static async Task<string> Post(HttpClient staff, string form, params (string Name, string Value)[] fields)
    {
        var token = Regex.Match(await staff.GetStringAsync("/backoffice/deposits"), "name=\"__RequestVerificationToken\"[^>]* value=\"([^\"]+)\"").Groups[1].Value;
        var answer = await staff.PostAsync("/backoffice" + form, new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), new("__RequestVerificationToken", token)]));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    [Theory, InlineData("", "12,000", "", "SKU를 입력해 주세요."), InlineData("HONEY-1", "", "", "SKU HONEY-1의 가격을 숫자로 입력해 주세요."),
        InlineData("HONEY-1", "12,000", "많이", "할인 전 가격을 숫자로 입력해 주세요."), InlineData("HONEY-1", "12,000", "", null)]
    public void A_row_that_somebody_began_is_complained_about_and_blank_ones_are_left_out(string sku, string price, string listPrice, string? complaint)
    {
        var form = new ProductForm { ListPrice = listPrice, Skus = [new() { Sku = sku, Price = price }] };
        form.AddBlanks();
        var edit = form.Edit("KRW", [], Korean, out var wrong);
        Assert.Equal((complaint, complaint is null ? 1 : (int?)null), (wrong, edit?.Skus.Count));
    }

    [Theory, InlineData("The column is missing.", "열이 없습니다."), InlineData("Not UTF-8. Save the file as \"CSV UTF-8\".", "UTF-8이 아닙니다. ‘CSV UTF-8’로 저장해 주세요."),
        InlineData("The field reason must match the regular expression '^.+$'.", "형식이 맞지 않습니다."), InlineData("Belongs to honey.", "값을 확인해 주세요. (Belongs to honey.)")]
    public void A_modules_complaint_is_said_in_Korean(string english, string korean) => Assert.Equal(korean, Korean.Complaint(english));

    [Fact]
    public void A_refusal_names_the_fields_as_the_form_does() =>
        Assert.Equal("SKU 2: 중복되었습니다.\n설명 (영어): 값을 확인해 주세요. (Why.)\n옵션: 값을 확인해 주세요. (Why.)",
            Korean.Refusal(new Problem(400, "urn:invalid", "Invalid", new() { ["skus[1].sku"] = ["Given twice."], ["description.en"] = ["Why."], ["optionNames[0].ko"] = ["Why."] })));

    [Fact]
    public void Two_languages_share_a_field()
    {
        Assert.Equal(new LocalText("빨강", "Red"), Form.Both("빨강 | Red"));
        Assert.Equal(new LocalText("XL", "XL"), Form.Both(" XL "));
        Assert.Equal("빨강 | Red", Form.Both(new LocalText("빨강", "Red")));
        Assert.Equal("XL", Form.Both(new LocalText("XL", "XL")));
    }
}
