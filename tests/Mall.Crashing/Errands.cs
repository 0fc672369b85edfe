using Jangteo.Catalog.Contracts;
using Jangteo.Mall.Testing;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;

namespace Jangteo.Mall.Crashing;

/// <summary>One way that people use the shop. It goes on where the shop left off when that died, and ends when its orders have.</summary>
sealed record Errand(string Name, Func<CrashShop, Task> Run)
{
    /// <summary>It moves the clock of the whole shop.</summary>
    public bool PassesTime { get; init; }

    /// <summary>How often it is done among others: what keeps everybody else waiting is rare.</summary>
    public int Share { get; init; } = 24;
}

/// <summary>All ways: between them they pass every boundary of a checkout. How each ends is up to the moment; that it ends, and that the books are right then, is what counts.</summary>
static class Errands
{
    /// <summary>Minutes after which nothing unpaid is left of an order.</summary>
    public const int ToReservationEnd = 21;

    const int ToAcceptance = 25 * 60;
    const string Good = "4242424242424242", Declining = "4000000000000002", Slow = "4000000000005100", LosesAnswer = "4000000000005209", NotifiesTwice = "4000000000005308";

    static readonly ShipTo Home = new("김민수", "010-1234-5678", "04524", "서울 중구 세종대로 110", "101호", "문 앞에 놓아 주세요");
    static bool IsOpen(OrderView order) => order.Status is OrderStatus.Placed or OrderStatus.AwaitingPayment;

    public static readonly Errand PaysAtOnce = new("pays at once", async shop => await BuyAtOnce(shop, shop.NewCustomer()));

    public static readonly Errand[] All =
    [
        PaysAtOnce,
        new("is declined at once", shop => PayAtOnceWith(shop, Declining)),
        new("is charged and the answer is lost", shop => PayAtOnceWith(shop, LosesAnswer)),
        new("pays on the page and returns", shop => PayOnPage(shop, returns: true, Good)),
        new("pays on the page and never returns", shop => PayOnPage(shop, returns: false, NotifiesTwice)),
        new("pays with a slow card", shop => PayOnPage(shop, returns: false, Slow)),
        new("is declined on the page, then pays", shop => PayOnPage(shop, returns: true, Declining, Good)),
        new("cancels before paying", CancelBeforePaying),
        new("cancels while it is placed", CancelAtOnce),
        new("cancels what is paid", CancelPaid),
        new("gets a part back", RefundPart),
        new("accepts what was delivered", shop => Receive(shop, accepts: true)),
        new("lets the time to object pass", shop => Receive(shop, accepts: false)) { PassesTime = true, Share = 12 },
        new("never pays", NeverPay) { PassesTime = true, Share = 12 },
        new("wants more than there is", WantTooMuch),
        new("fills and empties a cart", UseCart),
        new("orders what is paid at the bank", OrderForDeposit),
        new("staff book stock", BookStock),
        new("staff reprice and retire", RepriceAndRetire),
        new("pays for what is gone", PayForWhatIsGone) { PassesTime = true, Share = 1 },
        new("presses the button in five tabs", shop => PressFiveTimes(shop, cancels: false)),
        new("presses the button in five tabs and cancels in three", shop => PressFiveTimes(shop, cancels: true)),
        new("three orders want one coupon and the same points", SpendThreeTimes),
        new("ten want the last three", WantTheLast),
    ];

    /// <summary>Four products of which there is always enough.</summary>
    public static async Task<IReadOnlyList<NewProduct>> Stock(CrashShop shop)
    {
        (await shop.Staff.Catalog.SaveCategory("fruit", new(new("과일", "Fruit")))).Required.ToString();
        var goods = new List<NewProduct>();
        for (var i = 0; i < 4; i++) goods.Add(await NewProduct(shop, 1_000_000, 5_000 * (i + 1)));
        return goods;
    }

    static async Task<NewProduct> NewProduct(CrashShop shop, int stock, long price = 10_000)
    {
        var id = Guid.CreateVersion7();
        var product = new NewProduct(id, $"test-{id:N}", $"T-{id.ToString("N")[8..]}".ToUpperInvariant());
        await Save(shop, product, stock, price);
        await Until(async () => (await shop.Staff.Inventory.Stock([product.Sku])).Required.Any(), "inventory has it");
        await Until(async () => (await shop.Staff.Orders.Quote([new(product.Sku, 1)])) is { Ok: true, Value.NoLongerSold.Count: 0 }, "orders knows its price");
        return product;
    }

