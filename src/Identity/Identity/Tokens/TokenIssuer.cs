using System.Buffers.Binary;
using System.Security.Cryptography;
using Jangteo.Identity.Contracts;
using Jangteo.Identity.Logins;
using Jangteo.Identity.Members;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Jangteo.Identity.Tokens;

/// <summary>Issues the access and refresh tokens of a session.</summary>
sealed class TokenIssuer(Keys keys, IConfiguration configuration, TimeProvider time)
{
    public const string Audience = "jangteo";
    public static readonly TimeSpan AccessFor = TimeSpan.FromMinutes(15);

    const int RefreshBytes = 16 + 4 + 32;
    static readonly JsonWebTokenHandler Jwt = new() { SetDefaultTimesOnTokenCreation = false };

    public string Issuer { get; } = configuration["Mall:Origin"]!.TrimEnd('/') + "/";

    public async Task<Contracts.Tokens> For(Member member, MemberSession session, CancellationToken ct)
    {
        var mallKeys = await keys.Get(ct);
        return new(Access(mallKeys, member, session), Refresh(mallKeys, session.Id, session.Sequence), (int)AccessFor.TotalSeconds);
    }

    string Access(MallKeys mallKeys, Member member, MemberSession session)
    {
        var now = time.GetUtcNow();
        var claims = new Dictionary<string, object> { ["sub"] = member.Id.ToString(), ["name"] = member.Name, ["client_id"] = session.ClientId, ["jti"] = Guid.NewGuid().ToString("N") };
        if (member.IsStaff) claims["role"] = Platform.Policies.Staff;
        return Jwt.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer, Audience = Audience, Claims = claims, TokenType = "at+jwt", SigningCredentials = mallKeys.Credentials,
            IssuedAt = now.UtcDateTime, Expires = (now + AccessFor).UtcDateTime,
        });
    }

    /// <summary>Session, number, and a seal over both: the same number always gives the same token, and nobody else can make one.</summary>
    public static string Refresh(MallKeys mallKeys, Guid sessionId, int sequence)
    {
        Span<byte> token = stackalloc byte[RefreshBytes];
        sessionId.TryWriteBytes(token);
        BinaryPrimitives.WriteInt32BigEndian(token[16..], sequence);
        HMACSHA256.HashData(mallKeys.Refresh, token[..20], token[20..]);
        return WebEncoders.Base64UrlEncode(token);
    }

    /// <summary>Reads a refresh token; null when we never made it.</summary>
    public static (Guid SessionId, int Sequence)? ReadRefresh(MallKeys mallKeys, string token)
    {
        if (token.Length != (RefreshBytes * 4 + 2) / 3) return null;
        Span<byte> bytes = stackalloc byte[RefreshBytes];
        if (System.Buffers.Text.Base64Url.DecodeFromChars(token, bytes, out _, out var written) != System.Buffers.OperationStatus.Done || written != RefreshBytes) return null;
        Span<byte> seal = stackalloc byte[32];
        HMACSHA256.HashData(mallKeys.Refresh, bytes[..20], seal);
        return CryptographicOperations.FixedTimeEquals(seal, bytes[20..]) ? (new Guid(bytes[..16]), BinaryPrimitives.ReadInt32BigEndian(bytes[16..])) : null;
    }
}
