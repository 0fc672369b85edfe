using System.Security.Cryptography;
using System.Text;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Jangteo.SandboxPay;

/// <summary>The secret shared with the merchant: it opens the API and, by a key derived from it, signs the webhooks.</summary>
sealed class MerchantSecret(IOptions<SandboxPayOptions> options, IConfiguration configuration)
{
    readonly byte[] _secret = Encoding.UTF8.GetBytes(options.Value.Secret ?? ServiceSecrets.Of("sandbox-pay", configuration));

    /// <summary>HTTP Basic with the secret as the user and no password.</summary>
    public bool Opens(string authorization)
    {
        const string scheme = "Basic ";
        if (!authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return false;
        var given = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[scheme.Length..], given, out var length)) return false;
        return CryptographicOperations.FixedTimeEquals(given.AsSpan(0, length), [.. _secret, (byte)':']);
    }

    /// <summary>The header <c>Sandbox-Signature: t={unix seconds},v1={hex}</c>: HMAC-SHA256 over "{t}.{body}".</summary>
    public string Sign(DateTimeOffset now, string body)
    {
        var time = now.ToUnixTimeSeconds();
        var key = HMACSHA256.HashData(_secret, "webhooks"u8);
        return $"t={time},v1={Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{time}.{body}")))}";
    }
}

/// <summary>401 for everybody but the merchant.</summary>
sealed class RequireMerchant(MerchantSecret secret) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next) =>
        secret.Opens(call.HttpContext.Request.Headers.Authorization.ToString())
            ? await next(call)
            : Problems.Of(401, "unauthenticated", "Send the API secret with HTTP Basic.");
}
