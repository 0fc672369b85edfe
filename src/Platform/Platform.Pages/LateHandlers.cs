using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Jangteo.Platform.Pages;

/// <summary>Keeps heavy authentication handlers out of requests that are not theirs.</summary>
public static class LateHandlers
{
    /// <summary>
    /// A protocol handler is asked about every request of the process, and the first page waits until it is set up. This
    /// lets it see, and be made for, only the requests that the condition names.
    /// </summary>
    public static void HandleOnly(this IServiceCollection services, string scheme, Func<HttpContext, ValueTask<bool>> isItsOwn) =>
        services.AddSingleton<IPostConfigureOptions<AuthenticationOptions>>(new PostConfigureOptions<AuthenticationOptions>(null, options =>
        {
            var builder = options.SchemeMap[scheme];
            LateHandler.Known[scheme] = (builder.HandlerType!, isItsOwn);
            builder.HandlerType = typeof(LateHandler);
        }));
}

sealed class LateHandler(IServiceProvider services) : IAuthenticationRequestHandler, IAuthenticationSignInHandler
{
    internal static readonly System.Collections.Concurrent.ConcurrentDictionary<string, (Type Handler, Func<HttpContext, ValueTask<bool>> IsItsOwn)> Known = [];

    AuthenticationScheme? _scheme;
    HttpContext? _http;
    IAuthenticationHandler? _inner;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        (_scheme, _http) = (scheme, context);
        return Task.CompletedTask;
    }

    public async Task<bool> HandleRequestAsync() =>
        await Known[_scheme!.Name].IsItsOwn(_http!) && await Inner() is IAuthenticationRequestHandler handler && await handler.HandleRequestAsync();

    public async Task<AuthenticateResult> AuthenticateAsync() => await (await Inner()).AuthenticateAsync();
    public async Task ChallengeAsync(AuthenticationProperties? properties) => await (await Inner()).ChallengeAsync(properties);
    public async Task ForbidAsync(AuthenticationProperties? properties) => await (await Inner()).ForbidAsync(properties);
    public async Task SignInAsync(ClaimsPrincipal user, AuthenticationProperties? properties) => await ((IAuthenticationSignInHandler)await Inner()).SignInAsync(user, properties);
    public async Task SignOutAsync(AuthenticationProperties? properties) => await ((IAuthenticationSignOutHandler)await Inner()).SignOutAsync(properties);

    async Task<IAuthenticationHandler> Inner()
    {
        if (_inner is not null) return _inner;
        var type = Known[_scheme!.Name].Handler;
        _inner = (IAuthenticationHandler)(services.GetService(type) ?? ActivatorUtilities.CreateInstance(services, type));
        await _inner.InitializeAsync(new(_scheme.Name, _scheme.DisplayName, type), _http!);
        return _inner;
    }
}
