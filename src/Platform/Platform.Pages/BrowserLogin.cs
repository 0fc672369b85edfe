using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Jangteo.Platform.Pages;

/// <summary>How visitors of a page host log in: at Identity's pages by OpenID Connect (code and proof key), then by the host's own cookie.</summary>
public static class BrowserLogins
{
    /// <summary>
    /// Adds the login of a page host: the cookie scheme for its paths, and what <see cref="MapBrowserLogin"/> maps: <c>{prefix}/login?returnUrl=</c> and
    /// <c>{prefix}/logout</c>, which a form posts to. The tokens live in the encrypted cookie and are renewed when they run out. Only the browser
    /// goes through the mall's origin; this process talks to Identity as a module client does.
    /// </summary>
    /// <param name="builder">The process.</param>
    /// <param name="scheme">The name of the cookie scheme.</param>
    /// <param name="clientId">The client that Identity knows; its secret is the service secret of that name.</param>
    /// <param name="pathPrefix">Where the host's pages are, "/" or for example "/backoffice".</param>
    public static void AddBrowserLogin(this WebApplicationBuilder builder, string scheme, string clientId, string pathPrefix)
    {
        var login = new BrowserLogin(scheme, clientId, pathPrefix.TrimEnd('/'), builder.Configuration);
        builder.Services.AddKeyedSingleton(scheme, login);
        builder.Services.Configure<AuthenticationPaths>(paths => paths.Use(pathPrefix, scheme));
        builder.Services.AddAuthentication().AddCookie(scheme, login.Cookie).AddOpenIdConnect(login.RemoteScheme, login.Remote);
        builder.Services.AddOptions<OpenIdConnectOptions>(login.RemoteScheme).Configure<SigningKeys, IHttpClientFactory>((options, keys, clients) =>
        {
            options.Backchannel = clients.CreateClient("identity-tokens");
            options.ConfigurationManager = new KnownIdentity(keys, login.Origin, ModuleClients.BaseAddress(builder.Configuration, "identity"));
        });
        builder.Services.HandleOnly(login.RemoteScheme, http => ValueTask.FromResult(
            http.Request.Path.StartsWithSegments(login.Prefix + "/signin-oidc") || http.Request.Path.StartsWithSegments(login.Prefix + "/signout-callback-oidc")));
    }

    /// <summary>Makes a module client call on behalf of the page's visitor: with their token and guest cart, and from their address.</summary>
    public static IHttpClientBuilder OnBehalfOfVisitor(this IHttpClientBuilder client) =>
        // Before all others: a visitor who has no token to send is no fault of the module, to be tried again and counted against it.
        client.ConfigureAdditionalHttpMessageHandlers((handlers, services) => handlers.Insert(0, new OnBehalfOfVisitor(services.GetRequiredService<IHttpContextAccessor>()))).FromVisitor();

    /// <summary>Makes a module client call from the address of the page's visitor, but as nobody: for what is the same for all.</summary>
    public static IHttpClientBuilder FromVisitor(this IHttpClientBuilder client) =>
        client.AddHttpMessageHandler(services => new FromVisitor(services.GetRequiredService<IHttpContextAccessor>()));

    /// <summary>True for an address of this site: a link that logs in here must not lead elsewhere.</summary>
    public static bool IsLocal([NotNullWhen(true)] string? url) => url is ['/', ..] && url is not ['/', '/' or '\\', ..] && url.Length <= 4000 && !url.Any(char.IsControl);

    /// <summary>Maps the routes of the login that was added under the scheme.</summary>
    public static void MapBrowserLogin(this WebApplication app, string scheme)
    {
        var login = app.Services.GetRequiredKeyedService<BrowserLogin>(scheme);
        app.MapGet($"{login.Prefix}/login", login.LogIn).ExcludeFromDescription();
        app.MapPost($"{login.Prefix}/logout", login.LogOut).ExcludeFromDescription();
        // A link that somebody wrote logs nobody out: it leads to where the button is.
        app.MapGet($"{login.Prefix}/logout", login.Home).ExcludeFromDescription();
    }
}

sealed class BrowserLogin(string scheme, string clientId, string prefix, IConfiguration configuration)
{
    const string RenewAt = "renew_at", ExpiresAt = "expires_at";
    static readonly TimeSpan StaysFor = TimeSpan.FromDays(14);
    static readonly TimeSpan RenewTimeout = TimeSpan.FromSeconds(5);
    static readonly TimeSpan ClocksDiffer = TimeSpan.FromSeconds(5);

    public string Origin { get; } = configuration["Mall:Origin"]!.TrimEnd('/');
    public string Prefix => prefix;
    public string RemoteScheme => scheme + "-oidc";

    public IResult LogIn(HttpContext http, string? returnUrl = null) =>
        TypedResults.Challenge(new() { RedirectUri = LocalOrHome(http, returnUrl), IsPersistent = true }, [RemoteScheme]);

