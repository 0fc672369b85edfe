using Jangteo.Identity.Logins;
using Jangteo.Platform;
using Jangteo.Platform.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Jangteo.Identity.Tokens;

/// <summary>
/// OpenIddict speaks the protocol; sessions, clients and single use are ours (its "degraded mode"), so that a login by the
/// pages and one by the API are the same thing: one list, one rotation, one way to end it.
/// </summary>
static class OpenIdConnect
{
    public const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;
    public static readonly string[] BrowserScopes = [Scopes.OpenId, Scopes.Profile, Scopes.Email, Scopes.OfflineAccess];
    public static readonly TimeSpan ServiceTokensFor = TimeSpan.FromHours(1);

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<BrowserClients>();
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.EnableDegradedMode().DisableAccessTokenEncryption();
            server.SetIssuer(builder.Configuration["Mall:Origin"]!.TrimEnd('/') + "/");
            server.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token").SetEndSessionEndpointUris("connect/logout")
                .SetUserInfoEndpointUris("connect/userinfo").SetJsonWebKeySetEndpointUris(".well-known/jwks");
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().AllowRefreshTokenFlow().AllowClientCredentialsFlow();
            server.RegisterScopes([.. BrowserScopes, Policies.Service]);
            server.SetAccessTokenLifetime(TokenIssuer.AccessFor).SetAuthorizationCodeLifetime(TimeSpan.FromMinutes(2)).SetRefreshTokenLifetime(MemberSession.IdleFor);
            server.Configure(options =>
            {
                options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain);
                // Answers by form post need a script in the page.
                options.ResponseModes.RemoveWhere(mode => mode != ResponseModes.Query);
            });
            server.AddEventHandler<ValidateAuthorizationRequestContext>(on => on.UseSingletonHandler<CheckAuthorizationRequest>());
            server.AddEventHandler<ValidateTokenRequestContext>(on => on.UseSingletonHandler<CheckTokenRequest>());
            server.AddEventHandler<ValidateEndSessionRequestContext>(on => on.UseSingletonHandler<CheckLogoutRequest>());
            // TLS ends at the gateway, and in-process calls have none.
            server.UseAspNetCore().DisableTransportSecurityRequirement()
                .EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough().EnableEndSessionEndpointPassthrough().EnableUserInfoEndpointPassthrough();
        });
        builder.Services.AddOptions<OpenIddictServerOptions>().Configure<Keys>((options, keys) =>
        {
            options.SigningCredentials.Add(keys.Loaded!.Credentials);
            options.EncryptionCredentials.Add(new(keys.Loaded.Codes, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
        });
        builder.Services.HandleOnly(Scheme, IsItsOwn);
    }

    static async ValueTask<bool> IsItsOwn(HttpContext http)
    {
        var path = http.Request.Path;
        if (!path.StartsWithSegments("/connect") && path != "/.well-known/openid-configuration") return false;
        // Its options need the keys, and options cannot wait for a database.
        await http.RequestServices.GetRequiredService<Keys>().Get(http.RequestAborted);
        return true;
    }
}

/// <summary>An authorization request comes from a page host of the mall and returns there.</summary>
sealed class CheckAuthorizationRequest(BrowserClients clients) : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>
{
    public ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
    {
        var client = clients.Find(context.ClientId);
        if (client is null) context.Reject(Errors.InvalidClient, "The client is unknown.");
        else if (context.RedirectUri != client.RedirectUri) context.Reject(Errors.InvalidRequest, "The redirect URI is not the client's.");
        else if (context.Request.Scope?.Split(' ').Except(OpenIdConnect.BrowserScopes).Any() == true) context.Reject(Errors.InvalidScope, "The scope is not for pages.");
        return default;
    }
}

/// <summary>A token request is signed with the secret of its client: a page host or any service of the mall.</summary>
sealed class CheckTokenRequest(BrowserClients clients) : IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    public ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        var request = context.Request;
        if (request.ClientId is not { } client || !clients.IsSecretOf(client, request.ClientSecret)) context.Reject(Errors.InvalidClient, "The client or its secret is not right.");
        else if (request.GrantType == GrantTypes.ClientCredentials && request.Scope != Policies.Service) context.Reject(Errors.InvalidScope, "Ask for the scope service.");
        else if (request.GrantType != GrantTypes.ClientCredentials && clients.Find(client) is null) context.Reject(Errors.UnauthorizedClient, "Only page hosts log people in.");
        return default;
    }
}

/// <summary>After a log-out one returns to a page host of the mall, nowhere else.</summary>
sealed class CheckLogoutRequest(BrowserClients clients) : IOpenIddictServerHandler<ValidateEndSessionRequestContext>
{
    public ValueTask HandleAsync(ValidateEndSessionRequestContext context)
    {
        if (context.PostLogoutRedirectUri is { Length: > 0 } uri && !clients.MayReturnTo(uri)) context.Reject(Errors.InvalidRequest, "The redirect URI is not ours.");
        return default;
    }
}
