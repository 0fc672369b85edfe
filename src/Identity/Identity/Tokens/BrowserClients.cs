using System.Security.Cryptography;
using System.Text;
using Jangteo.Platform;
using Microsoft.Extensions.Configuration;

namespace Jangteo.Identity.Tokens;

/// <summary>A host of the mall whose visitors log in here. All are ours, so nobody is asked for consent.</summary>
sealed record BrowserClient(string Id, string RedirectUri, string PostLogoutRedirectUri);

/// <summary>Who may ask for tokens: the mall's own page hosts, and its services with their secrets.</summary>
sealed class BrowserClients(IConfiguration configuration)
{
    readonly Dictionary<string, BrowserClient> _clients = new[] { Of("storefront", "", configuration), Of("backoffice", "/backoffice", configuration) }.ToDictionary(c => c.Id);

    public BrowserClient? Find(string? id) => id is not null && _clients.TryGetValue(id, out var client) ? client : null;

    public bool MayReturnTo(string? uri) => _clients.Values.Any(c => c.PostLogoutRedirectUri == uri);

    /// <summary>True when it is this service's secret. Secrets are random and long, so comparing them needs no slow hash.</summary>
    public bool IsSecretOf(string service, string? secret) =>
        service.Length is > 0 and <= 50 && service.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && secret is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(ServiceSecrets.Of(service, configuration)));

    static BrowserClient Of(string id, string prefix, IConfiguration configuration)
    {
        var origin = configuration["Mall:Origin"]!.TrimEnd('/');
        return new(id, $"{origin}{prefix}/signin-oidc", $"{origin}{prefix}/signout-callback-oidc");
    }
}
