using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Primitives;

namespace Jangteo.Storefront;

/// <summary>
/// Pages that are the same for every visitor are kept and given to all of them, logged in or not. The feed evicts them
/// by tag; the expiry is only for what no feed announces.
/// </summary>
sealed class SharedPages : IOutputCachePolicy
{
    public const string Name = "shared-page";
    static readonly TimeSpan s_expiry = TimeSpan.FromMinutes(5);

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken ct)
    {
        var request = context.HttpContext.Request;
        var readsOnly = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        context.EnableOutputCaching = true;
        context.AllowCacheLookup = context.AllowCacheStorage = readsOnly;
        context.AllowLocking = true;
        context.ResponseExpirationTimeSpan = s_expiry;
        context.CacheVaryByRules.QueryKeys = "*";
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken ct)
    {
        var response = context.HttpContext.Response;
        // A page that sets a cookie or lacks a part because a module was down is nobody else's.
        if (!StringValues.IsNullOrEmpty(response.Headers.SetCookie) || response.StatusCode != StatusCodes.Status200OK || context.HttpContext.Items.ContainsKey(Incomplete))
            context.AllowCacheStorage = false;
        return ValueTask.CompletedTask;
    }

    /// <summary>Mark of a request whose page lacks a part.</summary>
    public static readonly object Incomplete = new();
}
