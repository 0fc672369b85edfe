using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Jangteo.SandboxPay;

/// <summary>The pay page's HTML: no script, no inline style, nothing from elsewhere.</summary>
static class PayPageHtml
{
    static readonly HtmlEncoder Html = HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All);

    public static IResult Form(HttpContext http, Payment payment, PayTexts texts, CardForm card, string? mistake) => Page(http, 200, payment, texts, "", $"""
        {Bill(payment, texts)}
        {(mistake is null ? "" : $"""<p class="mistake" role="alert" id="mistake">{Html.Encode(mistake)}</p>""")}
        <form method="post" action="?lang={texts.Language}" autocomplete="off">
          <label for="number">{texts.Number}</label>
          <input id="number" name="number" inputmode="numeric" autocomplete="cc-number" maxlength="23" required placeholder="4242 4242 4242 4242" value="{Html.Encode(card.Number)}"{Described(mistake)}>
          <div class="pair">
            <div>
              <label for="expiry">{texts.Expiry} <small>{texts.ExpiryHint}</small></label>
              <input id="expiry" name="expiry" inputmode="numeric" autocomplete="cc-exp" maxlength="7" required placeholder="12/30" value="{Html.Encode(card.Expiry)}"{Described(mistake)}>
            </div>
            <div>
              <label for="code">{texts.Code}</label>
              <input id="code" name="code" type="password" inputmode="numeric" autocomplete="cc-csc" maxlength="4" required placeholder="123"{Described(mistake)}>
            </div>
          </div>
          <button type="submit">{Html.Encode(texts.Pay.Replace("{0}", texts.Of(payment.Amount)))}</button>
        </form>
        <a class="back" href="{Html.Encode(payment.CancelUrl!)}">{texts.Back}</a>
        <section class="cards" aria-labelledby="test-cards">
          <h2 id="test-cards">{texts.TestCards}</h2>
          <p>{texts.TestCardsHint}</p>
          <dl>{Cards(texts)}</dl>
        </section>
        """);

    public static IResult Waiting(HttpContext http, Payment payment, PayTexts texts) => Page(http, 200, payment, texts, $"""<meta http-equiv="refresh" content="1;url=?lang={texts.Language}">""", $"""
        {Bill(payment, texts)}
        <div class="state" role="status"><span class="spinner" aria-hidden="true"></span><strong>{texts.Waiting}</strong><p>{texts.WaitingHint}</p></div>
        """);

    public static IResult Over(HttpContext http, Payment payment, PayTexts texts) => Page(http, 200, payment, texts, "", $"""
        <div class="state"><strong>{texts.Over}</strong><p>{texts.OverHint}</p></div>
        <a class="back" href="{Html.Encode(payment.CancelUrl!)}">{texts.Back}</a>
        """);

    public static IResult Missing(HttpContext http, PayTexts texts) => Page(http, 404, null, texts, "", $"""<div class="state"><strong>{texts.Missing}</strong></div>""");

    static string Described(string? mistake) => mistake is null ? "" : " aria-describedby=\"mistake\"";

    static string Bill(Payment payment, PayTexts texts) => $"""
        <dl class="bill">
          <div><dt>{texts.PayTo}</dt><dd>{Html.Encode(payment.Merchant)}</dd></div>
          <div class="what"><dt class="hidden">{texts.Title}</dt><dd>{Html.Encode(payment.Title)}</dd></div>
          <div class="sum"><dt>{texts.Amount}</dt><dd>{Html.Encode(texts.Of(payment.Amount))}</dd></div>
        </dl>
        """;

    static string Cards(PayTexts texts) => string.Concat(TestCards.All.Select(card =>
        $"<div><dt>{card.Number[..4]} {card.Number[4..8]} {card.Number[8..12]} {card.Number[12..]}</dt><dd>{(texts.Language == "ko" ? card.Korean : card.English)}</dd></div>"));

    static IResult Page(HttpContext http, int status, Payment? payment, PayTexts texts, string head, string body)
    {
        var headers = http.Response.Headers;
        // Chromium applies form-action to where the answer redirects, too: that is the merchant.
        var merchant = payment?.ReturnUrl is { } url ? $" {new Uri(url).GetLeftPart(UriPartial.Authority)}" : "";
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'self'; form-action 'self'{merchant}; base-uri 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        headers["X-Robots-Tag"] = "noindex";
        return Results.Content($"""
            <!DOCTYPE html>
            <html lang="{texts.Language}">
            <head>
              <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
              <title>{texts.Title} – SandboxPay</title>
              <link rel="stylesheet" href="/sandbox-pay/pay.css">
              {head}
            </head>
            <body>
              <main>
                <header><h1><span aria-hidden="true">◆</span> SandboxPay</h1><a href="?lang={texts.Other}" lang="{texts.Other}" hreflang="{texts.Other}">{texts.OtherName}</a></header>
                <p class="sandbox">{texts.Sandbox}</p>
                {body}
              </main>
            </body>
            </html>
            """, "text/html; charset=utf-8", Encoding.UTF8, status);
    }
}