    static async Task Save(CrashShop shop, NewProduct product, int stock, long price)
    {
        var known = await shop.Staff.Catalog.Product(product.ProductId.ToString());
        // Without the revision a save is refused when an earlier attempt has gone through: then it is done.
        await shop.Staff.Catalog.Save(product.ProductId, new(product.Slug, "fruit", new("시험 상품", "Test product"), new("시험", "Test"), new("한 줄", "One line"), new("설명", "Description"), [],
            [new(product.Sku, [], price, stock)], Revision: known.Ok ? known.Value.Revision : null));
    }

    static Task<OrderView?> Place(Customer customer, string method, params SkuQuantity[] lines) => Place(customer, customer.NewId(), method, lines);

    static async Task<OrderView?> Place(Customer customer, Guid id, string method, SkuQuantity[] lines)
    {
        while (true)
        {
            var quote = (await customer.Orders.Quote(lines)).Required;
            if (quote.NoLongerSold.Count > 0) return null;
            var answer = await customer.Orders.Place(id, new(lines, Home, quote.Total, method));
            if (answer.Ok || await IsThereAfterAll(customer, id, answer.Problem))
            {
                customer.Shop.Acknowledge(id);
                return answer.Ok ? answer.Value : (await customer.Orders.Get(id)).Required;
            }
            if (!answer.Problem.Is("price-changed")) throw Refused(answer.Problem);
        }
    }

    // An attempt that was thought lost went through only after a later one had been refused; asked for otherwise, the order says so.
    static async Task<bool> IsThereAfterAll(Customer customer, Guid id, Problem problem) => problem.Is("id-reused") && (await customer.Orders.Get(id)).Required.Id == id;

    static InvalidOperationException Refused(Problem problem) =>
        new($"{problem.Status} {problem.Title} {string.Join(", ", (problem.Errors ?? []).Select(e => $"{e.Key}: {e.Value.FirstOrDefault()}"))}");

    static async Task<OrderView> Ends(Customer customer, Guid order)
    {
        OrderView? view = null;
        await Until(async () => !IsOpen(view = (await customer.Orders.Get(order)).Required), $"order {order} ends");
        return view!;
    }

    static SkuQuantity OneOf(CrashShop shop, int which = 0) => new(shop.Goods[which].Sku, 1);

    static async Task<OrderView> BuyAtOnce(CrashShop shop, Customer customer)
    {
        var order = (await Place(customer, PaymentMethods.Instant, OneOf(shop), new(shop.Goods[1].Sku, 2)))!;
        return await Ends(customer, order.Id);
    }

    static async Task PayAtOnceWith(CrashShop shop, string card)
    {
        var customer = shop.NewCustomer();
        await customer.KeepCard(card);
        await BuyAtOnce(shop, customer);
    }

    /// <summary>The provider's page of an order once it can be paid; null when the order ended first.</summary>
    static async Task<string?> PageOf(Customer customer, Guid order)
    {
        string? page = null;
        await Until(async () => (page = (await customer.Payments.Start(order)).Value?.RedirectUrl) is not null || !IsOpen((await customer.Orders.Get(order)).Required), "the page opens");
        return page;
    }

    static async Task PayOnPage(CrashShop shop, bool returns, params string[] cards)
    {
        var customer = shop.NewCustomer();
        var order = (await Place(customer, PaymentMethods.Card, OneOf(shop, 2)))!;
        // A page may have been closed meanwhile; then the payer starts again.
        await Until(async () =>
        {
            if (await PageOf(customer, order.Id) is { } page)
            {
                foreach (var card in cards) await customer.SubmitPayPage(page, card);
                if (returns) await customer.Payments.Confirm(order.Id, new(page.Split('/')[^1], order.Total));
            }
            return !IsOpen((await customer.Orders.Get(order.Id)).Required);
        }, $"order {order.Id} is paid or off");
    }

    static async Task CancelBeforePaying(CrashShop shop)
    {
        var customer = shop.NewCustomer();
        var order = (await Place(customer, PaymentMethods.Card, OneOf(shop)))!;
        await PageOf(customer, order.Id);
        await customer.Orders.Cancel(order.Id);
        await Ends(customer, order.Id);
    }

    static async Task CancelAtOnce(CrashShop shop)
    {
        var customer = shop.NewCustomer();
        var order = (await Place(customer, PaymentMethods.Instant, OneOf(shop, 3)))!;
        await customer.Orders.Cancel(order.Id);
        await Ends(customer, order.Id);
    }

    static async Task CancelPaid(CrashShop shop)
    {
        var customer = shop.NewCustomer();
        var order = await BuyAtOnce(shop, customer);
        await customer.Orders.Cancel(order.Id);
        await Until(async () => (await customer.Orders.Get(order.Id)).Required is { Status: OrderStatus.Cancelled } off && (off.Refunded == off.Total || off.CancelReason != "buyer"), "it is refunded");
    }

