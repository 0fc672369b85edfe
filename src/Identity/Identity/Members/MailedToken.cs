using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Identity.Members;

/// <summary>What a mailed link lets its reader do.</summary>
enum MailedPurpose
{
    VerifyEmail,
    ResetPassword,
}

/// <summary>A link that was mailed: only the hash of its token is kept, and it works once.</summary>
sealed class MailedToken
{
    public static readonly TimeSpan VerifyFor = TimeSpan.FromHours(24);
    public static readonly TimeSpan ResetFor = TimeSpan.FromHours(1);

    public required string Hash { get; init; }
    public Guid MemberId { get; init; }
    public MailedPurpose Purpose { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
    public int Version { get; set; }

    public static (MailedToken Row, string Token) New(Guid memberId, MailedPurpose purpose, DateTimeOffset now)
    {
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var lasts = purpose == MailedPurpose.VerifyEmail ? VerifyFor : ResetFor;
        return (new() { Hash = HashOf(token), MemberId = memberId, Purpose = purpose, ExpiresAt = now + lasts }, token);
    }

    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Finds a token that still works; null for unknown, used and expired ones alike.</summary>
    public static async Task<MailedToken?> Find(IdentityDb db, string token, MailedPurpose purpose, DateTimeOffset now, CancellationToken ct)
    {
        if (token.Length is 0 or > 200) return null;
        var hash = HashOf(token);
        return await db.MailedTokens.FirstOrDefaultAsync(t => t.Hash == hash && t.Purpose == purpose && t.UsedAt == null && t.ExpiresAt > now, ct);
    }
}
