using System.Globalization;
using System.Text.Json;
using Jangteo.Cart.Contracts;
using Jangteo.Identity.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages;

/// <summary>What the buyer fills in. The page made the order's id, so sending the form twice is one order.</summary>
public sealed class CheckoutForm : AddressForm
{
    public Guid OrderId { get; set; }
    public long ExpectedTotal { get; set; }
    public string? Request { get; set; }
    public bool SaveAddress { get; set; }
    public string? PaymentMethod { get; set; }
    public bool Agreed { get; set; }

    /// <summary>The chosen coupon of the member's.</summary>
    public string? Coupon { get; set; }

    /// <summary>A code that is typed in and not in the member's box yet.</summary>
    public string? CouponCode { get; set; }
    public string? Points { get; set; }

    /// <summary>The points as a number: 0 for none, null for what is no number.</summary>
    internal long? PointsToSpend() => string.IsNullOrWhiteSpace(Points) ? 0
        : long.TryParse(Points.Replace(",", "").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var points) && points <= BenefitLimits.Amount ? points : null;
}

/// <summary>GET /checkout: where to, how to pay, how much; POST: orders it.</summary>
[Authorize(Policies.Member)]
sealed class CheckoutPage(CartClient cart, OrdersClient orders, IdentityClient identity, PaymentsClient payments, Show show, ILogger<CheckoutPage> log) : ShopPage
{
    [BindProperty]
    public CheckoutForm Form { get; set; } = new();

    /// <summary>What is ordered; null when nobody can tell now, while the form is kept.</summary>
    public CartView? Cart { get; private set; }
    public Sums Sums { get; private set; } = null!;
    public QuotedBenefits? Benefits { get; private set; }
    public Me? Me { get; private set; }
    public string? Warning { get; private set; }

    /// <summary>The ways to pay that the shop is set up for and this page knows.</summary>
    public IReadOnlyList<(string Method, string Name, string Text)> Methods { get; private set; } = [];

    public async Task<IActionResult> OnGet(CancellationToken ct)
    {
        if (await Load(ct) is { } elsewhere) return elsewhere;
        Form = new() { OrderId = Guid.CreateVersion7(), PaymentMethod = Methods.Count > 0 ? Methods[0].Method : null };
        if (Me?.Addresses.FirstOrDefault(address => address.IsDefault) is { } usual) Fill(usual);
        else Form.Recipient = Me?.Name;
        return Page();
    }

    /// <summary>Shows what the coupon and the points come to, and keeps what else was typed.</summary>
    public async Task<IActionResult> OnPostApply(CancellationToken ct)
    {
        if (Form.PointsToSpend() is null) ModelState.AddModelError("Form.Points", T.FieldInvalid);
        await RegisterTypedCoupon(ct);
        return await Again(null, ct);
    }

    public async Task<IActionResult> OnPost(CancellationToken ct)
    {
        // A code that was typed and not applied would change the total that the buyer saw.
        if (!string.IsNullOrWhiteSpace(Form.CouponCode)) return await OnPostApply(ct);
        Check();
        if (!ModelState.IsValid) return await Again(null, ct);
        // The lines are those of the cart now; the total is the one the buyer saw. If they do not agree, Orders says so.
        var now = await cart.Get(ct).OrNull(log);
        if (now is null) return await Again(T.CheckoutRefused, ct);
        var lines = CartPage.LinesToOrder(now);
        // After the order is confirmed its lines leave the cart: an empty cart may be a repeated press.
        if (lines.Count == 0) return await GoOn(ct) ?? Pay();
        var total = now.Subtotal with { Amount = Form.ExpectedTotal };
        var placed = await orders.Place(Form.OrderId, new(lines, ShipTo, total, Form.PaymentMethod!, Form.Coupon, Form.PointsToSpend()!.Value), ct).OrRefusal(log);
        if (!placed.Ok) return await Refused(placed.Problem, ct);
        if (Form.SaveAddress) await Save(ct);
        return Pay();
    }

