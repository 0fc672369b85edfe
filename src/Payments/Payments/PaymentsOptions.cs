using System.ComponentModel.DataAnnotations;

namespace Jangteo.Payments;

/// <summary>Settings of Payments, section <c>Payments</c>.</summary>
public sealed class PaymentsOptions
{
    /// <summary>Where new payments are opened. Payments that were opened at another provider stay with it, as long as it is configured.</summary>
    [AllowedValues(SandboxPayProvider.ProviderName, TossProvider.ProviderName, StripeProvider.ProviderName, ErrorMessage = "Payments:Provider is unknown: it is sandboxpay, toss or stripe.")]
    public string Provider { get; set; } = SandboxPayProvider.ProviderName;

    /// <summary>What the payer sees as the receiver.</summary>
    [Required, StringLength(100)]
    public string Merchant { get; set; } = "장터 Jangteo";

    /// <summary>Where the provider sends the payer after paying, below the mall's origin; {orderId} is filled in.</summary>
    [Required]
    public string ReturnPath { get; set; } = "/orders/{orderId}/paid";

    /// <summary>Where the provider sends a payer who gives up.</summary>
    [Required]
    public string CancelPath { get; set; } = "/orders/{orderId}/declined";

    /// <summary>Where the provider sends its notices when it is not in this process; without one, the mall's origin.</summary>
    [Url]
    public string? WebhookOrigin { get; set; }

    /// <summary>Seconds after which a call to the provider counts as not answered, and is asked about.</summary>
    [Range(0.1, 60)]
    public double CallTimeoutSeconds { get; set; } = 5;

    /// <summary>Seconds that a person waits for the provider's answer before they are told that it is not known yet; less than their client waits.</summary>
    [Range(0.1, 60)]
    public double AnswerWaitSeconds { get; set; } = 2;

    /// <summary>Seconds after which an unanswered call is first asked about again; doubled each time, up to a minute.</summary>
    [Range(0.05, 60)]
    public double RetrySeconds { get; set; } = 1;

    /// <summary>Seconds after which a payment that waits for its payer is asked about, where no notice tells; doubled each time, up to a minute. Unsigned notices do not make us ask more often.</summary>
    [Range(0.05, 60)]
    public double WatchSeconds { get; set; } = 10;

    /// <summary>Calls to the provider at once.</summary>
    [Range(1, 256)]
    public int ParallelCalls { get; set; } = 16;

    /// <summary>The hour of the day, UTC, from which our ledger is compared with the provider's report of the last days; 18 is 3 in the morning in Korea.</summary>
    [Range(0, 23)]
    public int ReconcileAtUtcHour { get; set; } = 18;

    /// <summary>Seconds between two looks for a comparison to make.</summary>
    [Range(0.1, 3_600)]
    public double ReconcilePollSeconds { get; set; } = 5;

    /// <summary>Seconds after which a comparison that failed is tried again; longer each time, up to twelve times that.</summary>
    [Range(1, 86_400)]
    public int ReconcileRetrySeconds { get; set; } = 300;

    /// <summary>Seconds after which a call whose outcome is still not known is shown to staff.</summary>
    [Range(0, 86_400)]
    public double ReviewAfterSeconds { get; set; } = 600;

    /// <summary><see cref="ReturnPath"/> of an order.</summary>
    public string ReturnPathOf(Guid orderId) => Fill(ReturnPath, orderId);

    /// <summary><see cref="CancelPath"/> of an order.</summary>
    public string CancelPathOf(Guid orderId) => Fill(CancelPath, orderId);

    static string Fill(string path, Guid orderId) => path.Replace("{orderId}", orderId.ToString(), StringComparison.Ordinal);
}
