using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Platform.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Jangteo.Mall.Browser;

/// <summary>무통장입금 as the buyer and the staff see it.</summary>
public class BankTransferTests(BankTransferTests.Shop shop) : IClassFixture<BankTransferTests.Shop>
{
    public sealed class Shop() : BrowserMall(new(Layout.Together, PostgreSql: false),
        ("Payments:BankTransfer:Bank", "국민은행"), ("Payments:BankTransfer:AccountNumber", "123-45-678901"), ("Payments:BankTransfer:Holder", "장터 주식회사"));

    [Theory]
    [InlineData(Screen.Phone, "ko")]
    [InlineData(Screen.Desktop, "en")]
    public async Task A_shopper_is_told_the_account_and_staff_enter_what_came_in(Screen screen, string language)
    {
        var w = language == "ko" ? Words.Korean : Words.English;
        using var staff = await new Visitor(shop.Mall).AsStaff();
        using var buyer = await new Visitor(shop.Mall).SignUp();
        var product = await staff.NewProduct(stock: 10);
        await Eventually.Holds(async () => (await buyer.Cart.Put(product.Sku, 1)).Ok, "the cart knows the product");
        var code = "";
        await shop.Visit(screen, w, async page =>
        {
            await page.GotoAsync($"{w.Base}/login?returnUrl={w.Base}/checkout");
            await BrowserMall.LogIn(page, w, buyer.Email, Visitor.Password);
            await Order(page, w);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(w["입금을 기다리고 있어요", "We are waiting for your deposit"]);
            await Expect(page.GetByText("123-45-678901")).ToBeVisibleAsync();
            code = (await page.Locator("dl.deposit dd").Nth(4).InnerTextAsync()).Trim();
            await page.GetByRole(AriaRole.Link, new() { Name = w["주문 상세", "Order details"], Exact = true }).ClickAsync();
            await Expect(page.GetByText(code)).ToBeVisibleAsync();
        });
        var order = (await buyer.Orders.List()).Required.Items[0];

        await shop.Visit(screen, w, page => EnterDeposits(page, w, order.Total.Amount, code));

        await buyer.Becomes(order.Id, OrderStatus.Confirmed);
        await shop.Visit(screen, w, page => AskForRefund(page, w, order.Id));
        await LedgerCheck.Holds(shop.Mall);
    }

    static async Task Order(IPage page, Words w)
    {
        await page.GetByLabel(w["받는 분", "Recipient"]).FillAsync("김민수");
        await page.GetByLabel(w["휴대전화", "Mobile phone"]).FillAsync("010-1234-5678");
        await page.GetByLabel(w["우편번호", "Postal code"]).FillAsync("04524");
        await page.GetByLabel(w["주소", "Address"], new() { Exact = true }).FillAsync("서울 중구 세종대로 110");
        await page.GetByRole(AriaRole.Radio, new() { Name = w["무통장입금", "Bank transfer"] }).CheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = w["주문 내용을 확인했고 결제에 동의합니다", "I have checked my order and agree to pay"] }).CheckAsync();
        await page.Locator("button[data-once]").ClickAsync();
    }

    static async Task EnterDeposits(IPage page, Words w, long amount, string code)
    {
        await page.GotoAsync("/backoffice/deposits");
        await BrowserMall.LogIn(page, w, Staff.Email, Staff.Password);
        // The desk keeps its own language, Korean until somebody changes it.
        await page.GetByLabel("한 줄에 한 건씩: 일시, 금액, 입금자명").FillAsync($"{DateTime.UtcNow.AddHours(9):yyyy-MM-dd HH:mm}, \"{amount:N0}\", 김민수 {code}\n{DateTime.UtcNow.AddHours(9):yyyy-MM-dd HH:mm}, 777, 이름없음 {w.Base}");
        await page.GetByRole(AriaRole.Button, new() { Name = "등록", Exact = true }).ClickAsync();
        await Expect(page.GetByText("2건을 등록했고 1건이 주문과 일치했습니다.")).ToBeVisibleAsync();
        var strange = page.Locator("tr").Filter(new() { HasText = "이름없음" });
        await Expect(strange.GetByText("코드 없음")).ToBeVisibleAsync();
        await strange.GetByLabel("반환한 계좌나 방법").FillAsync("보낸 계좌로");
        await strange.GetByRole(AriaRole.Button, new() { Name = "반환 처리" }).ClickAsync();
        await Expect(page.GetByText("반환 처리했습니다.")).ToBeVisibleAsync();
    }

    // A transfer goes back by hand: nothing has been refunded yet, and nobody is told so.
    static async Task AskForRefund(IPage page, Words w, Guid order)
    {
        await page.GotoAsync($"/backoffice/orders/{order}");
        await BrowserMall.LogIn(page, w, Staff.Email, Staff.Password);
        await page.GetByLabel("사유").FillAsync("상자가 젖음");
        await page.GetByRole(AriaRole.Button, new() { Name = "환불", Exact = true }).ClickAsync();
        await Expect(page.GetByText("환불을 접수했습니다.")).ToBeVisibleAsync();
    }
}
