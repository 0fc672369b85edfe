namespace Jangteo.Storefront.Pages;

/// <summary>GET /terms: the terms of use.</summary>
sealed class TermsPage : ShopPage
{
    public void OnGet() => ShowPlain(T.Terms);
}
