namespace Jangteo.Mall.Browser;

/// <summary>A language as a visitor meets it. The tests name what they press as the visitor reads it.</summary>
public sealed class Words
{
    public static readonly Words Korean = new();
    public static readonly Words English = new();

    public string Locale => this["ko-KR", "en-US"];

    /// <summary>What comes before every path of the shop.</summary>
    public string Base => this["", "/en"];

    public string this[string korean, string english] => ReferenceEquals(this, English) ? english : korean;
}
