namespace Jangteo.Storefront.Tests;

public sealed class StatusTests
{
    [Theory]
    [InlineData("placed"), InlineData("stock-reserved"), InlineData("payment-declined"), InlineData("paid"), InlineData("preparing"), InlineData("shipped")]
    [InlineData("shipment-corrected"), InlineData("delivered"), InlineData("completed"), InlineData("cancelled"), InlineData("refunded")]
    public void What_happened_to_an_order_is_told_in_the_shoppers_words(string what)
    {
        Assert.NotEqual(what, Status.Event(what, new KoreanTexts()));
        Assert.NotEqual(what, Status.Event(what, new EnglishTexts()));
        Assert.NotEqual(Status.Event(what, new KoreanTexts()), Status.Event(what, new EnglishTexts()));
    }
}
