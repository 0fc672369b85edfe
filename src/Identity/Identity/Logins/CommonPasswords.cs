using System.Text.RegularExpressions;

namespace Jangteo.Identity.Logins;

/// <summary>
/// Knows passwords that every breach list holds near its top, with no list to download: common words (Korean ones also as
/// typed on an English keyboard) however capitalised, spelt with digits, repeated or decorated; keyboard walks; runs.
/// It is no replacement for a full list of breached passwords: it refuses what guessing tools try first.
/// </summary>
static partial class CommonPasswords
{
    static readonly HashSet<string> Words = [.. """
        password passwort passw0rd passwd pass letmein welcome welcomehome admin administrator root toor login master guest user test
        testing tester demo default changeme secret private temp temporary hello helloworld iloveyou loveyou ilove lovely love lover
        babygirl baby sunshine princess prince angel angels dragon monkey tiger lion eagle falcon phoenix butterfly chocolate cookie
        football baseball basketball soccer hockey golf tennis superman batman spiderman ironman starwars pokemon pikachu naruto
        minecraft nintendo playstation xbox computer internet samsung google facebook twitter instagram youtube amazon apple android
        microsoft windows linux ubuntu oracle server database system network security trustno access freedom whatever shadow michael
        michelle jennifer jessica jordan daniel david ashley nicole thomas charlie robert andrew joshua matthew anthony william
        liverpool arsenal chelsea barcelona realmadrid manchester yankees lakers cowboys steelers summer winter spring autumn january
        february monday friday korea korean seoul busan southkorea daehanminguk kimchi hanguk jangteo shop shopping market mall money
        qwer qwert qwerty qwertyui qwertyuiop asdf asdfg asdfgh asdfghjkl zxcv zxcvb zxcvbn zxcvbnm qazwsx qazwsxedc wsxedc rfvtgb
        qweasd qweasdzxc asdzxc poiuytrewq lkjhgfdsa mnbvcxz azerty abcd abcde abcdef abcdefg abcdefgh abcdefghij aaaa aaaaa blink
        tkfkdgo tkfkd tkfkdgody qlalfqjsgh dkssud dkssudgktpdy godqhr ghkdlxld dlqslek anjgo rkskekfk eogksalsrnr wkdxj answer qnrrjr
        sarang saranghae annyeong hwaiting fighting blackpink bts exo twice gangnam dokdo taekwondo
        """.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)];

    static readonly string[] Walks =
    [
        "01234567890123456789", "98765432109876543210", "qwertyuiopasdfghjklzxcvbnm", "mnbvcxzlkjhgfdsapoiuytrewq", "abcdefghijklmnopqrstuvwxyz",
        "zyxwvutsrqponmlkjihgfedcba", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "zaq12wsxcde34rfvbgt56yhnmju7",
        "qazwsxedcrfvtgbyhnujmikolp", "!qaz@wsx#edc$rfv%tgb", "!@#$%^&*()_+", "1a2b3c4d5e6f7g8h9i0j", "a1b2c3d4e5f6g7h8i9j0", "147258369014725836", "1q2w3e4r!@#$qwer",
    ];

    public static bool Has(string password, string emailKey)
    {
        var plain = password.Trim().ToLowerInvariant();
        if (plain.Distinct().Count() <= 3 || IsRepeated(plain)) return true;
        if (Walks.Any(walk => walk.Contains(plain, StringComparison.Ordinal))) return true;
        var core = Decoration().Replace(plain, "");
        if (core.Length > 0 && (IsWords(core) || IsWords(Spelt(core)) || Walks.Any(w => core.Length >= 4 && w.Contains(core, StringComparison.Ordinal)))) return true;
        // Only digits and signs around nothing: a date, a telephone number.
        if (core.Length == 0 && plain.Count(char.IsAsciiDigit) >= plain.Length - 2 && plain.Length <= 12) return true;
        var local = emailKey.Split('@')[0];
        return local.Length >= 4 && (core == local || plain == emailKey || plain.Replace(local, "", StringComparison.Ordinal).Length <= 4 && plain.Contains(local, StringComparison.Ordinal));
    }

    static bool IsRepeated(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
            if (length <= 5 && text.Length % length == 0 && Enumerable.Range(0, text.Length).All(i => text[i] == text[i % length])) return true;
        return false;
    }

    /// <summary>One or two common words and nothing else.</summary>
    static bool IsWords(string text) =>
        Words.Contains(text) || Enumerable.Range(3, Math.Max(0, text.Length - 5)).Any(at => Words.Contains(text[..at]) && Words.Contains(text[at..]));

    static string Spelt(string text) => text.Replace('0', 'o').Replace('1', 'i').Replace('3', 'e').Replace('4', 'a').Replace('5', 's').Replace('7', 't').Replace('@', 'a').Replace('$', 's').Replace('!', 'i');

    [GeneratedRegex(@"^[\d\W_]+|[\d\W_]+$")] private static partial Regex Decoration();
}
