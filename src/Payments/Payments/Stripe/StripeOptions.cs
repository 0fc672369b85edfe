using System.ComponentModel.DataAnnotations;

namespace Jangteo.Payments;

/// <summary>The shop's account at Stripe, section <c>Payments:Stripe</c>.</summary>
sealed class StripeOptions
{
    /// <summary>The secret or restricted key; whoever has it can send all money back. Never logged.</summary>
    [Required(ErrorMessage = "Payments:Stripe:SecretKey is missing: it is in Stripe's dashboard, under developers, API keys.")]
    [RegularExpression("(sk|rk)_(test|live)_[A-Za-z0-9]+", ErrorMessage = "Payments:Stripe:SecretKey is no secret key: one begins with sk_live_, rk_live_, sk_test_ or rk_test_.")]
    public string SecretKey { get; set; } = "";

    /// <summary>With which Stripe signs its notices. Never logged.</summary>
    [Required(ErrorMessage = "Payments:Stripe:WebhookSecret is missing: Stripe's dashboard shows it for the endpoint /api/payments/webhooks/stripe.")]
    [RegularExpression("whsec_[A-Za-z0-9+/=]+", ErrorMessage = "Payments:Stripe:WebhookSecret is no signing secret: one begins with whsec_.")]
    public string WebhookSecret { get; set; } = "";

    /// <summary>Where the API is; another for tests only.</summary>
    [Url(ErrorMessage = "Payments:Stripe:ApiBase is no address.")]
    public string ApiBase { get; set; } = "https://api.stripe.com";
}
