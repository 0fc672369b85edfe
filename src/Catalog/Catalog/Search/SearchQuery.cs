namespace Jangteo.Catalog;

/// <summary>
/// What somebody looks for. Each word stands for alternatives (as typed, without its particle); a product must match every
/// word, or, for the loose form, any.
/// </summary>
sealed class SearchQuery
{
    // Shorter joined words would match across the border of two unrelated ones.
    const int MinJoinedLength = 4;

    readonly bool _all;

    SearchQuery(List<List<string>> words, bool all) => (Words, _all) = (words, all);

    /// <summary>The alternatives of each word, the best first.</summary>
    public List<List<string>> Words { get; }

    /// <summary>From strict to loose, each to be tried when the one before finds nothing: every word; every word, even one syllable before a particle (귤을); any word.</summary>
    public static List<SearchQuery> From(string search)
    {
        var words = SearchWords.Of(search).Distinct().Take(SearchWords.MaxQueryWords).ToList();
        if (words.Count == 0) return [];
        var plain = words.ConvertAll(w => Alternatives(w, minStemLength: 2));
        var short_ = words.ConvertAll(w => Alternatives(w, minStemLength: 1));
        var attempts = new List<SearchQuery> { new(plain, all: true) };
        if (short_.Sum(w => w.Count) > plain.Sum(w => w.Count)) attempts.Add(new(short_, all: true));
        if (words.Count > 1) attempts.Add(new(short_, all: false));
        return attempts;
    }

    static List<string> Alternatives(string word, int minStemLength) => SearchWords.Stem(word, minStemLength) is { } stem ? [word, stem] : [word];

    public string ForSqlite() => Write(
        phrase => $"\"{string.Join(' ', phrase)}\"", prefix => $"\"{prefix}\"*", (parts, all) => $"({string.Join(all ? " AND " : " OR ", parts)})");

    public string ForPostgreSql() => Write(
        phrase => $"({string.Join(" <-> ", phrase.Select(t => $"'{t}'"))})", prefix => $"'{prefix}':*", (parts, all) => $"({string.Join(all ? " & " : " | ", parts)})");

    // Terms are letters and digits only, so nothing of a shopper's text can end a quote.
    string Write(Func<IEnumerable<string>, string> phrase, Func<string, string> prefix, Func<IEnumerable<string>, bool, string> joined) =>
        joined(Words.Select(alternatives => joined(alternatives.SelectMany(word => Match(word, phrase, prefix)), false)), _all);

    static IEnumerable<string> Match(string word, Func<IEnumerable<string>, string> phrase, Func<string, string> prefix)
    {
        if (!SearchWords.IsSyllabic(word[0])) return [prefix("w" + word)];
        if (word.Length == 1) return [prefix(word), phrase(["z" + word])];
        return word.Length < MinJoinedLength
            ? [phrase(SearchWords.Pairs(word))]
            : [phrase(SearchWords.Pairs(word)), phrase(SearchWords.Pairs(word).Select(p => "j" + p))];
    }
}
