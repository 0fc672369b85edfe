using System.Text.RegularExpressions;
using Jangteo.Mall.Testing;
using Jangteo.Platform.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Jangteo.Mall.Browser;

public class TogetherInKorean(TogetherInKorean.Shop shop) : ShopperTests(shop, Screen.Desktop, Words.Korean), IClassFixture<TogetherInKorean.Shop> { public sealed class Shop() : BrowserMall(new(Layout.Together, PostgreSql: false)); }
public class ApartInEnglishOnAPhone(ApartInEnglishOnAPhone.Shop shop) : ShopperTests(shop, Screen.Phone, Words.English), IClassFixture<ApartInEnglishOnAPhone.Shop> { public sealed class Shop() : BrowserMall(new(Layout.Apart, PostgreSql: false)); }

/// <summary>The shopper's journey as a shopper sees it.</summary>
public abstract partial class ShopperTests(BrowserMall shop, Screen screen, Words w)
{
    readonly string _email = $"{Guid.NewGuid():N}@shopper.example";

    [Fact]
    public async Task A_shopper_signs_up_searches_buys_reviews_asks_cancels_and_withdraws()
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        var product = await staff.NewProduct(stock: 10);
        await shop.Visit(screen, w, async page =>
        {
            await SignUp(page);
            await Verify(page, staff);
            await page.GotoAsync($"{w.Base}/my");
            await Expect(page.GetByText(w["인증 완료", "Verified"], new() { Exact = true })).ToBeVisibleAsync();
            await Press(page, AriaRole.Main, w["로그아웃", "Log out"]);

            await SearchAndFilter(page);
            await PutInCart(page, product);
            await Login(page);
            await page.GotoAsync($"{w.Base}/cart");
            await Expect(page.GetByRole(AriaRole.Spinbutton)).ToHaveValueAsync("2");

            await Order(page, w["신용·체크카드", "Credit or debit card"], newAddress: true);
            await PayAtProvider(page);
            await OrderIsDone(page);
            var inTheirLanguage = $"{shop.Mall.Origin.GetLeftPart(UriPartial.Authority)}{w.Base}/orders/";
            await Eventually.Holds(async () => (await staff.Identity.Mails(limit: 50)).Required.Items.Any(m => m.To == _email && m.TextBody.Contains(inTheirLanguage, StringComparison.Ordinal)), "the mail leads to the order in the shopper's language");
            await Review(page, product);
            var secret = await AskSecretly(page, product);
            await shop.Visit(screen, w, stranger => CannotRead(stranger, secret));
            await BuyAndCancel(page, product);
            await WithdrawAndUndo(page);
        });
        await LedgerCheck.Holds(shop.Mall);
    }

    async Task SignUp(IPage page)
    {
        await page.GotoAsync($"{w.Base}/login");
        await page.GetByRole(AriaRole.Link, new() { Name = w["회원가입", "Sign up"] }).ClickAsync();
        await page.GetByLabel(w["이메일 주소", "E-mail address"]).FillAsync(_email);
        await page.GetByLabel(w["이름", "Name"], new() { Exact = true }).FillAsync("김민수");
        await page.GetByLabel(w["비밀번호", "Password"]).FillAsync(Visitor.Password);
        foreach (var consent in new[] { w["이용약관에 동의합니다", "I accept the terms of use"], w["개인정보 수집·이용에 동의합니다", "I agree to the use of my personal data"], w["만 14세 이상입니다", "I am 14 years old or older"] })
            await page.GetByRole(AriaRole.Checkbox, new() { Name = consent }).CheckAsync();
        await Press(page, AriaRole.Main, w["가입하기", "Sign up"]);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(w["환영합니다", "Welcome"]);
        // Through the shop's log-in, which asks for nothing again.
        await page.GetByRole(AriaRole.Link, new() { Name = w["계속하기", "Continue"] }).ClickAsync();
        await page.WaitForURLAsync(InTheShop());
    }

    async Task Verify(IPage page, Visitor staff)
    {
        string? link = null;
        await Eventually.Holds(async () =>
        {
            var mail = (await staff.Identity.Mails(limit: 50)).Required.Items.FirstOrDefault(m => m.To == _email);
            link = mail is null ? null : Link().Match(mail.TextBody) is { Success: true } match ? match.Value : null;
            return link is not null;
        }, "the verification mail was sent");
        await page.GotoAsync(link!);
        await Press(page, AriaRole.Main, w["확인하기", "Confirm"]);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(w["확인되었습니다", "Confirmed"]);
    }

    async Task Login(IPage page)
    {
        await page.GotoAsync($"{w.Base}/login");
        await BrowserMall.LogIn(page, w, _email, Visitor.Password);
        await page.WaitForURLAsync(InTheShop());
    }

    async Task SearchAndFilter(IPage page)
    {
        foreach (var words in new[] { "무선 이어폰", "apple", "사과" })
        {
            await page.GotoAsync($"{w.Base}/");
            await page.GetByRole(AriaRole.Searchbox, new() { Name = w["상품 검색", "Search products"] }).FillAsync(words);
            await page.GetByRole(AriaRole.Button, new() { Name = w["검색", "Search"], Exact = true }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(words);
            await Expect(page.Locator("main .card").First).ToBeVisibleAsync();
        }
        if (screen == Screen.Phone) await page.Locator("summary").Filter(new() { HasText = w["필터", "Filters"] }).ClickAsync();
        // A search is narrowed to one of the categories its products are in, and stays a search.
        await page.GetByRole(AriaRole.Complementary).GetByRole(AriaRole.Link, new() { Name = w["과일", "Fruit"] }).First.ClickAsync();
        await page.WaitForURLAsync(new Regex(@"/search\?q=[^&]+&category=fruit$"));
        await Expect(page.Locator("main .card").First).ToBeVisibleAsync();
        if (screen == Screen.Phone) await page.Locator("summary").Filter(new() { HasText = w["필터", "Filters"] }).ClickAsync();
        await page.GetByLabel(w["최고 가격", "Highest price"]).FillAsync("1000000");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = w["품절 상품 제외", "In stock only"] }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = w["적용하기", "Apply"], Exact = true }).ClickAsync();
        await page.WaitForURLAsync(new Regex("inStock=true"));
        await Expect(page.Locator("main .card").First).ToBeVisibleAsync();
        await Expect(page.Locator("main .card.sold-out")).ToHaveCountAsync(0);
    }

    async Task PutInCart(IPage page, NewProduct product)
    {
        await OpenProduct(page, product);
        await page.GetByRole(AriaRole.Button, new() { Name = w["수량 늘리기", "One more"] }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = w["장바구니 담기", "Add to cart"], Exact = true }).ClickAsync();
        await Expect(page.GetByText(w["장바구니에 담았어요.", "Added to your cart."])).ToBeVisibleAsync();
    }

    async Task OpenProduct(IPage page, NewProduct product)
    {
        await page.GotoAsync($"{w.Base}/products/{product.Slug}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(w["시험 상품", "Test product"]);
        // Pages of the shop are the same for all; the token of a visitor arrives after them.
        await page.Locator("form.buy input[name=__RequestVerificationToken]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    /// <summary>From the cart or a product's page to the press of the button that pays.</summary>
    async Task Order(IPage page, string method, bool newAddress)
    {
        if (!page.Url.EndsWith("/checkout", StringComparison.Ordinal)) await page.GotoAsync($"{w.Base}/checkout");
        if (newAddress)
        {
            await page.GetByLabel(w["받는 분", "Recipient"]).FillAsync("김민수");
            await page.GetByLabel(w["휴대전화", "Mobile phone"]).FillAsync("010-1234-5678");
            await page.GetByLabel(w["우편번호", "Postal code"]).FillAsync("04524");
            await page.GetByLabel(w["주소", "Address"], new() { Exact = true }).FillAsync("서울 중구 세종대로 110");
            await page.GetByRole(AriaRole.Checkbox, new() { Name = w["이 배송지 저장하기", "Save this address"] }).CheckAsync();
        }
        await page.GetByRole(AriaRole.Radio, new() { Name = method }).CheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = w["주문 내용을 확인했고 결제에 동의합니다", "I have checked my order and agree to pay"] }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = PayButton() }).ClickAsync();
    }

    async Task PayAtProvider(IPage page)
    {
        await page.WaitForURLAsync(new Regex("/sandbox-pay/"));
        await page.GetByLabel(w["카드 번호", "Card number"]).FillAsync("4242 4242 4242 4242");
        await page.GetByLabel(w["유효기간", "Expiry"]).FillAsync("12/30");
        await page.GetByLabel(w["보안 코드", "Security code"]).FillAsync("123");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = PayButton() }).ClickAsync();
    }

    Task OrderIsDone(IPage page) =>
        Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(w["주문이 완료되었어요", "Thank you, your order is complete"]);

    async Task Review(IPage page, NewProduct product)
    {
        using var shopper = new Visitor(shop.Mall);
        await shopper.Login(_email, Visitor.Password);
        await Eventually.Holds(async () => (await shopper.Board.Reviewable(product.ProductId)).Required.Count == 1, "the purchase may be reviewed");

        if (w == Words.Korean)
        {
            await page.GetByRole(AriaRole.Link, new() { Name = w["주문 상세", "Order details"], Exact = true }).ClickAsync();
            await page.GetByRole(AriaRole.Link, new() { Name = w["후기 쓰기", "Write a review"] }).ClickAsync();
        }
        // The board's own form lists what was bought.
        else await page.GotoAsync($"{w.Base}/boards/review/write");
        await page.Locator("label").Filter(new() { HasText = w["4점", "4 stars"] }).ClickAsync();
        await Write(page, w["좋아요", "Good"], w["정말 **맛있어요**", "Really **tasty**"]);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(w["좋아요", "Good"]);
        await Expect(page.GetByText(w["구매 확인", "Verified purchase"], new() { Exact = true })).ToBeVisibleAsync();
    }

    async Task<Uri> AskSecretly(IPage page, NewProduct product)
    {
        await OpenProduct(page, product);
        await page.GetByRole(AriaRole.Link, new() { Name = w["문의하기", "Ask a question"] }).ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = w["비밀글로 쓰기", "Secret"] }).CheckAsync();
        await Write(page, w["비밀 문의", "A secret question"], w["배송은 언제 되나요?", "When will it arrive?"]);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(w["비밀 문의", "A secret question"]);
        return new(page.Url);
    }

    async Task CannotRead(IPage page, Uri secret)
    {
        await page.GotoAsync(secret.ToString());
        // It may be the visitor's own, so who they are is asked first.
        Assert.Contains("/login", page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain(w["언제", "When will"], await page.ContentAsync(), StringComparison.Ordinal);
    }

    async Task Write(IPage page, string title, string body)
    {
        await page.GetByLabel(w["제목", "Title"], new() { Exact = true }).FillAsync(title);
        await page.GetByLabel(w["내용", "Text"], new() { Exact = true }).FillAsync(body);
        await page.GetByRole(AriaRole.Button, new() { Name = w["등록하기", "Post"], Exact = true }).ClickAsync();
    }

    async Task BuyAndCancel(IPage page, NewProduct product)
    {
        await OpenProduct(page, product);
        await page.GetByRole(AriaRole.Button, new() { Name = w["바로구매", "Buy now"] }).ClickAsync();
        await Order(page, w["간편결제", "Instant payment"], newAddress: false);
        await OrderIsDone(page);
        await page.GetByRole(AriaRole.Link, new() { Name = w["주문 상세", "Order details"], Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = w["주문 취소", "Cancel order"] }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = w["주문취소", "Cancelled"], Level = 2 })).ToBeVisibleAsync();
        // The refund is on its way; the page shows it when it is opened after that.
        await Eventually.Holds(async () =>
        {
            await page.ReloadAsync();
            return await page.GetByText(w["환불한 금액", "Refunded"], new() { Exact = true }).First.IsVisibleAsync();
        }, "the refund shows on the order");
    }

    async Task WithdrawAndUndo(IPage page)
    {
        await page.GotoAsync($"{w.Base}/my/withdrawal");
        await page.GetByLabel(w["비밀번호", "Password"]).FillAsync(Visitor.Password);
        await page.GetByRole(AriaRole.Checkbox, new() { Name = w["안내를 읽었고 탈퇴에 동의합니다", "I have read this and want to close my account"] }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = w["탈퇴하기", "Close my account"], Exact = true }).ClickAsync();
        // Withdrawing ended all log-ins, so whoever changes their mind logs in again.
        var undo = page.GetByRole(AriaRole.Button, new() { Name = w["탈퇴 취소하기", "Keep my account"] });
        var login = page.GetByLabel(w["이메일 주소", "E-mail address"]);
        await Expect(undo.Or(login)).ToBeVisibleAsync();
        if (await login.IsVisibleAsync())
        {
            await Login(page);
            await page.GotoAsync($"{w.Base}/my/withdrawal");
        }
        await undo.ClickAsync();
        await Expect(page.GetByText(w["탈퇴를 취소했어요.", "Your account is kept."])).ToBeVisibleAsync();
    }

    static Task Press(IPage page, AriaRole within, string button) => page.GetByRole(within).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Any page of the shop itself, in the language of the visit.</summary>
    Regex InTheShop() => new($"^{Regex.Escape(shop.Mall.Origin.GetLeftPart(UriPartial.Authority) + w.Base)}/(?!identity|connect|login|signin)");

    [GeneratedRegex("결제하기$|^Pay ")] private static partial Regex PayButton();
    [GeneratedRegex(@"http\S+/identity/verify\S+")] private static partial Regex Link();
}
