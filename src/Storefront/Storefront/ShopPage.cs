using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;

namespace Jangteo.Storefront;

/// <summary>Which tab of the bar at the foot of a phone a page belongs to.</summary>
public enum Tab { None, Home, Products, Boards, Cart, My }

/// <summary>What every page tells the frame around it.</summary>
public abstract class ShopPage : PageModel
{
    public string? Title { get; private set; }
    public string? Description { get; protected set; }
    public string? Picture { get; protected set; }
    public string? TopCategory { get; protected set; }
    public string? SearchWords { get; protected set; }
    public string? BodyClass { get; protected set; }
    public Tab Tab { get; protected set; }

    /// <summary>Search engines may list it.</summary>
    public bool Indexed { get; protected set; } = true;

    /// <summary>The same for every visitor and kept in the output cache: nothing personal may appear on it.</summary>
    public bool Shared { get; protected set; }

    /// <summary>Somebody is logged in; not to be asked on a page that is the same for every visitor.</summary>
    public bool IsMember => Caller.Of(User).MemberId is not null;

    protected Texts T => field ??= HttpContext.RequestServices.GetRequiredService<Texts>();

    protected void ShowPlain(string? title, Tab tab = Tab.None) => (Title, Tab) = (title, tab);

    /// <summary>Pages that are the same for all visitors. They have no flash and no form token; browsers ask again each time.</summary>
    protected void ShowShared(string? title, Tab tab = Tab.None)
    {
        ShowPlain(title, tab);
        Shared = true;
        Response.Headers.CacheControl = "no-cache";
    }

    /// <summary>The page is shown without a part because a module is down; it must not be kept like that.</summary>
    protected void LacksAPart() => HttpContext.Items[SharedPages.Incomplete] = true;

    /// <summary>Pages about one visitor: neither listed by search engines nor kept by anybody.</summary>
    protected void ShowPersonal(string title, Tab tab = Tab.My)
    {
        ShowPlain(title, tab);
        Indexed = false;
        Response.Headers.CacheControl = "no-cache, no-store";
    }

    protected void SayDone(string text) => TempData["Done"] = text;

    protected void SayFailed(string text) => TempData["Failed"] = text;

    /// <summary>Says what a module refused: at the fields it names, else above the form. What the form has no field for is named "".</summary>
    protected void SayRefused(Problem problem, Func<string, string> fieldOf)
    {
        foreach (var (field, _) in problem.Errors ?? []) ModelState.AddModelError(fieldOf(field), T.FieldInvalid);
        if (problem.Errors is null) ModelState.AddModelError("", problem.Status == 429 ? T.TooManyTries : T.TryAgain);
    }
}
