using Jangteo.Identity.Members;

namespace Jangteo.Identity.Logins;

/// <summary>What trading in a refresh token comes to.</summary>
enum RefreshOutcome
{
    /// <summary>The session goes on with its next refresh token.</summary>
    Rotated,
    /// <summary>Two tabs refreshed at once: both get the same next token.</summary>
    Repeated,
    /// <summary>Somebody holds a copy: the session is over.</summary>
    Reused,
    /// <summary>The session was over before.</summary>
    Ended,
}

/// <summary>
/// A login on a device, by password at the API or through a page host. Its refresh tokens are numbered; only the newest
/// number works, and the database need not hold the tokens themselves.
/// </summary>
sealed class MemberSession
{
    public static readonly TimeSpan IdleFor = TimeSpan.FromDays(30);
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);
    public const int MaxPerMember = 50;

    public Guid Id { get; init; }
    public Guid MemberId { get; init; }

    /// <summary>"api", or the OpenID Connect client.</summary>
    public required string ClientId { get; init; }
    public required string Device { get; init; }

    /// <summary>The login at Identity's own pages that it began with: logging out there ends it.</summary>
    public Guid? Browser { get; set; }

    /// <summary>The member ended it, here or from another device: its browser needs the password again.</summary>
    public bool SignedOut { get; set; }

    /// <summary>The member's stamp as whoever logged in read it: all logins may have been ended since, before this one was there to be seen. Null from before stamps were kept.</summary>
    public Guid? Stamp { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset LastUsedAt { get; set; }
    public DateTimeOffset EndsAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The number of the one refresh token that works.</summary>
    public int Sequence { get; set; }
    public DateTimeOffset RotatedAt { get; set; }

    /// <summary>A session through a page host begins as an authorization code, good for one exchange.</summary>
    public bool CodeUsed { get; set; }
    public int Version { get; set; }

    public static MemberSession Start(Member member, string clientId, string device, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), MemberId = member.Id, Stamp = member.Stamp, ClientId = clientId, Device = device,
        StartedAt = now, LastUsedAt = now, RotatedAt = now, EndsAt = now + IdleFor, Sequence = 1,
    };

    public bool IsOver(DateTimeOffset now) => EndedAt is not null || now >= EndsAt;

    public RefreshOutcome Refresh(int sequence, DateTimeOffset now)
    {
        if (IsOver(now)) return RefreshOutcome.Ended;
        if (sequence == Sequence)
        {
            (Sequence, RotatedAt, LastUsedAt, EndsAt) = (Sequence + 1, now, now, now + IdleFor);
            return RefreshOutcome.Rotated;
        }
        if (sequence == Sequence - 1 && now - RotatedAt <= Grace) return RefreshOutcome.Repeated;
        EndedAt = now;
        return RefreshOutcome.Reused;
    }

    /// <summary>Redeems the authorization code. A second time means that it leaked, so whatever came of it ends too.</summary>
    public bool UseCode(DateTimeOffset now)
    {
        if (IsOver(now)) return false;
        if (CodeUsed)
        {
            EndedAt = now;
            return false;
        }
        return CodeUsed = true;
    }
}

/// <summary>A device on which the member has logged in before: others' wrong guesses never lock it out.</summary>
sealed class KnownDevice
{
    public const int MaxPerMember = 20;

    /// <summary>Hash of the token in the device's cookie.</summary>
    public required string Hash { get; init; }
    public Guid MemberId { get; init; }
    public DateTimeOffset SeenAt { get; set; }
}
