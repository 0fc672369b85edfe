namespace Jangteo.Storefront.Pages;

/// <summary>GET /privacy: what is kept of a person, why and for how long.</summary>
sealed class PrivacyPage : ShopPage
{
    public void OnGet() => ShowPlain(T.Privacy);
}