    public IResult LogOut(HttpContext http) =>
        // A foreign page may send the browser here, but not log its visitor out.
        http.Request.Headers["Sec-Fetch-Site"] == "cross-site"
            ? Home(http)
            : TypedResults.SignOut(new() { RedirectUri = LocalOrHome(http, null) }, [scheme, RemoteScheme]);

    public IResult Home(HttpContext http) => TypedResults.LocalRedirect(LocalOrHome(http, null));

    string LocalOrHome(HttpContext http, string? url) => BrowserLogins.IsLocal(url) ? url : $"{http.Request.PathBase}{prefix}/";

    public void Cookie(CookieAuthenticationOptions options)
    {
        options.Cookie = new() { Name = $"jangteo_{scheme}", Path = prefix.Length == 0 ? "/" : prefix, HttpOnly = true, SameSite = SameSiteMode.Lax, SecurePolicy = CookieSecurePolicy.SameAsRequest, IsEssential = true };
        options.LoginPath = prefix + "/login";
        options.ReturnUrlParameter = "returnUrl";
        options.ExpireTimeSpan = StaysFor;
        options.SlidingExpiration = true;
        options.Events.OnValidatePrincipal = Renew;
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }

    public void Remote(OpenIdConnectOptions options)
    {
        options.SignInScheme = scheme;
        (options.ClientId, options.ClientSecret) = (clientId, ServiceSecrets.Of(clientId, configuration));
        (options.ResponseType, options.ResponseMode, options.UsePkce) = (OpenIdConnectResponseType.Code, OpenIdConnectResponseMode.Query, true);
        options.CallbackPath = prefix + "/signin-oidc";
        options.SignedOutCallbackPath = prefix + "/signout-callback-oidc";
        options.RequireHttpsMetadata = false;
        options.MapInboundClaims = false;
        options.DisableTelemetry = true;
        options.Scope.Clear();
        foreach (var scope in new[] { "openid", "profile", "offline_access" }) options.Scope.Add(scope);
        foreach (var cookie in new[] { options.CorrelationCookie, options.NonceCookie })
            (cookie.Path, cookie.SameSite, cookie.SecurePolicy) = ("/", SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
        options.Events = new()
        {
            OnRedirectToIdentityProvider = context =>
            {
                // The visitor comes through the mall's one origin, whatever this process calls itself; a language may be their path base.
                context.ProtocolMessage.RedirectUri = Origin + options.CallbackPath;
                if (context.Request.PathBase.Value is ['/', _, _] language) context.ProtocolMessage.UiLocales = language[1..];
                return Task.CompletedTask;
            },
            OnRedirectToIdentityProviderForSignOut = context =>
            {
                context.ProtocolMessage.PostLogoutRedirectUri = Origin + options.SignedOutCallbackPath;
                return Task.CompletedTask;
            },
            OnTokenValidated = KeepWhatIsNeeded,
            OnRemoteFailure = context =>
            {
                // An old tab, a second click, a lost cookie: begin anew instead of showing an error.
                context.HttpContext.RequestServices.GetRequiredService<ILogger<BrowserLogin>>().LogInformation("A login at {Client} did not finish: {Reason}", clientId, context.Failure?.Message);
                context.Response.Redirect(prefix + "/");
                context.HandleResponse();
                return Task.CompletedTask;
            },
        };
    }

    Task KeepWhatIsNeeded(TokenValidatedContext context)
    {
        var wanted = context.Principal!.Claims.Where(c => c.Type is "sub" or "name" or "role");
        context.Principal = new(new ClaimsIdentity(wanted, scheme, "name", "role"));
        Store(context.Properties!, context.TokenEndpointResponse!, Time(context.HttpContext));
        return Task.CompletedTask;
    }

    static DateTimeOffset Time(HttpContext http) => http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    // The identity token says to Identity, when one logs out, which session that was.
    static void Store(AuthenticationProperties properties, OpenIdConnectMessage tokens, DateTimeOffset now)
    {
        var lastsSeconds = int.Parse(tokens.ExpiresIn, CultureInfo.InvariantCulture);
        properties.StoreTokens(
        [
            new() { Name = OpenIdConnectParameterNames.AccessToken, Value = tokens.AccessToken }, new() { Name = OpenIdConnectParameterNames.RefreshToken, Value = tokens.RefreshToken },
            new() { Name = OpenIdConnectParameterNames.IdToken, Value = tokens.IdToken },
            new() { Name = RenewAt, Value = now.AddSeconds(lastsSeconds * 0.8).ToString("O", CultureInfo.InvariantCulture) },
            new() { Name = ExpiresAt, Value = now.AddSeconds(lastsSeconds).ToString("O", CultureInfo.InvariantCulture) },
        ]);
    }

    static DateTimeOffset? Stored(AuthenticationProperties properties, string name) =>
        DateTimeOffset.TryParse(properties.GetTokenValue(name), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : null;

    /// <summary>The access token has run out, or is about to, as Identity did not renew it.</summary>
    public static bool HasLapsed(AuthenticationProperties login, HttpContext http) => Stored(login, ExpiresAt) - ClocksDiffer <= Time(http);

    async Task Renew(CookieValidatePrincipalContext context)
    {
        if (context.Properties.GetTokenValue(OpenIdConnectParameterNames.RefreshToken) is not { } refresh || Stored(context.Properties, RenewAt) is not { } due) { context.RejectPrincipal(); return; }
        if (due > Time(context.HttpContext)) return;
        try
        {
            using var timeout = new CancellationTokenSource(RenewTimeout);
            if (await Ask(context.HttpContext, refresh, timeout.Token) is { } tokens)
            {
                Store(context.Properties, tokens, Time(context.HttpContext));
                context.ReplacePrincipal(Renamed(context.Principal!, tokens.IdToken));
                context.ShouldRenew = true;
                return;
            }
            // The session was ended: at another device, by withdrawal, or because somebody used a copy.
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(scheme);
        }
        // Identity is down: the visitor stays logged in, and the token may still hold for some minutes.
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            context.HttpContext.RequestServices.GetRequiredService<ILogger<BrowserLogin>>().LogWarning("A login could not be renewed: {Reason}", e.Message);
        }
    }

    /// <summary>Trades in the refresh token; null when Identity refuses it.</summary>
    async Task<OpenIdConnectMessage?> Ask(HttpContext http, string refresh, CancellationToken ct)
    {
        using var response = await http.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient("identity-tokens").PostAsync("/connect/token", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token", ["refresh_token"] = refresh, ["client_id"] = clientId, ["client_secret"] = ServiceSecrets.Of(clientId, configuration),
        }), ct);
        if (response.StatusCode == HttpStatusCode.BadRequest) return null;
        return new(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(ct));
    }

    /// <summary>The visitor under the name that they have now; the token came straight from Identity.</summary>
    ClaimsPrincipal Renamed(ClaimsPrincipal visitor, string identityToken) =>
        new(new ClaimsIdentity(visitor.Claims.Where(c => c.Type != "name").Concat(new JsonWebToken(identityToken).Claims.Where(c => c.Type == "name")), scheme, "name", "role"));
}

