using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Jangteo.SandboxPay;

/// <summary>Settings of the provider, section <c>SandboxPay</c>.</summary>
public sealed class SandboxPayOptions
{
    /// <summary>The API secret shared with the merchant; without one it is derived from the machine's key file.</summary>
    [MinLength(16)]
    public string? Secret { get; set; }

    /// <summary>Where payers reach the pay page; without one, the mall's origin.</summary>
    [Url]
    public string? Origin { get; set; }

    /// <summary>Sends webhooks to this origin instead of the merchant's, with the path the merchant gave.</summary>
    [Url]
    public string? WebhookBase { get; set; }

    /// <summary>Seconds that the card with the delayed authorisation takes.</summary>
    [Range(0, 600)]
    public double DelaySeconds { get; set; } = 5;

    /// <summary>Seconds for which the card that times out keeps the merchant waiting after the charge.</summary>
    [Range(0, 600)]
    public double HangSeconds { get; set; } = 30;

    /// <summary>Seconds by which the card that notifies late delays its webhooks.</summary>
    [Range(0, 3600)]
    public double LateSeconds { get; set; } = 10;

    /// <summary>How often a webhook is tried before it is given up.</summary>
    [Range(1, 30)]
    public int WebhookAttempts { get; set; } = 12;

    /// <summary>How the provider misbehaves from its start; without one, not at all.</summary>
    [ValidateObjectMembers]
    public Misbehaviour? Misbehaviour { get; set; }
}
