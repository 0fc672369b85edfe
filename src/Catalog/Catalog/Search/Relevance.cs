namespace Jangteo.Catalog;

/// <summary>
/// Ranks what the full-text index found. It runs here, over a bounded number of candidates, and not in the databases: bm25
/// and ts_rank differ and cannot be given the same weights, and both shapes must show one order.
/// </summary>
static class Relevance
{
    public const int MaxCandidates = 500;

    const int InName = 100, InKeywords = 40, InBrand = 20, InBody = 5;

    /// <summary>The sum over the words of where each matched best and how well; the same on every database.</summary>
    public static int Of(SearchQuery query, SearchEntry entry) => query.Words.Sum(alternatives => alternatives
        .Select((word, index) => Best(word, entry) * (index == 0 ? 4 : 3)).Max());

    static int Best(string word, SearchEntry entry) =>
        Fit(word, entry.Name) * InName + Fit(word, entry.Keywords) * InKeywords + Fit(word, entry.Brand) * InBrand + Fit(word, entry.Body) * InBody;

    // A whole word is better than the beginning of one, and that better than a part.
    static int Fit(string word, string line)
    {
        if (line.Contains($" {word} ", StringComparison.Ordinal)) return 4;
        if (line.Contains($" {word}", StringComparison.Ordinal)) return 3;
        if (!SearchWords.IsSyllabic(word[0])) return 0;
        if (line.Contains(word, StringComparison.Ordinal)) return 2;
        return word.Length > 3 && line.Replace(" ", "").Contains(word, StringComparison.Ordinal) ? 2 : 0;
    }
}
