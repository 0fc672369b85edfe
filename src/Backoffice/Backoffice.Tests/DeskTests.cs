using System.Net;
using System.Text.RegularExpressions;
using Jangteo.Backoffice.Pages.Products;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
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

    [Fact]
    public async Task One_logs_out_by_a_button_and_not_by_a_link()
    {
        await using var desk = await LonelyDesk.Open();
        using var staff = await desk.Member("staff");
        using var member = await desk.Member("member");
        foreach (var page in new[] { await staff.GetStringAsync("/backoffice/products/import"), await (await member.GetAsync("/backoffice/denied")).Content.ReadAsStringAsync() })
        {
            Assert.Contains("<form method=\"post\" action=\"/backoffice/logout\">", page);
            Assert.DoesNotContain("href=\"/backoffice/logout\"", page);
        }
        Assert.Equal("/backoffice/", (await staff.GetAsync("/backoffice/logout")).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await staff.GetAsync("/backoffice/products/import")).StatusCode);
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

    [Theory, InlineData("/deposits?handler=Enter", "lines", "2026-11-25 10:30, 33000, 김하나 A2B3C4", false), InlineData($"/boards/qna/{AnId}?handler=Reply", "body", "내일 보냅니다.", true),
        InlineData($"/members/{AnId}?handler=Coupon", "code", "TENTH-1", false), InlineData($"/members/{AnId}?handler=Points", "reason", "늦은 배송", true),
        InlineData("/boards/notice/write", "Title", "설 연휴 배송 안내", true), InlineData("/stock", "reason", "파손", true), InlineData("/stock?low=true", "change", "500", true)]
    public async Task What_was_typed_stays_on_the_page_when_the_module_is_down(string form, string field, string typed, bool hasKey)
    {
        await using var desk = await LonelyDesk.Open();
        using var staff = await desk.Member("staff");
        (string, string)[] others = field == "change" ? [("sku", "HONEY-1"), ("reason", "파손")] : [("sku", "HONEY-1"), ("change", "500")];
        var page = await Post(staff, form, [(field, typed), .. others, .. hasKey ? [("key", "the-key-of-the-form")] : Array.Empty<(string, string)>()]);
        Assert.Contains("응답하지 않아 완료하지 못했습니다", page);
        Assert.Matches($"<(textarea|input)[^>]* name=\"{field}\"[^>]*(>| value=\"){Regex.Escape(typed)}[\"<]", page);
        // It may have been done all the same: sent again with its key, it is done once.
        Assert.Equal(hasKey, page.Contains("name=\"key\" value=\"the-key-of-the-form\""));
    }

    [Fact]
    public async Task An_import_that_was_not_answered_may_be_done_and_the_page_says_so()
    {
        await using var desk = await LonelyDesk.Open();
        using var staff = await desk.Member("staff");
        var form = new MultipartFormDataContent { { new StringContent(await FormToken(staff)), "__RequestVerificationToken" }, { new StringContent("slug"), "Csv", "products.csv" } };
        var page = await (await staff.PostAsync("/backoffice/products/import", form)).Content.ReadAsStringAsync();
        Assert.Contains("처리되었는지 확인한 뒤 다시 시도해 주세요.", page);
    }

    [Theory, InlineData("/products", "TEA100", "녹차"), InlineData("/products", "USB-C", "충전 케이블"), InlineData("/products", "TEA100,,", null), InlineData("/stock", "TEA100", "녹차"), InlineData("/stock", "USB-C", "충전 케이블")]
    public async Task A_product_is_found_by_any_SKU_and_by_a_name_that_looks_like_one(string list, string search, string? found)
    {
        ProductCard Card(string name) => new(Guid.Parse(AnId), "a", new(name, name), new("", ""), new("", ""), Money.Won(1), null, null, false, null, false, null, 0);
        await using var desk = await LonelyDesk.Open(modules =>
        {
            modules.MapGet("/api/catalog/products", (string? search, string? skus) =>
                new ProductList(skus == "TEA100" ? [Card("녹차")] : search == "USB-C" ? [Card("충전 케이블")] : [], null, 1, null));
            modules.MapGet("/api/catalog/products/{id}", (Guid id) => new ProductView(id, "a", new(found ?? "", ""), new("", ""), "", new("", ""), new("", ""), new("", ""),
                [], [], [new("A-1", [], Money.Won(1), null)], Money.Won(1), null, [], [], false, false, null, 0, 1));
        });
        using var staff = await desk.Member("staff");
        var page = await staff.GetStringAsync($"/backoffice{list}?search={search}");
        Assert.Contains(found ?? "검색된 상품이 없습니다.", page);
    }

    [Fact]
    public async Task Dropped_messages_are_shown_page_by_page()
    {
        await using var desk = await LonelyDesk.Open(modules => modules.MapGet("/api/{module}/parked", (string module, bool dropped, string? after) =>
            module != "orders" || !dropped ? new Page<ParkedView>([], null) : new Page<ParkedView>([Parked("inventory", after is null ? "first" : after)], after is null ? "second" : null)));
        using var staff = await desk.Member("staff");
        var first = await staff.GetStringAsync("/backoffice/parked?dropped=true");
        Assert.Contains("first", first);
        var next = Regex.Match(first, "<a [^>]*href=\"([^\"]+)\" rel=\"next\"").Groups[1].Value;
        var second = await staff.GetStringAsync("/backoffice/parked" + WebUtility.HtmlDecode(next));
        Assert.Contains(">second<", second);
        Assert.DoesNotContain("rel=\"next\"", second);
    }

    [Fact]
    public async Task Parked_messages_of_orders_are_to_review_wherever_they_lie_and_those_of_products_and_members_are_not()
    {
        var (order, product) = (Guid.CreateVersion7().ToString(), Guid.CreateVersion7().ToString());
        await using var desk = await LonelyDesk.Open(modules =>
        {
            modules.MapGet("/api/{module}/reviews", () => new Page<object>([], null));
            modules.MapGet("/api/{module}/parked", (string module, string? after) => (module, after) switch
            {
                ("orders", null) => new([Parked("catalog", product), Parked("identity", product)], "next"),
                ("orders", "next") => new([Parked("(due)", order)], null),
                ("cart", _) => new([Parked("orders", order), Parked("(due)", product)], null),
                _ => new Page<ParkedView>([], null),
            });
        });
        using var staff = await desk.Member("staff");
        foreach (var (path, shown) in new[] { ("/reviews", 2), ($"/orders/{order}/path", 2), ($"/orders/{product}/path", 0) })
            Assert.Equal(shown, Regex.Count(await staff.GetStringAsync("/backoffice" + path), "action=\"/backoffice/reviews\\?handler=Replay\""));
    }

    static ParkedView Parked(string producer, string key) => new(7, "handler", producer, "some-message", key, "{}", "It failed.", 8, DateTimeOffset.UtcNow, null);

    static async Task<string> FormToken(HttpClient staff) =>
        Regex.Match(await staff.GetStringAsync("/backoffice/deposits"), "name=\"__RequestVerificationToken\"[^>]* value=\"([^\"]+)\"").Groups[1].Value;

    static async Task<string> Post(HttpClient staff, string form, params (string Name, string Value)[] fields)
    {
        var answer = await staff.PostAsync("/backoffice" + form, new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), new("__RequestVerificationToken", await FormToken(staff))]));
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
