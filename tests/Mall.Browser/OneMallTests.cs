using System.Net.Http.Json;
using System.Text;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Jangteo.Board.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Jangteo.Mall.Browser;

/// <summary>What must hold at one mall whichever way it is laid out: the Backoffice, pages for everybody, pages without script.</summary>
public class OneMallTests(OneMallTests.Shop shop) : IClassFixture<OneMallTests.Shop>
{
    public sealed class Shop() : BrowserMall(new(Layout.Together, PostgreSql: false));

    [Fact]
    public async Task Staff_ship_an_order_correct_the_stock_and_hide_a_post()
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        using var buyer = await new Visitor(shop.Mall).SignUp();
        var product = await staff.NewProduct(stock: 10);
        var order = await buyer.PlaceOrder(PaymentMethods.Instant, new SkuQuantity(product.Sku, 2));
        await buyer.Becomes(order.Id, OrderStatus.Confirmed);
        var title = $"나쁜 글 {Guid.NewGuid():N}";
        var post = (await buyer.Board.Write(Boards.Free, new(title, "광고입니다"), Guid.CreateVersion7().ToString())).Required;

        await shop.Visit(Screen.Desktop, Words.Korean, async page =>
        {
            await page.GotoAsync("/backoffice");
            await BrowserMall.LogIn(page, Words.Korean, Staff.Email, Staff.Password);
            await Ship(page, (await buyer.Orders.Get(order.Id)).Required.Number);
            await CorrectStock(page, product.Sku);
            await Hide(page, title);
        });

