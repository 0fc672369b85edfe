using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.OutputCaching;

namespace Jangteo.Storefront;

/// <summary>A page that is kept for everybody asks the modules as nobody: what one visitor may read must not reach the next.</summary>
sealed class AsNobody : IResourceFilter
{
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<OutputCacheAttribute>() is not null)
            context.HttpContext.Features.Set<IAuthenticateResultFeature>(null);
    }

    public void OnResourceExecuted(ResourceExecutedContext context) { }
}
