using System.ComponentModel.DataAnnotations;

namespace Jangteo.Payments;

/// <summary>The shop's account at Toss Payments, section <c>Payments:Toss</c>.</summary>
sealed class TossOptions
{
    /// <summary>The secret key; whoever has it can send all money back. Never logged.</summary>
    [Required(ErrorMessage = "Payments:Toss:SecretKey is missing: it is in the developer centre of Toss Payments, under API keys.")]
    [RegularExpression("(test|live)_g?sk_[A-Za-z0-9]+", ErrorMessage = "Payments:Toss:SecretKey is no secret key: one begins with live_sk_, live_gsk_, test_sk_ or test_gsk_.")]
    public string SecretKey { get; set; } = "";

    /// <summary>At which bank virtual accounts (가상계좌) are opened: its two digits at Toss, for example 20; without it the shop does not offer them.</summary>
    [RegularExpression("[0-9]{2}", ErrorMessage = "Payments:Toss:VirtualAccountBank is no bank: Toss names each with two digits, for example 20.")]
    public string? VirtualAccountBank { get; set; }

    /// <summary>Where the API is; another for tests only.</summary>
    [Url(ErrorMessage = "Payments:Toss:ApiBase is no address.")]
    public string ApiBase { get; set; } = "https://api.tosspayments.com";
}