    ShipTo ShipTo => new(Form.Recipient!.Trim(), Form.Phone!.Trim(), Form.PostalCode!.Trim(), Form.Address!.Trim(), Form.Detail?.Trim() ?? "", Form.Request?.Trim() ?? "");

    RedirectResult Pay() => Redirect(Url.Content($"~/orders/{Form.OrderId}/pay"));

    /// <summary>To the order that an earlier press has placed, if one has: to pay it, unless what was changed since is not in it.</summary>
    async Task<IActionResult?> GoOn(CancellationToken ct)
    {
        if (await orders.Get(Form.OrderId, ct).OrNull(log) is not { } stored) return null;
        if (stored.ShipTo == ShipTo && stored.PaymentMethod == Form.PaymentMethod) return Pay();
        SayFailed(T.OrderStandsUnchanged);
        return Redirect(Url.Content($"~/orders/{Form.OrderId}"));
    }

    async Task<IActionResult> Refused(Problem problem, CancellationToken ct)
    {
        // The answer to this press or an earlier one was lost: the order stands, with the coupon that a new count would miss.
        if ((problem.Status == 503 || problem.Is("id-reused")) && await GoOn(ct) is { } goesOn) return goesOn;
        if (problem.Is("no-longer-sold"))
        {
            SayFailed(T.CheckoutNoLongerSold);
            return Redirect(Url.Content("~/cart"));
        }
        var before = Form.ExpectedTotal;
        foreach (var (field, _) in problem.Errors ?? []) ModelState.AddModelError(AddressForm.FieldOf(field), T.FieldInvalid);
        if (await Load(ct) is { } elsewhere) return elsewhere;
        Warning = problem.Errors is null ? WhyRefused(problem, before) : null;
        return Page();
    }

    string WhyRefused(Problem problem, long before) =>
        problem.Is("price-changed") ? T.CheckoutPriceChanged(show.Price(Sums.Total with { Amount = before }), show.Price(Sums.Total))
        : problem.Is("coupon-unusable") || problem.Is("points-short") || problem.Is("points-too-many") ? T.DiscountsChanged
        : problem.Is("too-little-to-pay") ? T.CheckoutTooLittle
        : T.CheckoutRefused;

    async Task<IActionResult> Again(string? warning, CancellationToken ct)
    {
        if (await Load(ct) is { } elsewhere) return elsewhere;
        Warning = warning ?? Warning;
        return Page();
    }

    async Task<IActionResult?> Load(CancellationToken ct)
    {
        ShowPersonal(T.Checkout, Tab.Cart);
        if (!TypedCoupon.IsCode(Form.Coupon)) Form.Coupon = null;
        // What was typed stays, with the total that the buyer saw, also while nobody can tell the cart or count it again.
        var typed = Form.ExpectedTotal > 0;
        Cart = typed ? await cart.Get(ct).OrNull(log) : (await cart.Get(ct)).Required;
        if (Cart is null) (Sums, Warning) = (new(null, null, show.Amount(Form.ExpectedTotal), null), T.TryAgain);
        else if (await Count(Cart, typed, ct) is { } elsewhere) return elsewhere;
        Me = await identity.Me(ct).OrNull(log);
        // While Payments is away the order can still be placed, as was chosen, and is paid when it is back.
        var offered = await payments.Methods(ct).OrNull(log) is { } offer ? offer.Methods : [PaymentMethods.Card, Form.PaymentMethod ?? ""];
        Methods = [.. Known().Where(m => offered.Contains(m.Method))];
        return null;
    }

    async Task<IActionResult?> Count(CartView now, bool typed, CancellationToken ct)
    {
        if (now.Lines.Count == 0 || now.Lines.Any(line => CartPage.Blocks(line.Notice))) return Redirect(Url.Content("~/cart"));
        var asked = orders.QuoteWithBenefits(CartPage.LinesToOrder(now), Form.Coupon, Form.PointsToSpend() ?? 0, ct);
        var quote = typed ? await asked.OrRefusal(log) : await asked;
        if (quote.Ok)
        {
            Sums = Sums.Of(quote.Value);
            Benefits = quote.Value.Benefits;
            SayRefusedBenefits(quote.Value);
        }
        else if (quote.Problem.Status == 503 && typed) Sums = new(now.Subtotal, null, now.Subtotal with { Amount = Form.ExpectedTotal }, null);
        else return Redirect(Url.Content("~/cart"));
        return null;
    }

