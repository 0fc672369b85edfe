using System.Net;
using System.Text.RegularExpressions;
using Jangteo.Catalog.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform.Testing;

namespace Jangteo.Mall.Testing;

/// <summary>A product made for a test.</summary>
public sealed record NewProduct(Guid ProductId, string Slug, string Sku);

/// <summary>The steps that journeys share.</summary>
public static partial class Buying
{
    /// <summary>Where the tests have things sent.</summary>
    public static readonly ShipTo Address = new("김민수", "010-1234-5678", "04524", "서울 중구 세종대로 110", "101호", "문 앞에 놓아 주세요");

    /// <summary>Places an order at the total that a page would have shown.</summary>
    public static async Task<OrderView> PlaceOrder(this Visitor buyer, string method, params SkuQuantity[] lines)
    {
        var total = (await buyer.Orders.Quote(lines)).Required.Total;
        return (await buyer.Orders.Place(Guid.CreateVersion7(), new(lines, Address, total, method))).Required;
    }

    /// <summary>Waits until the order has a status.</summary>
    public static Task Becomes(this Visitor buyer, Guid order, OrderStatus status) => Eventually.Holds(async () =>
    {
        var now = (await buyer.Orders.Get(order)).Required;
        if (now.Status == OrderStatus.Cancelled && status != OrderStatus.Cancelled)
            throw new InvalidOperationException($"The order was cancelled ({now.CancelReason}): {string.Join("; ", now.History.Select(h => $"{h.What} {h.Detail}"))}");
        return now.Status == status;
    }, $"the order is {status}");

    /// <summary>Publishes a product of one SKU and waits until all who sell it know it.</summary>
    public static async Task<NewProduct> NewProduct(this Visitor staff, int stock, long price = 10_000)
    {
        var id = Guid.CreateVersion7();
        var name = id.ToString("N")[20..];
        var product = new NewProduct(id, $"test-{name}", $"TEST-{name.ToUpperInvariant()}");
        (await staff.Catalog.Save(id, Edit(product, price, stock, null))).Required.ToString();
        await Eventually.Holds(async () => (await staff.Inventory.Stock([product.Sku])).Required.Any(s => s.Available == stock), "inventory has it");
        await Eventually.Holds(async () => (await staff.Orders.Quote([new(product.Sku, 1)])) is { Ok: true, Value.NoLongerSold.Count: 0 }, "orders knows its price");
        return product;
    }

    /// <summary>Changes its price.</summary>
    public static async Task Reprice(this Visitor staff, NewProduct product, long price)
    {
        var revision = (await staff.Catalog.Product(product.Slug)).Required.Revision;
        (await staff.Catalog.Save(product.ProductId, Edit(product, price, 0, revision))).Required.ToString();
    }

    static ProductEdit Edit(NewProduct product, long price, int stock, int? revision) => new(product.Slug, "fruit", new("시험 상품", "Test product"), new("시험", "Test"),
        new("한 줄", "One line"), new("설명", "Description"), [], [new(product.Sku, [], price, stock)], Revision: revision);

    /// <summary>Goes through the provider's hosted page as a browser would, with a card that is accepted, and confirms on return.</summary>
    public static async Task PayAtProvider(this Visitor buyer, Guid order, string card = "4242424242424242") =>
        (await buyer.Payments.Confirm(order, await buyer.AuthoriseAtProvider(order, card))).Required.ToString();

    /// <summary>Goes through the provider's hosted page, and gives what the return page would confirm.</summary>
    public static async Task<PaymentConfirmation> AuthoriseAtProvider(this Visitor buyer, Guid order, string card = "4242424242424242")
    {
        var start = (await buyer.Payments.Start(order)).Required;
        var back = await SubmitPayPage(new Uri(buyer.Mall.Origin, start.RedirectUrl), card);
        var query = System.Web.HttpUtility.ParseQueryString(back.Query);
        return new(query["paymentKey"]!, (await buyer.Orders.Get(order)).Required.Total);
    }

    /// <summary>Fills in the provider's page and sends it; gives where it sends the payer back to.</summary>
    public static async Task<Uri> SubmitPayPage(Uri page, string card)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false });
        var html = await browser.GetStringAsync(page);
        var form = FormFields().Matches(html).Select(m => m.Value).Select(tag => (Name: Attribute(tag, "name"), Value: Attribute(tag, "value"))).Where(f => f.Name != "").ToDictionary(f => f.Name, f => f.Value);
        foreach (var name in form.Keys.ToList())
            if (name.Contains("number", StringComparison.OrdinalIgnoreCase) || name.Contains("card", StringComparison.OrdinalIgnoreCase)) form[name] = card;
            else if (name.Contains("expir", StringComparison.OrdinalIgnoreCase)) form[name] = "12/30";
            else if (name.Contains("code", StringComparison.OrdinalIgnoreCase)) form[name] = "123";
        var action = FormAction().Match(html) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : page.PathAndQuery;
        using var answer = await browser.PostAsync(new Uri(page, action), new FormUrlEncodedContent(form));
        return answer.Headers.Location is { } location ? new Uri(page, location)
            : throw new InvalidOperationException($"The pay page answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    static string Attribute(string tag, string name) => Regex.Match(tag, $"\\b{name}=\"([^\"]*)\"") is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : "";

    [GeneratedRegex("<input[^>]*>")] private static partial Regex FormFields();
    [GeneratedRegex("<form[^>]*action=\"([^\"]*)\"")] private static partial Regex FormAction();
}
