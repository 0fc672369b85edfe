using System.Text;

namespace Jangteo.Catalog;

/// <summary>
/// Text as search sees it: lower-case words of one script each. Korean has no reliable spaces and glues particles to its
/// nouns, so its words are indexed by every two neighbouring syllables; other scripts by word.
/// </summary>
static class SearchWords
{
    public const int MaxQueryWords = 8;

    /// <summary>The longest particle first, so that 에서는 is not taken for 는.</summary>
    static readonly string[] Particles =
        ["에서는", "에서도", "으로는", "이라는", "에서", "에게", "으로", "까지", "부터", "처럼", "보다", "하고", "이랑", "이나", "은", "는", "이", "가", "을", "를", "에", "의", "와", "과", "도", "로", "만", "랑", "나"];

    /// <summary>Splits into lower-case words; a change of script (3kg, USB충전기) begins a new word.</summary>
    public static List<string> Of(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var letter in Hangul.Composed(text).ToLowerInvariant())
        {
            if (!char.IsLetterOrDigit(letter) || (word.Length > 0 && IsSyllabic(word[0]) != IsSyllabic(letter))) End();
            if (char.IsLetterOrDigit(letter)) word.Append(letter);
        }
        End();
        return words;

        void End()
        {
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
        }
    }

    /// <summary>The words of a field in one line, a space around each, so that " apple" finds beginnings and " apple " whole words.</summary>
    public static string Line(params IEnumerable<string> texts) => $" {string.Join(' ', texts.SelectMany(Of))} ";

    /// <summary>
    /// What the index holds for a field: pairs of syllables within words; the last syllable of a word as "z폰", so that one
    /// syllable finds a word's end; pairs across the spaces as "j무선 j선이 j이어", so that 무선이어폰 finds 무선 이어폰
    /// while 사과 does not find 감사 과자; words of other scripts as "wapple", a letter first, so that no database takes 1e5 for a number.
    /// </summary>
    public static string Terms(params IEnumerable<string> texts)
    {
        var terms = new List<string>();
        foreach (var text in texts)
        {
            var words = Of(text);
            var syllabic = words.Where(w => IsSyllabic(w[0])).ToList();
            terms.AddRange(words.Where(w => !IsSyllabic(w[0])).Select(w => "w" + w));
            terms.AddRange(syllabic.SelectMany(Pairs));
            terms.AddRange(syllabic.Select(w => "z" + w[^1]));
            terms.AddRange(Pairs(string.Concat(syllabic)).Select(p => "j" + p));
        }
        return string.Join(' ', terms);
    }

    public static bool IsSyllabic(char letter) => letter is >= '\uAC00' and <= '\uD7A3' or >= '\u3040' and <= '\u30FF' or >= '\u4E00' and <= '\u9FFF';

    public static IEnumerable<string> Pairs(string word) => word.Length < 2 ? [word] : Enumerable.Range(0, word.Length - 1).Select(i => word.Substring(i, 2));

    /// <summary>The word without the particle at its end (사과를 → 사과); null when it has none, or too little would be left.</summary>
    public static string? Stem(string word, int minLength)
    {
        if (!IsSyllabic(word[0])) return word.Length > 3 && word[^1] == 's' && word[^2] != 's' ? word[..^1] : null;
        var particle = Array.Find(Particles, p => word.Length - p.Length >= minLength && word.EndsWith(p, StringComparison.Ordinal) && Agrees(word[^(p.Length + 1)], p));
        return particle is null ? null : word[..^particle.Length];
    }

    // 을, 은, 이, 과 and 으로 follow a consonant, 를, 는, 가, 와, 랑 and 나 a vowel: 사과 ends in 과 and yet is a whole word.
    static bool Agrees(char before, string particle) => particle[0] switch
    {
        '은' or '이' or '을' or '과' or '으' => Hangul.EndsInConsonant(before),
        '는' or '가' or '를' or '와' or '랑' or '나' => !Hangul.EndsInConsonant(before),
        _ => true,
    };
}

/// <summary>How syllables are put together.</summary>
static class Hangul
{
    const int First = 0xAC00, Vowels = 21, Finals = 28, Leads = 19;

    public static bool EndsInConsonant(char syllable) => syllable is >= '\uAC00' and <= '\uD7A3' && (syllable - First) % Finals != 0;

    /// <summary>Puts separate letters together to syllables, as files from a Mac carry them; the invariant runtime does not.</summary>
    public static string Composed(string text)
    {
        if (!text.Any(c => c is >= '\u1100' and <= '\u11FF')) return text;
        var composed = new StringBuilder();
        foreach (var letter in text)
        {
            var last = composed.Length > 0 ? composed[^1] : '\0';
            if (letter - 0x1161 is >= 0 and < Vowels && last - 0x1100 is >= 0 and < Leads)
                composed[^1] = (char)(First + ((last - 0x1100) * Vowels + (letter - 0x1161)) * Finals);
            else if (letter - 0x11A7 is > 0 and < Finals && last is >= '\uAC00' and <= '\uD7A3' && (last - First) % Finals == 0)
                composed[^1] = (char)(last + (letter - 0x11A7));
            else composed.Append(letter);
        }
        return composed.ToString();
    }
}
