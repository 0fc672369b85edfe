using System.Text.RegularExpressions;
using Jangteo.Board.Contracts;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Jangteo.Mall.Browser;

/// <summary>What the shop's forms and pages answer when something is not as it should be, in the visitor's words.</summary>
public class FormTests(FormTests.Shop shop) : IClassFixture<FormTests.Shop>
{
    public sealed class Shop() : BrowserMall(new(Layout.Together, PostgreSql: false));

    [Fact]
    public async Task Whoever_writes_for_the_shop_is_named_in_the_language_of_the_page_and_not_of_the_browser()
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        var title = $"Notice {Guid.NewGuid():N}";
        (await staff.Board.Write(Boards.Notice, new(title, "Open on Sunday"), Guid.CreateVersion7().ToString())).Required.ToString();

        await shop.Visit(Screen.Desktop, Words.Korean, page => IsBy(page, "/en", title, "Jangteo"));
        await shop.Visit(Screen.Desktop, Words.English, page => IsBy(page, "", title, "장터"));
    }

    static async Task IsBy(IPage page, string pathBase, string title, string author)
    {
        await page.GotoAsync($"{pathBase}/boards/notice");
        var post = page.Locator("a.post").Filter(new() { HasText = title });
        await Expect(post.Locator(".post-meta")).ToContainTextAsync(author);
        await post.ClickAsync();
        await Expect(page.Locator(".article-head .post-meta")).ToContainTextAsync(author);
    }

    [Fact]
    public async Task A_character_that_no_module_takes_is_complained_of_in_Korean_at_its_field()
    {
        using var member = await new Visitor(shop.Mall).SignUp();
        var post = (await member.Board.Write(Boards.Free, new("글", "내용"), Guid.CreateVersion7().ToString())).Required;

        await shop.Visit(Screen.Desktop, Words.Korean, async page =>
        {
            await LogIn(page, member.Email, Visitor.Password, "/boards/free/write");
            await page.GetByLabel("제목").FillAsync("가\t나");
            await page.GetByLabel("내용").FillAsync("다");
            await Press(page, "등록하기");
            await IsComplainedOf(page, "제목", "#Form-Title");

            await page.GotoAsync($"/boards/free/{post.Id}");
            await page.GetByLabel("댓글 쓰기").FillAsync("가\u0001나");
            await Press(page, "보내기");
            await Expect(page.Locator("#Comment-error")).ToHaveTextAsync("다시 확인해 주세요.");

            await page.GotoAsync("/my");
            await page.GetByLabel("이름").FillAsync("김\t민수");
            await Press(page, "저장하기");
            await IsComplainedOf(page, "이름", "#Name");

            await page.GotoAsync("/my/addresses");
            await FillAddress(page, "서울 중구\t세종대로 110");
            await Press(page, "저장하기");
            await IsComplainedOf(page, "주소", "#Form-Address");
        });
    }

    static async Task IsComplainedOf(IPage page, string label, string field)
    {
        await Expect(page.GetByRole(AriaRole.Alert).GetByRole(AriaRole.Link, new() { Name = $"{label}: 다시 확인해 주세요." })).ToHaveAttributeAsync("href", field);
        await Expect(page.Locator($"{field}-error")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_question_about_a_product_that_is_not_there_leads_to_no_field_that_is_not_there()
    {
        using var member = await new Visitor(shop.Mall).SignUp();
        await shop.Visit(Screen.Desktop, Words.Korean, async page =>
        {
            await LogIn(page, member.Email, Visitor.Password, $"/boards/qna/write?productId={Guid.CreateVersion7()}");
            await page.GetByLabel("제목").FillAsync("있나요?");
            await page.GetByLabel("내용").FillAsync("없나요?");
            await Press(page, "등록하기");
            var said = page.GetByRole(AriaRole.Alert);
            await Expect(said).ToContainTextAsync("다시 확인해 주세요.");
            await Expect(said.GetByRole(AriaRole.Link)).ToHaveCountAsync(0);
        });
    }

    [Fact]
    public async Task A_review_that_is_there_is_called_written()
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        using var buyer = await new Visitor(shop.Mall).SignUp();
        var product = await staff.NewProduct(stock: 10);
        var order = await buyer.PlaceOrder(PaymentMethods.Instant, new SkuQuantity(product.Sku, 1));
        await Eventually.Holds(async () => (await buyer.Board.Reviewable(product.ProductId)).Required.Count == 1, "the purchase may be reviewed");

        await shop.Visit(Screen.Desktop, Words.Korean, async page =>
        {
            await LogIn(page, buyer.Email, Visitor.Password, $"/boards/review/write?productId={product.ProductId}&orderId={order.Id}&sku={product.Sku}");
            await page.Locator("label").Filter(new() { HasText = "4점" }).ClickAsync();
            await page.GetByLabel("제목").FillAsync("좋아요");
            await page.GetByLabel("내용").FillAsync("맛있어요");
            // Written at another device meanwhile.
            (await buyer.Board.Write(Boards.Review, new("먼저", "썼어요", product.ProductId, product.Sku, order.Id, 5), Guid.CreateVersion7().ToString())).Required.ToString();
            await Press(page, "등록하기");
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("이 주문에 대한 후기를 이미 쓰셨어요.");
            // It is of a product, which is named and linked.
            await page.GotoAsync("/boards/review");
            await page.Locator("a.post").Filter(new() { HasText = "먼저" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = "상품: 시험 상품" })).ToHaveAttributeAsync("href", $"/products/{product.Slug}");
        });
    }

    [Fact]
    public async Task Staff_who_would_leave_are_told_that_they_cannot_and_a_wrong_password_is_called_wrong() =>
        await shop.Visit(Screen.Desktop, Words.Korean, async page =>
        {
            await LogIn(page, Staff.Email, Staff.Password, "/my/withdrawal");
            foreach (var (password, said) in new[] { ("not the password 1", "비밀번호: 비밀번호가 맞지 않아요."), (Staff.Password, "직원 계정은 여기에서 탈퇴할 수 없어요.") })
            {
                await page.GetByLabel("비밀번호").FillAsync(password);
                await page.GetByRole(AriaRole.Checkbox, new() { Name = "안내를 읽었고 탈퇴에 동의합니다" }).CheckAsync();
                await Press(page, "탈퇴하기");
                await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(said);
            }
        });

    [Fact]
    public async Task An_address_saved_twice_is_kept_once()
    {
        using var member = await new Visitor(shop.Mall).SignUp();
        await shop.Visit(Screen.Phone, Words.Korean, async page =>
        {
            await LogIn(page, member.Email, Visitor.Password, "/my/addresses");
            foreach (var street in new[] { "서울 중구 세종대로 110", "서울 중구 세종대로 110", "서울 중구 을지로 1" })
            {
                await FillAddress(page, street);
                await Press(page, "저장하기");
                await Expect(page.GetByText("저장했어요.")).ToBeVisibleAsync();
                await page.GotoAsync("/my/addresses");
            }
        });
        Assert.Equal(["서울 중구 세종대로 110", "서울 중구 을지로 1"], (await member.Identity.Me()).Required.Addresses.Select(a => a.Address1));
    }

    [Fact]
    public async Task A_comment_written_while_the_login_ended_is_sent_after_logging_in_again()
    {
        using var member = await new Visitor(shop.Mall).SignUp();
        var post = (await member.Board.Write(Boards.Free, new("글", "내용"), Guid.CreateVersion7().ToString())).Required;

        await shop.Visit(Screen.Phone, Words.Korean, async page =>
        {
            var comment = page.GetByLabel("댓글 쓰기");
            await LogIn(page, member.Email, Visitor.Password, $"/boards/free/{post.Id}");
            await comment.FillAsync("오래 쓴 댓글");
            await page.Context.ClearCookiesAsync(new() { Name = "jangteo_shop" });
            await Press(page, "보내기");
            await Expect(page.Locator("#Comment-error")).ToContainTextAsync("로그인이 끝났어요.");
            await Expect(comment).ToHaveValueAsync("오래 쓴 댓글");
            Assert.Empty((await member.Board.Post(Boards.Free, post.Id)).Required.Comments);

            // Identity still knows who it is, so the new window need not ask.
            var window = await page.RunAndWaitForPopupAsync(() => page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "로그인" }).ClickAsync());
            await Expect(window.Locator("[data-personal=personal-links]")).ToContainTextAsync("로그아웃");
            await Press(page, "보내기");
            await Expect(comment).ToHaveValueAsync("오래 쓴 댓글");
            await Press(page, "보내기");
            await Expect(page.GetByText("댓글을 남겼어요.")).ToBeVisibleAsync();
        });
        Assert.Single((await member.Board.Post(Boards.Free, post.Id)).Required.Comments);
    }

    [Fact]
    public async Task Who_gives_up_paying_comes_back_in_their_language_and_may_choose_the_other()
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        using var buyer = await new Visitor(shop.Mall).SignUp();
        var order = await buyer.PlaceOrder(PaymentMethods.Card, new SkuQuantity((await staff.NewProduct(stock: 10)).Sku, 1));

        await shop.Visit(Screen.Desktop, Words.English, async page =>
        {
            await page.GotoAsync($"/en/login?returnUrl=/en/orders/{order.Id}/pay");
            await BrowserMall.LogIn(page, Words.English, buyer.Email, Visitor.Password);
            await page.WaitForURLAsync("**/sandbox-pay/**");
            await page.Locator("a.back").ClickAsync();
            var heading = page.GetByRole(AriaRole.Heading, new() { Level = 1 });
            await Expect(heading).ToHaveTextAsync("Payment not completed");
            await page.GetByRole(AriaRole.Link, new() { Name = "한국어" }).First.ClickAsync();
            await Expect(heading).ToHaveTextAsync("결제가 완료되지 않았어요");
        });
    }

    static async Task LogIn(IPage page, string email, string password, string then)
    {
        await page.GotoAsync($"/login?returnUrl={Uri.EscapeDataString(then)}");
        await BrowserMall.LogIn(page, Words.Korean, email, password);
        await page.WaitForURLAsync(new Regex(Regex.Escape(then) + "$"));
    }

    static async Task FillAddress(IPage page, string street)
    {
        foreach (var (label, value) in new[] { ("배송지 이름", "우리집"), ("받는 분", "김민수"), ("휴대전화", "010-1234-5678"), ("우편번호", "04524"), ("주소", street) })
            await page.GetByLabel(label, new() { Exact = true }).FillAsync(value);
    }

    static Task Press(IPage page, string name) => page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();
}

/// <summary>A shop whose provider does not answer, so that what was ordered stays unpaid.</summary>
public class UnpaidTests(UnpaidTests.Shop shop) : IClassFixture<UnpaidTests.Shop>
{
    public sealed class Shop() : BrowserMall(new(Layout.Together, PostgreSql: false), ("Modules:sandboxpay:Address", "http://127.0.0.1:9"));

    [Fact]
    public async Task Who_pays_without_a_page_is_told_of_the_payment_and_not_of_the_stock()
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        using var buyer = await new Visitor(shop.Mall).SignUp();
        var order = await buyer.PlaceOrder(PaymentMethods.Instant, new SkuQuantity((await staff.NewProduct(stock: 10)).Sku, 1));
        await Eventually.Holds(async () => (await buyer.Payments.Start(order.Id)).Problem!.Is("no-page"), "Payments has heard of the order");

        await shop.Visit(Screen.Phone, Words.Korean, async page =>
        {
            await page.GotoAsync($"/login?returnUrl=/orders/{order.Id}/pay");
            await BrowserMall.LogIn(page, Words.Korean, buyer.Email, Visitor.Password);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("결제를 확인하고 있어요");
            Assert.EndsWith("/done", page.Url, StringComparison.Ordinal);
        });
    }
}
