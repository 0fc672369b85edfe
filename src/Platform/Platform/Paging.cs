using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Jangteo.Platform;

/// <summary>A page of a list and the cursor of the next one.</summary>
/// <param name="Items">At most the asked limit.</param>
/// <param name="Next">Pass as <c>after</c> for the next page; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>Cuts a page from rows read with one more than the limit.</summary>
    public static Page<T> From<TRow>(List<TRow> rows, int limit, Func<TRow, T> view, Func<TRow, string> cursor) =>
        new([.. rows.Take(limit).Select(view)], rows.Count > limit ? cursor(rows[limit - 1]) : null);
}

/// <summary>Opaque cursors: the sort values of the last row, so that a page never skips or repeats when rows are added.</summary>
public static class Cursor
{
    /// <summary>The limit of a page when the caller names none.</summary>
    public const int DefaultLimit = 20;

    /// <summary>The largest page.</summary>
    public const int MaxLimit = 100;

    /// <summary>Writes the sort values of a row.</summary>
    public static string Of<T>(T values) => WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(values, MessageFormat.Json));

    /// <summary>Reads a cursor; null when there is none.</summary>
    /// <exception cref="BadHttpRequestException">The cursor is not one of ours; answered as 400 naming <c>after</c>.</exception>
    public static T? Read<T>(string? after) where T : class
    {
        if (string.IsNullOrEmpty(after)) return null;
        try
        {
            var values = WebEncoders.Base64UrlDecode(after);
            // PostgreSQL holds no NUL and refuses to look for one; a cursor of ours has none.
            return values.AsSpan().IndexOf("\\u0000"u8) < 0 && JsonSerializer.Deserialize<T>(values, MessageFormat.Json) is { } read ? read : throw new JsonException();
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentException)
        {
            throw new BadHttpRequestException("Failed to bind parameter \"string after\".");
        }
    }
}