    static async Task RefundPart(CrashShop shop)
    {
        var customer = shop.NewCustomer();
        var order = await BuyAtOnce(shop, customer);
        if (order.Status == OrderStatus.Cancelled) return;
        var key = Guid.CreateVersion7().ToString();
        await Until(async () => (await shop.Staff.Payments.Refund(order.Id, new(Money.Won(1_000), "bruised"), key)).Value?.Refunded.Amount >= 1_000, "the part is refunded");
        await Until(async () => (await customer.Orders.Get(order.Id)).Required.Refunded.Amount >= 1_000, "the order knows");
    }

    static async Task Receive(CrashShop shop, bool accepts)
    {
        var customer = shop.NewCustomer();
        var order = await BuyAtOnce(shop, customer);
        if (order.Status == OrderStatus.Cancelled) return;
        await shop.Staff.Orders.Prepare(order.Id);
        await shop.Staff.Orders.Ship(order.Id, new("CJ", "123456789012"));
        await shop.Staff.Orders.Deliver(order.Id);
        if (accepts) await customer.Orders.Complete(order.Id);
        else await shop.Pass(ToAcceptance);
        await Until(async () => (await customer.Orders.Get(order.Id)).Required.Status is OrderStatus.Completed, "it is completed");
    }

    static async Task NeverPay(CrashShop shop)
    {
        var customer = shop.NewCustomer();
        var order = (await Place(customer, PaymentMethods.Card, OneOf(shop)))!;
        await PageOf(customer, order.Id);
        await shop.Pass(ToReservationEnd);
        await Ends(customer, order.Id);
    }

    static async Task WantTooMuch(CrashShop shop)
    {
        var customer = shop.NewCustomer();
        var scarce = await NewProduct(shop, stock: 1);
        var order = (await Place(customer, PaymentMethods.Instant, new SkuQuantity(scarce.Sku, 2), OneOf(shop)))!;
        await Ends(customer, order.Id);
    }

    static async Task UseCart(CrashShop shop)
    {
        var customer = shop.NewCustomer();
        await Until(async () => (await customer.Cart.Put(shop.Goods[0].Sku, 1)).Ok && (await customer.Cart.Put(shop.Goods[3].Sku, 4)).Ok, "the cart knows the goods");
        await customer.Cart.Remove(shop.Goods[3].Sku);
        var order = (await Place(customer, PaymentMethods.Instant, OneOf(shop)))!;
        if ((await Ends(customer, order.Id)).Status != OrderStatus.Cancelled) await Until(async () => (await customer.Cart.Get()).Required.Count == 0, "what was bought leaves the cart");
    }

    static async Task OrderForDeposit(CrashShop shop)
    {
        var customer = shop.NewCustomer();
        await Until(async () => (await customer.Cart.Put(shop.Goods[1].Sku, 1)).Ok, "the cart knows the goods");
        var order = (await Place(customer, PaymentMethods.BankTransfer, OneOf(shop, 1)))!;
        await Until(async () => (await customer.Orders.Get(order.Id)).Required.Status != OrderStatus.Placed, "its stock is reserved, or it is off");
        await customer.Orders.Cancel(order.Id);
        var ended = await Ends(customer, order.Id);
        if (ended.History.Any(e => e.What == "stock-reserved")) await Until(async () => (await customer.Cart.Get()).Required.Count == 0, "what awaits a deposit leaves the cart");
    }

    static async Task BookStock(CrashShop shop)
    {
        foreach (var change in new[] { 5, -2 })
        {
            var key = Guid.CreateVersion7().ToString();
            await Until(async () => (await shop.Staff.Inventory.Adjust(new(shop.Goods[0].Sku, change, "counted"), key)).Ok, "it is booked");
        }
    }

    static async Task RepriceAndRetire(CrashShop shop)
    {
        var customer = shop.NewCustomer();
        var product = await NewProduct(shop, stock: 100);
        var buying = Place(customer, PaymentMethods.Instant, new SkuQuantity(product.Sku, 1));
        await Save(shop, product, 100, price: 12_000);
        if (await buying is { } order) await Ends(customer, order.Id);
        await shop.Staff.Catalog.Retire(product.ProductId);
        await Until(async () => (await customer.Orders.Quote([new(product.Sku, 1)])).Required.NoLongerSold.Count > 0, "it is no longer sold");
    }

