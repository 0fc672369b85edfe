using System.ComponentModel.DataAnnotations;

namespace Jangteo.Identity;

/// <summary>Settings of Identity, section <c>Identity</c>.</summary>
public sealed class IdentityOptions
{
    /// <summary>How long a withdrawal can be undone, days.</summary>
    [Range(0, 365)]
    public int GraceDays { get; set; } = 14;

    /// <summary>Rounds of PBKDF2-HMAC-SHA512. ASP.NET Core Identity's default is the least; raising it renews each hash at its member's next login.</summary>
    [Range(100_000, 10_000_000)]
    public int PasswordIterations { get; set; } = 100_000;

    /// <summary>New members from one address (an IPv4 address or an IPv6 /64) in an hour.</summary>
    [Range(1, 1_000_000)]
    public int SignUpsPerAddressPerHour { get; set; } = 1_000;

    /// <summary>Wrong passwords from one address before it has to wait.</summary>
    [Range(1, 1_000_000)]
    public int FailuresPerAddress { get; set; } = 100;

    /// <summary>Wrong passwords for one account, from devices it was never used on, before such devices have to wait.</summary>
    [Range(1, 1_000_000)]
    public int FailuresPerAccount { get; set; } = 100;

    /// <summary>The first staff account, made when there is none.</summary>
    public StaffOptions Staff { get; set; } = new();
}

/// <summary>The first staff account, section <c>Identity:Staff</c>.</summary>
public sealed class StaffOptions
{
    /// <summary>Its e-mail address.</summary>
    [EmailAddress]
    public string Email { get; set; } = "staff@jangteo.example";

    /// <summary>Its password; null makes a random one, written to <c>staff-password.txt</c> in the data folder.</summary>
    [MinLength(10), MaxLength(128)]
    public string? Password { get; set; }
}

/// <summary>How mail leaves, section <c>Mail</c>.</summary>
public sealed class MailOptions
{
    /// <summary>The server, <c>smtp://user:password@host:587</c> or <c>smtps://…</c>; null writes mails as .eml files instead.</summary>
    public Uri? Smtp { get; set; }

    /// <summary>The sender.</summary>
    [Required]
    public string From { get; set; } = "Jangteo <no-reply@jangteo.example>";
}
