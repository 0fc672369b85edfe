using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Storefront.Pages;

/// <summary>/error/{status}: what a visitor sees instead of a page that cannot be shown.</summary>
[IgnoreAntiforgeryToken]
sealed class ErrorPage : ShopPage
{
    public int Status { get; private set; }
    public string Heading { get; private set; } = "";
    public string Text { get; private set; } = "";

    public void OnGet(int status) => Fill(status);
    public void OnPost(int status) => Fill(status);

    void Fill(int status)
    {
        Status = status;
        (Heading, Text) = status switch
        {
            400 => (T.BadRequestTitle, T.BadRequestText),
            401 or 403 => (T.ForbiddenTitle, T.ForbiddenText),
            404 or 405 => (T.NotFoundTitle, T.NotFoundText),
            429 => (T.UnavailableTitle, T.TooManyTries),
            502 or 503 or 504 => (T.UnavailableTitle, T.UnavailableText),
            _ => (T.ErrorTitle, T.ErrorText),
        };
        ShowPersonal(Heading, Tab.None);
    }
}
