using System.Globalization;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;

namespace Jangteo.SandboxPay;

/// <summary>The words of the pay page in one language.</summary>
sealed record PayTexts(
    string Language, string Other, string OtherName, string Title, string Sandbox, string PayTo, string Amount, string Number, string Expiry, string ExpiryHint, string Code, string Pay,
    string Back, string TestCards, string TestCardsHint, string BadNumber, string BadExpiry, string BadCode, string Waiting, string WaitingHint, string Over, string OverHint, string Missing)
{
    static readonly PayTexts Korean = new("ko", "en", "English", "결제", "테스트 결제 – 실제로 청구되지 않아요", "받는 곳", "결제 금액", "카드 번호", "유효기간", "월/년", "보안 코드 (CVC)", "{0} 결제하기",
        "쇼핑몰로 돌아가기", "테스트 카드", "유효기간은 오늘 이후 아무 달, 보안 코드는 아무 숫자 세 자리를 넣으세요.",
        "카드 번호를 다시 확인해 주세요.", "유효기간을 확인해 주세요. 예: 12/30", "보안 코드는 숫자 3~4자리예요.", "카드사 승인을 기다리고 있어요", "이 화면을 닫지 말고 잠시만 기다려 주세요.",
        "더 이상 결제할 수 없어요", "주문이 취소되었거나 이미 끝난 결제예요.", "이런 결제는 없어요");

    static readonly PayTexts English = new("en", "ko", "한국어", "Payment", "Test payment – nothing is really charged", "Pay to", "Amount", "Card number", "Expiry", "MM/YY", "Security code (CVC)", "Pay {0}",
        "Back to the shop", "Test cards", "Use any month in the future and any three digits as the security code.",
        "Please check the card number.", "Please check the expiry date, for example 12/30.", "The security code has 3 or 4 digits.", "Waiting for the card issuer", "Please keep this page open for a moment.",
        "This payment is closed", "The order was cancelled or the payment has ended.", "There is no such payment");

    /// <summary>The language asked for by <c>?lang=</c>, else the first of Accept-Language that we speak, else Korean.</summary>
    public static PayTexts For(HttpContext http)
    {
        if (http.Request.Query["lang"].ToString() is "ko" or "en") return http.Request.Query["lang"] == "ko" ? Korean : English;
        foreach (var language in http.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1))
        {
            if (language.Value.StartsWith("ko", StringComparison.OrdinalIgnoreCase)) return Korean;
            if (language.Value.StartsWith("en", StringComparison.OrdinalIgnoreCase)) return English;
        }
        return Korean;
    }

    public string Declined(string reason) => (reason, Language) switch
    {
        ("insufficient-funds", "ko") => "잔액이 부족해요. 다른 카드로 시도해 주세요.",
        ("insufficient-funds", _) => "The card has insufficient funds. Try another one.",
        ("unknown-card", "ko") => "여기서는 아래의 테스트 카드만 쓸 수 있어요.",
        ("unknown-card", _) => "Only the test cards below work here.",
        (_, "ko") => "카드사가 결제를 거절했어요. 다른 카드로 시도해 주세요.",
        _ => "The issuer declined the card. Try another one.",
    };

    public string Of(Money money) => (money.Currency, Language) switch
    {
        ("KRW", "ko") => money.Amount.ToString("N0", CultureInfo.InvariantCulture) + "원",
        ("KRW", _) => "₩" + money.Amount.ToString("N0", CultureInfo.InvariantCulture),
        _ => (money.Amount / 100m).ToString("N2", CultureInfo.InvariantCulture) + " " + money.Currency,
    };
}
