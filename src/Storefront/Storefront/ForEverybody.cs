using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.OutputCaching;

namespace Jangteo.Storefront;

/// <summary>
/// A page that is kept for everybody asks the modules as nobody: what one visitor may read must not reach the next. And it is
/// made to its end though the visitor who asked first has left: others wait for the same page, and would see it fail.
/// </summary>
sealed class ForEverybody : IResourceFilter
{
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<OutputCacheAttribute>() is null) return;
        context.HttpContext.Features.Set<IAuthenticateResultFeature>(null);
        context.HttpContext.RequestAborted = CancellationToken.None;
    }

    public void OnResourceExecuted(ResourceExecutedContext context) { }
}
