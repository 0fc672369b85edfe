using CsCheck;

namespace Jangteo.Catalog.Tests;

public class SearchWordsTests
{
    static readonly Gen<string> Word = Gen.Char['\uAC00', '\uD7A3'].Array[2, 6].Select(letters => new string(letters));

    [Theory]
    [InlineData("사과를", "사과"), InlineData("이어폰과", "이어폰"), InlineData("커피와", "커피"), InlineData("책상에서는", "책상"), InlineData("apples", "apple")]
    [InlineData("사과", null), InlineData("마을", null), InlineData("glass", null), InlineData("종이", null)]
    public void A_particle_is_told_from_the_end_of_a_word(string word, string? stem) => Assert.Equal(stem, SearchWords.Stem(word, minLength: 2));

    [Fact]
    public void Scripts_part_words() => Assert.Equal(["usb", "c", "타입", "충전기", "65", "w"], SearchWords.Of("USB-C타입 충전기 65 W"));

    [Fact]
    public void Separate_letters_of_a_Mac_are_put_together() => Word.Sample(word => Assert.Equal(word, Hangul.Composed(Apart(word))));

    [Fact]
    public void Any_part_of_a_word_is_in_the_index_as_neighbours() => Gen.Select(Word, Gen.Int[0, 4], Gen.Int[2, 4]).Sample((word, start, length) =>
    {
        if (start + length > word.Length) return;
        var pairs = string.Join(' ', SearchWords.Pairs(word.Substring(start, length)));
        Assert.Contains($" {pairs} ", $" {SearchWords.Terms(word)} ");
    });

    [Fact]
    public void Words_find_themselves_written_together_and_not_across_unrelated_ones()
    {
        Assert.Contains("j무선 j선이 j이어 j어폰", SearchWords.Terms("무선 이어폰"));
        Assert.DoesNotContain(" 사과 ", $" {SearchWords.Terms("감사 과자")} ");
    }

    [Fact]
    public void Nothing_a_shopper_types_is_syntax()
    {
        Assert.Empty(SearchQuery.From("\"*()' :& |"));
        Assert.Equal("((\"wa\"*) AND (\"wb\"*))", SearchQuery.From("a\" OR' b*")[0].ForSqlite().Replace("(\"wor\"*) AND ", ""));
    }

    static string Apart(string word) => string.Concat(word.Select(s =>
    {
        var (index, final) = ((s - 0xAC00) / 28, (s - 0xAC00) % 28);
        return $"{(char)(0x1100 + index / 21)}{(char)(0x1161 + index % 21)}{(final == 0 ? "" : (char)(0x11A7 + final))}";
    }));
}
