using System.Globalization;
using Jangteo.Platform;

namespace Jangteo.Storefront;

/// <summary>How values look to a reader of one language. The mall runs without ICU, so the few formats it needs are written here.</summary>
/// <param name="currency">The shop's own, for amounts that name none: points, coupons, filters.</param>
sealed class Show(Language language, string currency)
{
    static readonly TimeSpan s_seoul = TimeSpan.FromHours(9);
    static readonly CultureInfo s_plain = CultureInfo.InvariantCulture;

    public string Price(Money money) => money.Currency switch
    {
        "KRW" when language == Language.Korean => $"{money.Amount.ToString("N0", s_plain)}원",
        "KRW" => $"₩{money.Amount.ToString("N0", s_plain)}",
        "USD" => $"${(money.Amount / 100m).ToString("N2", s_plain)}",
        _ => $"{(money.Amount / 100m).ToString("N2", s_plain)} {money.Currency}",
    };

    public string Price(long amount) => Price(Amount(amount));

    public Money Amount(long amount) => new(amount, currency);

    public string Day(DateTimeOffset time) => time.ToOffset(s_seoul).ToString(language == Language.Korean ? "yyyy.MM.dd" : "d MMM yyyy", s_plain);

    public string Time(DateTimeOffset time) => time.ToOffset(s_seoul).ToString(language == Language.Korean ? "yyyy.MM.dd HH:mm" : "d MMM yyyy, HH:mm", s_plain);

    public string Moment(DateTimeOffset time) => time.ToOffset(s_seoul).ToString(language == Language.Korean ? "MM.dd HH:mm" : "d MMM HH:mm", s_plain);

    public string Machine(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", s_plain);

    public string Average(double stars) => stars.ToString("0.0", s_plain);
}