    (string Method, string Name, string Text)[] Known() =>
        [(PaymentMethods.Card, T.PayByCard, T.PayByCardText), (PaymentMethods.Instant, T.PayInstantly, T.PayInstantlyText), (PaymentMethods.BankTransfer, T.PayByTransfer, T.PayByTransferText),
         (PaymentMethods.VirtualAccount, T.PayByAccount, T.PayByAccountText)];

    async Task RegisterTypedCoupon(CancellationToken ct)
    {
        var code = Form.CouponCode?.Trim().ToUpperInvariant() ?? "";
        if (code.Length == 0) return;
        if (await orders.WhyNotInBox(code, T, log, ct) is { } why)
        {
            ModelState.AddModelError("Form.CouponCode", why);
            return;
        }
        (Form.Coupon, Form.CouponCode) = (code, null);
        ModelState.Remove("Form.CouponCode");
    }

    // What is refused takes nothing off the total, and is said beside its field.
    void SayRefusedBenefits(Quote quote)
    {
        if (quote.CouponRefusal is { } coupon)
        {
            Form.Coupon = null;
            ModelState.AddModelError("Form.Coupon", T.CouponRefused(coupon));
        }
        if (quote is { PointsRefusal: { } points, Benefits: { } have })
            ModelState.AddModelError("Form.Points", points switch
            {
                PointsRefusals.Short => T.PointsShort(show.Price(have.PointsBalance)),
                PointsRefusals.TooMany when have.MostPoints > 0 => T.PointsTooMany(show.Price(have.MostPoints)),
                _ => T.PointsInUnits(show.Price(have.Unit), show.Price(have.Minimum)),
            });
    }

    void Check()
    {
        if (Form.PointsToSpend() is null) ModelState.AddModelError("Form.Points", T.FieldInvalid);
        Form.Check(ModelState, T);
        if (Form.Request?.Length > 100) ModelState.AddModelError("Form.Request", T.FieldTooLong(100));
        if (!Known().Any(m => m.Method == Form.PaymentMethod)) ModelState.AddModelError("Form.PaymentMethod", T.FieldInvalid);
        if (!Form.Agreed) ModelState.AddModelError("Form.Agreed", T.MustAgree);
    }

    // The order stands whether or not the address could be kept.
    async Task Save(CancellationToken ct)
    {
        if (await identity.Me(ct).OrNull(log) is not { } me || me.Addresses.Count >= MemberLimits.Addresses) return;
        var name = Form.Recipient!.Trim();
        var address = Form.Kept(name.Length > 30 ? name[..30] : name, isDefault: me.Addresses.Count == 0);
        if (me.Addresses.Any(known => known.PostalCode == address.PostalCode && known.Address1 == address.Address1 && known.Address2 == address.Address2)) return;
        await identity.Change(new(Addresses: [.. me.Addresses, address]), ct).OrNull(log);
    }

    void Fill(Address address)
    {
        (Form.Recipient, Form.Phone, Form.PostalCode) = (address.Name, address.Phone, address.PostalCode);
        (Form.Address, Form.Detail) = (address.Address1, address.Address2);
    }

    public bool IsChosen(Address address) => Form.PostalCode == address.PostalCode && Form.Address == address.Address1 && (Form.Detail ?? "") == address.Address2;

    /// <summary>What the script writes into the fields when the address is chosen.</summary>
    public static string FillOf(Address? address) => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["Form.Recipient"] = address?.Name ?? "",
        ["Form.Phone"] = address?.Phone ?? "",
        ["Form.PostalCode"] = address?.PostalCode ?? "",
        ["Form.Address"] = address?.Address1 ?? "",
        ["Form.Detail"] = address?.Address2 ?? "",
    });
}
