using Jangteo.Platform;

namespace Jangteo.Storefront.Tests;

public sealed class PriceTagTests
{
    [Theory]
    [InlineData(9_990, 10_000, 0)]
    [InlineData(24_900, 29_900, 16)]
    [InlineData(10_000, 10_000, 0)]
    [InlineData(12_000, 10_000, 0)]
    public void A_discount_never_promises_more_than_it_gives(long price, long usual, int off) =>
        Assert.Equal(off, new PriceTag(Money.Won(price), Money.Won(usual)).Off);

    [Theory]
    [InlineData("ko", 1_234_500, "KRW", "1,234,500원")]
    [InlineData("en", 1_234_500, "KRW", "₩1,234,500")]
    [InlineData("en", 1_999, "USD", "$19.99")]
    public void Prices_are_written_as_readers_expect(string language, long amount, string currency, string shown) =>
        Assert.Equal(shown, new Show(Language.All.Single(l => l.Code == language), currency).Price(amount));

    [Fact]
    public void A_total_that_changed_is_told_without_brackets() =>
        Assert.Contains("10,000원에서 12,000원으로 바뀌었어요", new KoreanTexts().CheckoutPriceChanged("10,000원", "12,000원"));
}
