namespace Jangteo.Identity.Mails;

/// <summary>Where a mail stands.</summary>
enum MailStatus
{
    /// <summary>Waits for the sender.</summary>
    Queued,
    /// <summary>The server took it.</summary>
    Sent,
    /// <summary>No server is configured, so it is a file.</summary>
    File,
    /// <summary>Given up after many tries.</summary>
    Failed,
}

/// <summary>A mail, queued in the transaction of what it tells about.</summary>
sealed class Mail
{
    /// <summary>Stands in the text for the link, which is kept apart.</summary>
    public const string LinkMark = "{link}";

    public Guid Id { get; init; }
    public Guid MemberId { get; init; }
    public required string To { get; init; }
    public required string Subject { get; init; }
    public required string Text { get; init; }

    /// <summary>The link with its token, encrypted; forgotten once an SMTP server took the mail, so that nobody finds working links here.</summary>
    public string? ProtectedLink { get; set; }
    public DateTimeOffset At { get; init; }
    public MailStatus Status { get; set; }
    public int Tries { get; set; }
    public DateTimeOffset? NextTryAt { get; set; }
    public string? Error { get; set; }
}
