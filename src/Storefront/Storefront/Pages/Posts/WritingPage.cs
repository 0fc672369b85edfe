using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Jangteo.Storefront.Pages.Posts;

/// <summary>
/// A page that people write on for a while, so that their log-in may end before they send it. The token of a form is bound to
/// the log-in; instead of being refused with all that was written, the form is shown again. Nothing is done without a token.
/// </summary>
[IgnoreAntiforgeryToken]
abstract class WritingPage(IAntiforgery antiforgery) : ShopPage
{
    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var onlyReads = HttpMethods.IsGet(Request.Method) || HttpMethods.IsHead(Request.Method);
        if (onlyReads || IsMember && await antiforgery.IsRequestValidAsync(HttpContext)) await next();
        else context.Result = await ShowAgain(context.HandlerMethod?.Name, HttpContext.RequestAborted);
    }

    /// <summary>Shows what was written for a handler, with why it was not sent.</summary>
    protected abstract Task<IActionResult> ShowAgain(string? handler, CancellationToken ct);

    protected string WhyNotSent => IsMember ? T.TryAgain : T.LoginAgain;
}
