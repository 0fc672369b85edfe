using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront;

/// <summary>A page that cannot be shown answers with a page: 503 when a module does not answer, 500 when the fault is ours.</summary>
sealed partial class PageErrors(ILogger<PageErrors> log) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken ct)
    {
        if (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.Metadata.GetMetadata<PageActionDescriptor>() is null) return ValueTask.FromResult(false);
        var outage = Outage.Is(exception);
        if (outage) log.LogWarning("{Path} waits for a module: {Reason}", context.Request.Path, exception.Message);
        else log.LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
        context.Response.StatusCode = outage ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
        // The body is left empty: the status code pages around the pipeline fill it in the language of the visitor.
        return ValueTask.FromResult(true);
    }
}

/// <summary>Fills empty error answers of pages. It must stand outside routing, so it is a startup filter.</summary>
sealed class ErrorPages : IStartupFilter
{
    static readonly PathString[] s_machines = ["/api", "/feeds", "/connect", "/health", "/openapi", "/assets", "/.well-known"];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseWhen(context => !Array.Exists(s_machines, prefix => context.Request.Path.StartsWithSegments(prefix)),
            pages => pages.UseStatusCodePagesWithReExecute("/error/{0}"));
        next(app);
    };
}