    static async Task PressFiveTimes(CrashShop shop, bool cancels)
    {
        var customer = shop.NewCustomer();
        var id = customer.NewId();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async i =>
        {
            await Place(customer, id, PaymentMethods.Instant, [OneOf(shop, 1)]);
            if (cancels && i % 2 == 0) await customer.Orders.Cancel(id);
        }));
        await Ends(customer, id);
    }

    /// <summary>One of them gets both; what it took comes back when it is cancelled, and may be gone again at once.</summary>
    static async Task SpendThreeTimes(CrashShop shop)
    {
        const long points = 2_000;
        var customer = shop.NewCustomer();
        var code = $"C{customer.Member.ToString("N")[13..].ToUpperInvariant()}";
        (await shop.Staff.Orders.MakeCoupon(code, new(new("시험 쿠폰", "Test coupon"), shop.Now.AddDays(-1), shop.Now.AddDays(300), AmountOff: 1_000, TotalLimit: 1))).Required.ToString();
        var key = Guid.CreateVersion7().ToString();
        await Until(async () => (await shop.Staff.Orders.AdjustPoints(customer.Member, new(points, "a gift"), key)).Ok, "the points are there");
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async i =>
        {
            var id = customer.NewId();
            await PlaceWithBenefits(customer, id, [OneOf(shop, 3)], code, points);
            if (i > 0) await customer.Orders.Cancel(id);
            await Ends(customer, id);
        }));
    }

    static async Task PlaceWithBenefits(Customer customer, Guid id, SkuQuantity[] lines, string code, long points)
    {
        while (true)
        {
            var quote = (await customer.Orders.QuoteWithBenefits(lines, code, points)).Required;
            var (coupon, spent) = (quote.CouponRefusal is null ? code : null, quote.PointsRefusal is null ? points : 0);
            var answer = await customer.Orders.Place(id, new(lines, Home, quote.Total, PaymentMethods.Instant, coupon, spent));
            if (answer.Ok || await IsThereAfterAll(customer, id, answer.Problem))
            {
                customer.Shop.Acknowledge(id);
                return;
            }
            // Another order was faster, or has just given them back.
            if (!answer.Problem.Is("price-changed") && !answer.Problem.Is("coupon-unusable") && !answer.Problem.Is("points-short")) throw Refused(answer.Problem);
        }
    }

    static async Task WantTheLast(CrashShop shop)
    {
        var scarce = await NewProduct(shop, stock: 3);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            var customer = shop.NewCustomer();
            var order = (await Place(customer, PaymentMethods.Instant, new SkuQuantity(scarce.Sku, 1)))!;
            await Ends(customer, order.Id);
        }));
    }

    /// <summary>The reservation runs out while Orders hears nothing, the stock goes, and only then Orders hears of the payment.</summary>
    static async Task PayForWhatIsGone(CrashShop shop)
    {
        string[] deaf = ["after read of orders.checkout from payments", "after read of orders.checkout from inventory", "after read of orders.checkout from (due)"];
        var customer = shop.NewCustomer();
        var last = await NewProduct(shop, stock: 1);
        var order = (await Place(customer, PaymentMethods.Card, new SkuQuantity(last.Sku, 1)))!;
        if (await PageOf(customer, order.Id) is not { } page) return;
        foreach (var ear in deaf) await shop.Hold(ear);
        try
        {
            // Only now, for the provider's notice may be as fast as the payer.
            await customer.SubmitPayPage(page, NotifiesTwice);
            await customer.Payments.Confirm(order.Id, new(page.Split('/')[^1], order.Total));
            await shop.Jump(ToReservationEnd);
            // Whoever died in between heard again: then it may have been sold, or given back for good.
            await Until(async () => (await shop.Staff.Inventory.Stock([last.Sku])).Required.Any(s => s.Available == 1 || s.Sold == 1), "the reservation ran out");
            await shop.Staff.Inventory.Adjust(new(last.Sku, -1, "stolen"), Guid.CreateVersion7().ToString());
            // The payment is heard of before the reservation's end, unless a death made it come to nothing: then only that end ends the order.
            await shop.Release(deaf[0]);
            for (var left = 100; left > 0 && IsOpen((await customer.Orders.Get(order.Id)).Required); left--) await Task.Delay(100);
        }
        finally
        {
            foreach (var ear in deaf) await shop.Release(ear);
        }
        await Ends(customer, order.Id);
    }

    // Asks often at first and seldom later: who asks all the time is most of what a busy shop does.
    static async Task Until(Func<Task<bool>> holds, string what)
    {
        var pauseMilliseconds = 20;
        for (var until = DateTime.UtcNow.AddMinutes(10); !await holds(); await Task.Delay(pauseMilliseconds), pauseMilliseconds = Math.Min(pauseMilliseconds * 2, 1_000))
            if (DateTime.UtcNow > until) throw new TimeoutException($"Never happened: {what}");
    }
}