        Assert.Equal(OrderStatus.Shipped, (await buyer.Orders.Get(order.Id)).Required.Status);
        Assert.Equal(15, (await staff.Inventory.Stock([product.Sku])).Required.Single().Available);
        Assert.True((await staff.Board.Post(Boards.Free, post.Id)).Required.Hidden);
        await LedgerCheck.Holds(shop.Mall);
    }

    [Fact]
    public async Task Staff_send_many_orders_at_once_and_correct_the_number_that_was_refused()
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        using var buyer = await new Visitor(shop.Mall).SignUp();
        var product = await staff.NewProduct(stock: 10);
        var orders = new List<OrderView>();
        for (var i = 0; i < 2; i++)
        {
            orders.Add(await buyer.PlaceOrder(PaymentMethods.Instant, new SkuQuantity(product.Sku, 1)));
            await buyer.Becomes(orders[i].Id, OrderStatus.Confirmed);
        }

        await shop.Visit(Screen.Desktop, Words.Korean, async page =>
        {
            await page.GotoAsync("/backoffice/orders/shipments");
            await BrowserMall.LogIn(page, Words.Korean, Staff.Email, Staff.Password);
            await page.GetByLabel("택배사").FillAsync("한진택배");
            await page.GetByLabel($"운송장 번호 {orders[0].Number}").FillAsync("500000000001");
            await page.GetByLabel($"운송장 번호 {orders[1].Number}").FillAsync("12");
            await Button(page, "배송 시작");
            await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = orders[1].Number })).ToBeVisibleAsync();
            await Expect(page.GetByLabel($"운송장 번호 {orders[0].Number}")).ToHaveCountAsync(0);
            await Expect(page.GetByLabel($"운송장 번호 {orders[1].Number}")).ToHaveValueAsync("12");
            await page.GetByLabel($"운송장 번호 {orders[1].Number}").FillAsync("500000000002");
            await Button(page, "배송 시작");
            await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("1건의 배송을 시작했습니다.");
        });

        foreach (var order in orders) Assert.Equal(OrderStatus.Shipped, (await buyer.Orders.Get(order.Id)).Required.Status);
        Assert.Equal("500000000002", (await buyer.Orders.Get(orders[1].Id)).Required.TrackingNumber);
    }

    [Fact]
    public async Task A_product_that_was_refused_keeps_what_was_typed_and_once_corrected_nothing_is_complained_about()
    {
        var run = Guid.NewGuid().ToString("N")[..8];
        await shop.Visit(Screen.Desktop, Words.Korean, async page =>
        {
            await page.GotoAsync("/backoffice/products/new");
            await BrowserMall.LogIn(page, Words.Korean, Staff.Email, Staff.Password);
            foreach (var (label, value) in new[] { ("이름 (한국어)", "시험 꿀"), ("이름 (영어)", "Test honey"), ("브랜드 (한국어)", "꿀벌"), ("브랜드 (영어)", "Bee"), ("주소 이름", $"Test {run}") })
                await page.GetByLabel(label, new() { Exact = true }).FillAsync(value);
            await page.GetByLabel("분류", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Index = 3 });
            await page.Locator("[name='Input.Skus[0].Sku']").FillAsync($"HONEY-{run.ToUpperInvariant()}");
            await page.Locator("[name='Input.Skus[0].Price']").FillAsync("12,000");
            await Button(page, "저장");
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("주소 이름: 영문 소문자와");
            await Expect(page.GetByLabel("이름 (한국어)", new() { Exact = true })).ToHaveValueAsync("시험 꿀");
            await page.GetByLabel("주소 이름", new() { Exact = true }).FillAsync($"test-{run}");
            await Button(page, "저장");
            await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("저장했습니다.");
            await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        });
    }

    [Theory, InlineData(Screen.Desktop, "ko"), InlineData(Screen.Phone, "en")]
    public async Task Staff_see_why_an_order_hangs_and_repair_the_books(Screen screen, string language)
    {
        var w = language == "ko" ? Words.Korean : Words.English;
        using var staff = await new Visitor(shop.Mall).AsStaff();
        using var buyer = await new Visitor(shop.Mall).SignUp();
        var product = await staff.NewProduct(stock: 10);
        var order = await buyer.PlaceOrder(PaymentMethods.Instant, new SkuQuantity(product.Sku, 2));
        await buyer.Becomes(order.Id, OrderStatus.Confirmed);
        await RefundAtTheProvider((await staff.Payments.Get(order.Id)).Required);
        Assert.True((await buyer.Orders.Cancel(order.Id)).Ok);
        await Eventually.Holds(async () => (await staff.Payments.Reviews()).Required.Items.Any(r => r.OrderId == order.Id), "the refused refund waits for staff");
        var barriers = new List<string>();

        await shop.Visit(screen, w, bypassPolicy: true, deed: async page =>
        {
            await page.GotoAsync("/backoffice");
            await BrowserMall.LogIn(page, w, Staff.Email, Staff.Password);
            await page.GotoAsync($"/backoffice/language/{language}?returnUrl=/backoffice/reviews");
            await Expect(page.GetByText(w["환불이 거절됨", "A refund was refused"])).ToBeVisibleAsync();
            barriers.AddRange(await Barriers(page));
            await page.GetByRole(AriaRole.Link, new() { Name = order.Id.ToString()[..13] }).ClickAsync();
            await Expect(page.GetByText(w["환불 거절됨", "Refund refused"], new() { Exact = true })).ToBeVisibleAsync();
            barriers.AddRange(await Barriers(page));
            await page.GotoAsync("/backoffice/books");
            await Button(page, w["지금 대조하기", "Compare now"]);
            await Eventually.Holds(async () => (await staff.Payments.Differences()).Required.Items.Any(d => d.OrderId == order.Id), "the difference is found");
            await page.GotoAsync("/backoffice/books");
            barriers.AddRange(await Barriers(page));
            await page.GetByLabel(w["사유", "Reason"]).FillAsync(w["결제사 화면에서 환불한 것을 확인함", "Seen in the provider's console"]);
            await Button(page, w["이대로 수정", "Repair like this"]);
            await Expect(page.GetByText(w["차이가 없습니다.", "Nothing differs."])).ToBeVisibleAsync();
            await page.GotoAsync("/backoffice/reviews");
            await Expect(page.GetByText(w["검토할 주문이 없습니다.", "Nothing waits for you."])).ToBeVisibleAsync();
        });
        Assert.True(barriers.Count == 0, string.Join("\n", barriers));
        await LedgerCheck.Holds(shop.Mall);
    }

    /// <summary>As somebody would in the provider's console, past our own books.</summary>
    async Task RefundAtTheProvider(PaymentView payment)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Data:Folder"] = shop.Mall.DataFolder }).Build();
        using var http = new HttpClient { BaseAddress = shop.Mall.Origin };
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ServiceSecrets.Of("sandbox-pay", settings)}:")));
        http.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        (await http.PostAsJsonAsync($"/sandbox-pay/api/payments/{payment.Ledger[0].Reference}/refunds", new { amount = payment.Captured, reason = "by hand" }, MessageFormat.Json)).EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData(Screen.Desktop, "ko")]
    [InlineData(Screen.Phone, "en")]
    public async Task Pages_have_no_serious_barriers_by_WCAG_AA(Screen screen, string language)
    {
        var words = language == "ko" ? Words.Korean : Words.English;
        using var member = await new Visitor(shop.Mall).SignUp();
        var product = (await member.Catalog.Browse(new(InStock: true, Sort: ProductSort.Newest))).Required.Items.First(p => p.SingleSku is not null);
        var category = (await member.Catalog.Categories()).Required[0];
        await Eventually.Holds(async () => (await member.Cart.Put(product.SingleSku!, 1)).Ok, "the cart knows the sample");
        string[] paths = ["/", $"/categories/{category.Slug}", $"/products/{product.Slug}", "/cart", "/checkout", "/my/coupons", "/my/points", "/boards/free", "/boards/notice"];
        var barriers = new List<string>();
        await GiveBenefits(member);

        // The checker is a script of the tests, which the shop's own policy would refuse.
        await shop.Visit(screen, words, bypassPolicy: true, deed: async page =>
        {
            await page.GotoAsync($"/identity/sign-up?lang={language}");
            barriers.AddRange(await Barriers(page));
            await page.GotoAsync($"{words.Base}/login?returnUrl={words.Base}/cart");
            barriers.AddRange(await Barriers(page));
            await BrowserMall.LogIn(page, words, member.Email, Visitor.Password);
            await Expect(page.GetByRole(AriaRole.Spinbutton)).ToBeVisibleAsync();
            foreach (var path in paths)
            {
                var answer = await page.GotoAsync(words.Base + path);
                Assert.Equal(200, answer!.Status);
                Assert.EndsWith(path, new Uri(page.Url).AbsolutePath);
                barriers.AddRange(await Barriers(page));
            }
        });
        Assert.True(barriers.Count == 0, string.Join("\n", barriers));
    }

    static async Task<IEnumerable<string>> Barriers(IPage page)
    {
        var result = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
        Assert.NotEmpty(result.Passes);
        return result.Violations.Where(v => v.Impact is "serious" or "critical")
            .Select(v => $"{page.Url}: {v.Id} ({v.Impact}): {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}");
    }

    [Fact]
    public Task The_checker_of_barriers_finds_one_where_there_is_one() => shop.Visit(Screen.Desktop, Words.Korean, bypassPolicy: true, deed: async page =>
    {
        await page.GotoAsync("/");
        await page.EvaluateAsync("document.querySelector('main').append(document.createElement('button'))");
        Assert.Contains("button-name", Assert.Single(await Barriers(page)), StringComparison.Ordinal);
    });

    [Fact]
    public async Task Without_script_a_product_goes_to_the_cart_and_its_quantity_changes()
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        var product = await staff.NewProduct(stock: 10);
        await shop.Visit(Screen.Phone, Words.Korean, script: false, deed: async page =>
        {
            await page.GotoAsync($"/products/{product.Slug}");
            await Button(page, "장바구니 담기");
            // Without the script that fetches a token, the shop asks once more.
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("장바구니에 담을까요?");
            await Button(page, "장바구니 담기");
            await Expect(page.GetByText("장바구니에 담았어요.")).ToBeVisibleAsync();
            await page.GetByRole(AriaRole.Spinbutton).FillAsync("3");
            await Button(page, "변경");
            await Expect(page.GetByText("수량을 바꿨어요.")).ToBeVisibleAsync();
            await Expect(page.GetByRole(AriaRole.Spinbutton)).ToHaveValueAsync("3");
        });
    }

    [Fact]
    public async Task Quantities_are_saved_before_the_cart_is_left_and_an_emptied_one_takes_nothing_out()
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        using var buyer = await new Visitor(shop.Mall).SignUp();
        foreach (var product in new[] { await staff.NewProduct(stock: 10), await staff.NewProduct(stock: 10) })
            await Eventually.Holds(async () => (await buyer.Cart.Put(product.Sku, 1)).Ok, "the cart knows the product");
        async Task<IEnumerable<int>> Quantities() => (await buyer.Cart.Get()).Required.Lines.Select(l => l.Quantity);

        await shop.Visit(Screen.Desktop, Words.Korean, deed: async page =>
        {
            var fields = await QuantitiesInCart(page, buyer);
            await fields.Nth(0).FillAsync("3");
            await fields.Nth(1).FillAsync("4");
            await page.GetByRole(AriaRole.Link, new() { Name = "주문하기" }).ClickAsync();
            await page.WaitForURLAsync("**/checkout");
            Assert.Equal([3, 4], await Quantities());

            await page.GotoAsync("/cart");
            await fields.Nth(0).FillAsync("");
            await fields.Nth(1).FillAsync("5");
            await fields.Nth(1).BlurAsync();
            await page.WaitForTimeoutAsync(1_000);
            await Expect(fields).ToHaveCountAsync(2);
            await fields.Nth(0).FillAsync("2");
            await fields.Nth(0).BlurAsync();
            await Eventually.Holds(async () => (await Quantities()).SequenceEqual([2, 5]), "both are saved");
        });
    }

    static async Task<ILocator> QuantitiesInCart(IPage page, Visitor buyer)
    {
        await page.GotoAsync("/login?returnUrl=/cart");
        await BrowserMall.LogIn(page, Words.Korean, buyer.Email, Visitor.Password);
        var fields = page.GetByRole(AriaRole.Spinbutton);
        await Expect(fields).ToHaveCountAsync(2);
        // The script of the page hears what is typed from then on.
        await page.WaitForLoadStateAsync();
        return fields;
    }

    [Fact]
    public async Task An_emptied_quantity_is_in_nobodys_way()
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        using var buyer = await new Visitor(shop.Mall).SignUp();
        foreach (var product in new[] { await staff.NewProduct(stock: 10), await staff.NewProduct(stock: 10) })
            await Eventually.Holds(async () => (await buyer.Cart.Put(product.Sku, 2)).Ok, "the cart knows the product");

        await shop.Visit(Screen.Desktop, Words.Korean, deed: async page =>
        {
            var fields = await QuantitiesInCart(page, buyer);
            await fields.Nth(1).FillAsync("3");
            await fields.Nth(0).FillAsync("");
            await page.GetByRole(AriaRole.Button, new() { Name = "삭제" }).First.ClickAsync();
            await Expect(page.GetByText("장바구니에서 삭제했어요.")).ToBeVisibleAsync();
            await Expect(fields).ToHaveCountAsync(1);
            // What could be saved was saved on the way.
            await Expect(fields).ToHaveValueAsync("3");
            await fields.FillAsync("");
            await page.GetByRole(AriaRole.Link, new() { Name = "주문하기" }).ClickAsync();
            await page.WaitForURLAsync("**/checkout");
            Assert.Equal(3, Assert.Single((await buyer.Cart.Get()).Required.Lines).Quantity);

            await page.GotoAsync("/cart");
            await fields.FillAsync("");
            await page.GetByRole(AriaRole.Button, new() { Name = "삭제" }).ClickAsync();
            await Expect(fields).ToHaveCountAsync(0);
        });
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task An_order_whose_answer_was_lost_is_gone_on_with_unless_the_form_asks_for_something_else_by_now(bool changed)
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        using var buyer = await new Visitor(shop.Mall).SignUp();
        var product = await staff.NewProduct(stock: 10);
        await Eventually.Holds(async () => (await buyer.Cart.Put(product.Sku, 1)).Ok, "the cart knows the product");
        var id = Guid.Empty;

        await shop.Visit(Screen.Phone, Words.English, deed: async page =>
        {
            await page.GotoAsync("/en/login?returnUrl=/en/checkout");
            await BrowserMall.LogIn(page, Words.English, buyer.Email, Visitor.Password);
            await page.GetByLabel("Mobile phone").FillAsync("010-1234-5678");
            await page.GetByLabel("Postal code").FillAsync("04524");
            await page.GetByLabel("Address", new() { Exact = true }).FillAsync("110 Sejong-daero, Seoul");
            await page.GetByRole(AriaRole.Checkbox, new() { Name = "I have checked my order and agree to pay" }).CheckAsync();
            // The same press has gone through before, when there were two in the cart.
            id = Guid.Parse(await page.Locator("input[name='Form.OrderId']").InputValueAsync());
            SkuQuantity[] lines = [new(product.Sku, 2)];
            var total = (await buyer.Orders.Quote(lines)).Required.Total;
            Assert.True((await buyer.Orders.Place(id, new(lines, new("김민수", "010-1234-5678", "04524", changed ? "1 Sejong-daero" : "110 Sejong-daero, Seoul"), total, PaymentMethods.Card))).Ok);

            await page.Locator("button[data-once]").ClickAsync();
            if (changed)
            {
                await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("the address or payment method you changed since is not in it");
                Assert.EndsWith($"/en/orders/{id}", page.Url, StringComparison.Ordinal);
                await Expect(page.GetByText("1 Sejong-daero")).ToBeVisibleAsync();
            }
            else await page.WaitForURLAsync("**/sandbox-pay/**");
        });
        Assert.Equal(id, Assert.Single((await buyer.Orders.List()).Required.Items).Id);
    }

    [Fact]
    public async Task A_sold_out_product_says_so_and_who_visits_it_stays_logged_in()
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        using var shopper = await new Visitor(shop.Mall).SignUp();
        var product = await staff.NewProduct(stock: 1);
        (await staff.Inventory.Adjust(new(product.Sku, -1, "sold over the counter"), Guid.NewGuid().ToString())).Required.ToString();
        await Eventually.Holds(async () => (await staff.Catalog.Product(product.Slug)).Required.Skus[0].Available == 0, "the catalog knows");
        await shop.Visit(Screen.Phone, Words.Korean, deed: async page =>
        {
            await page.GotoAsync($"/login?returnUrl=/products/{product.Slug}");
            await BrowserMall.LogIn(page, Words.Korean, shopper.Email, Visitor.Password);
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "품절" })).ToBeDisabledAsync();
            // What is personal is filled in by the same script.
            await Expect(page.Locator("[data-personal=personal-links]")).ToContainTextAsync("로그아웃");
        });
    }

    [Theory]
    [InlineData(Screen.Phone, "ko", false)]
    [InlineData(Screen.Desktop, "en", true)]
    public async Task A_coupon_and_points_come_off_at_checkout_and_back_with_the_cancellation(Screen screen, string language, bool script)
    {
        var w = language == "ko" ? Words.Korean : Words.English;
        using var buyer = await new Visitor(shop.Mall).SignUp();
        using var staff = await new Visitor(shop.Mall).AsStaff();
        var product = await staff.NewProduct(stock: 10);
        var code = await GiveBenefits(buyer);
        await Eventually.Holds(async () => (await buyer.Cart.Put(product.Sku, 2)).Ok, "the cart knows the product");

        await shop.Visit(screen, w, script: script, deed: async page =>
        {
            await page.GotoAsync($"{w.Base}/login?returnUrl={w.Base}/checkout");
            await BrowserMall.LogIn(page, w, buyer.Email, Visitor.Password);
            await page.GetByLabel(w["휴대전화", "Mobile phone"]).FillAsync("010-1234-5678");
            await page.GetByLabel(w["쿠폰 코드", "Coupon code"]).FillAsync(code.ToLowerInvariant());
            await page.GetByLabel(w["적립금", "Points"]).FillAsync("3,000");
            await Button(page, w["할인 적용", "Apply"]);
            var pay = page.GetByRole(AriaRole.Button, new() { Name = w["18,000원 결제하기", "Pay ₩18,000"] });
            await Expect(pay).ToBeVisibleAsync();
            // What was typed before is still there.
            await Expect(page.GetByLabel(w["휴대전화", "Mobile phone"])).ToHaveValueAsync("010-1234-5678");
            // What is missing is named, with its field.
            await pay.ClickAsync();
            await Expect(page.GetByRole(AriaRole.Alert).GetByRole(AriaRole.Link, new() { Name = w["우편번호: 필수 입력 항목이에요.", "Postal code: "] })).ToHaveAttributeAsync("href", "#Form-PostalCode");
            await page.GetByLabel(w["우편번호", "Postal code"]).FillAsync("04524");
            await page.GetByLabel(w["주소", "Address"], new() { Exact = true }).FillAsync("서울 중구 세종대로 110");
            await page.GetByRole(AriaRole.Radio, new() { Name = w["간편결제", "Instant payment"] }).CheckAsync();
            await page.GetByRole(AriaRole.Checkbox, new() { Name = w["주문 내용을 확인했고 결제에 동의합니다", "I have checked my order and agree to pay"] }).CheckAsync();
            await pay.ClickAsync();
            await page.WaitForURLAsync(new System.Text.RegularExpressions.Regex("/orders/"));

            var order = Assert.Single((await buyer.Orders.List()).Required.Items);
            await buyer.Becomes(order.Id, OrderStatus.Confirmed);
            await page.GotoAsync($"{w.Base}/orders/{order.Id}");
            await Expect(page.GetByText(w["−2,000원", "−₩2,000"])).ToBeVisibleAsync();
            await Expect(page.GetByText(w["−3,000원", "−₩3,000"])).ToBeVisibleAsync();
            await Button(page, w["주문 취소", "Cancel order"]);
            await Expect(page.GetByText(w["쿠폰과 적립금은 돌려드렸어요.", "The coupon and points are back with you."])).ToBeVisibleAsync();
            await page.GotoAsync($"{w.Base}/my/points");
            await Expect(page.GetByText(w["5,000원", "₩5,000"], new() { Exact = true })).ToBeVisibleAsync();
        });
        await LedgerCheck.Holds(shop.Mall);
    }

    /// <summary>A public coupon of 10 percent in the member's reach, another in their box, and 5,000 points.</summary>
    async Task<string> GiveBenefits(Visitor member)
    {
        using var staff = await new Visitor(shop.Mall).AsStaff();
        var (now, run) = (DateTimeOffset.UtcNow, Guid.NewGuid().ToString("N")[..8].ToUpperInvariant());
        var terms = new CouponTerms(new("열에 하나 할인", "A tenth off"), now.AddDays(-1), now.AddDays(1), PercentOff: 10);
        (await staff.Orders.MakeCoupon($"TENTH-{run}", terms)).Required.ToString();
        (await staff.Orders.MakeCoupon($"BOX-{run}", terms with { PercentOff = 5 })).Required.ToString();
        (await member.Orders.RegisterCoupon($"BOX-{run}")).Required.ToString();
        (await staff.Orders.AdjustPoints(member.MemberId, new(5_000, "선물"), run)).Required.ToString();
        return $"TENTH-{run}";
    }

    static async Task Ship(IPage page, string number)
    {
        await Menu(page, "주문");
        await page.GetByRole(AriaRole.Link, new() { Name = number }).ClickAsync();
        await Button(page, "배송 준비 시작");
        await page.GetByLabel("택배사").FillAsync("CJ대한통운");
        await page.GetByLabel("운송장 번호").FillAsync("601234567890");
        await Button(page, "배송 시작");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "배송 완료 처리" })).ToBeVisibleAsync();
    }

    static async Task CorrectStock(IPage page, string sku)
    {
        await Menu(page, "재고");
        await page.GetByLabel("상품명 또는 SKU").FillAsync(sku);
        await Button(page, "검색");
        await page.GetByLabel($"증감 수량 {sku}").FillAsync("7");
        await page.GetByLabel($"사유 {sku}").FillAsync("다시 세어 봄");
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = sku }).GetByRole(AriaRole.Button, new() { Name = "조정" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("+7");
    }

    static async Task Hide(IPage page, string title)
    {
        await Menu(page, "게시판");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "게시판" }).GetByRole(AriaRole.Link, new() { Name = "자유게시판" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = title }).ClickAsync();
        await Button(page, "숨기기");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "숨김 해제" })).ToBeVisibleAsync();
    }

    static Task Menu(IPage page, string name) => page.GetByRole(AriaRole.Navigation, new() { Name = "관리 메뉴" }).GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();

    static Task Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();
}
