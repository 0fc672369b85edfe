using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Jangteo.SandboxPay;

/// <summary>GET and POST /sandbox-pay/pay/{paymentKey}: the page where the payer pays. It needs no script and no cookie; the key in its address is the permission.</summary>
static class PayPage
{
    static readonly byte[] Css = ReadCss();

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/sandbox-pay").ExcludeFromDescription();
        pages.MapGet("/pay.css", (HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=3600";
            return Results.Bytes(Css, "text/css; charset=utf-8");
        });
        pages.MapGet("/pay/{paymentKey}", Show);
        pages.MapPost("/pay/{paymentKey}", Pay).DisableAntiforgery();
    }

    static async Task<IResult> Show([StringLength(100)] string paymentKey, HttpContext http, SandboxPayDb db, TimeProvider time, CancellationToken ct)
    {
        var texts = PayTexts.For(http);
        if (await db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.Key == paymentKey && p.ReturnUrl != null, ct) is not { } payment) return PayPageHtml.Missing(http, texts);
        return Answer(payment, http, texts, new(), null);
    }

    static async Task<IResult> Pay([StringLength(100)] string paymentKey, HttpContext http, SandboxPayDb db, WebhookSender webhooks, IOptions<SandboxPayOptions> options, TimeProvider time, CancellationToken ct)
    {
        var texts = PayTexts.For(http);
        if (!http.Request.HasFormContentType) return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var card = CardForm.Read(await http.Request.ReadFormAsync(ct));
        var mistake = card.Mistake(texts, time.GetUtcNow());
        Payment? payment = null;
        await db.Unit(async () =>
        {
            if ((payment = await db.Hold(paymentKey, ct)) is null || payment.ReturnUrl is null || mistake is not null || payment.State != PaymentState.Ready) return;
            if (payment.Pay(TestCards.BehaviourOf(card.Number))) webhooks.Enqueue(db, payment, payment.State == PaymentState.Ready ? "payment.declined" : "payment.authorised");
            else db.Send(new IssuerAnswers(paymentKey), due: time.GetUtcNow().AddSeconds(options.Value.DelaySeconds));
            await db.SaveChangesAsync(ct);
        }, ct);
        if (payment?.ReturnUrl is null) return PayPageHtml.Missing(http, texts);
        if (mistake is null && payment.State == PaymentState.Ready) mistake = texts.Declined(payment.LastDecline!);
        return Answer(payment, http, texts, card, mistake);
    }

    static IResult Answer(Payment payment, HttpContext http, PayTexts texts, CardForm card, string? mistake) => payment.State switch
    {
        PaymentState.Ready => PayPageHtml.Form(http, payment, texts, card, mistake),
        PaymentState.Authorising => PayPageHtml.Waiting(http, payment, texts),
        PaymentState.Authorised or PaymentState.Captured => Back(http, payment),
        _ => PayPageHtml.Over(http, payment, texts),
    };

    static IResult Back(HttpContext http, Payment payment)
    {
        http.Response.Headers.Location = QueryHelpers.AddQueryString(payment.ReturnUrl!, new Dictionary<string, string?>
        {
            ["paymentKey"] = payment.Key, ["orderId"] = payment.Reference, ["amount"] = payment.Amount.Amount.ToString(CultureInfo.InvariantCulture),
        });
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    static byte[] ReadCss()
    {
        using var css = typeof(PayPage).Assembly.GetManifestResourceStream("pay.css")!;
        using var copy = new MemoryStream();
        css.CopyTo(copy);
        return copy.ToArray();
    }
}

/// <summary>The card as the payer typed it. It is looked at and forgotten.</summary>
sealed record CardForm(string Number = "", string Expiry = "", string Code = "")
{
    const int MaxLength = 40;

    public static CardForm Read(IFormCollection form)
    {
        string Field(string name) => form[name].ToString() is { Length: <= MaxLength } value ? value.Trim() : "";
        return new(Field("number").Replace(" ", "").Replace("-", ""), Field("expiry").Replace(" ", ""), Field("code"));
    }

    /// <summary>The first thing that cannot be right, in the payer's language.</summary>
    public string? Mistake(PayTexts texts, DateTimeOffset now) =>
        !LooksLikeCard(Number) ? texts.BadNumber : !IsInFuture(Expiry, now) ? texts.BadExpiry : Code.Length is < 3 or > 4 || !Code.All(char.IsAsciiDigit) ? texts.BadCode : null;

    static bool LooksLikeCard(string number)
    {
        if (number.Length is < 12 or > 19 || !number.All(char.IsAsciiDigit)) return false;
        // Luhn's check digit, ISO/IEC 7812-1.
        var sum = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var digit = number[^(i + 1)] - '0';
            sum += i % 2 == 0 ? digit : digit * 2 / 10 + digit * 2 % 10;
        }
        return sum % 10 == 0;
    }

    // A card is good to the end of its month, wherever the payer is: the sandbox adds a day.
    static bool IsInFuture(string expiry, DateTimeOffset now) =>
        DateTimeOffset.TryParseExact(expiry, ["MM/yy", "MMyy", "MM/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var month)
        && month.AddMonths(1).AddDays(1) > now;
}