/// <summary>Where Identity is, known without asking it: the browser meets it at the mall's origin, this process over its transport.</summary>
sealed class KnownIdentity(SigningKeys keys, string origin, Uri backChannel) : IConfigurationManager<OpenIdConnectConfiguration>
{
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        var known = new OpenIdConnectConfiguration
        {
            Issuer = origin + "/",
            AuthorizationEndpoint = origin + "/connect/authorize",
            EndSessionEndpoint = origin + "/connect/logout",
            TokenEndpoint = new Uri(backChannel, "connect/token").ToString(),
        };
        foreach (var key in (await keys.GetConfigurationAsync(cancel)).SigningKeys) known.SigningKeys.Add(key);
        return known;
    }

    public void RequestRefresh() => keys.RequestRefresh();
}

sealed class OnBehalfOfVisitor(IHttpContextAccessor visitor) : DelegatingHandler
{
    const string GuestCart = "jangteo_cart";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (visitor.HttpContext is not { } http) return await base.SendAsync(request, ct);
        if (http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties is { } login && login.GetTokenValue(OpenIdConnectParameterNames.AccessToken) is { } token)
        {
            // Sent all the same, it would make a guest of a member: with an empty cart, and without orders.
            if (BrowserLogin.HasLapsed(login, http)) throw new HttpRequestException("The visitor's token has run out, and Identity does not renew it.");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        if (http.Request.Cookies[GuestCart] is { } cart) request.Headers.TryAddWithoutValidation("Cookie", $"{GuestCart}={cart}");

        var response = await base.SendAsync(request, ct);
        if (!http.Response.HasStarted && response.Headers.TryGetValues("Set-Cookie", out var cookies))
            foreach (var cookie in cookies.Where(c => c.StartsWith(GuestCart + "=", StringComparison.Ordinal))) http.Response.Headers.Append("Set-Cookie", cookie);
        return response;
    }
}

/// <summary>Limits are per address: without it all visitors of the pages would share one.</summary>
sealed class FromVisitor(IHttpContextAccessor visitor) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (visitor.HttpContext is { } http)
        {
            if (http.Connection.RemoteIpAddress is { } address) request.Headers.TryAddWithoutValidation("X-Forwarded-For", address.ToString());
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", http.Request.Scheme);
            request.Headers.TryAddWithoutValidation("User-Agent", http.Request.Headers.UserAgent.ToString());
        }
        return base.SendAsync(request, ct);
    }
}
