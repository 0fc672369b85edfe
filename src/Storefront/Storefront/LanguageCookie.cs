using Microsoft.AspNetCore.Http;

namespace Jangteo.Storefront;

/// <summary>The language a payer left in: the provider sends everybody back to the same address.</summary>
static class LanguageCookie
{
    const string Name = "jangteo_language";

    public static void Remember(Language language, HttpResponse response) =>
        response.Cookies.Append(Name, language.Code, new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, Secure = response.HttpContext.Request.IsHttps });

    public static Language Of(HttpRequest request) => request.Cookies[Name] == Language.English.Code ? Language.English : Language.Korean;
}
