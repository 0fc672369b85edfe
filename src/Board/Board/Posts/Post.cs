using Jangteo.Board.Contracts;
using Jangteo.Platform;

namespace Jangteo.Board;

/// <summary>A post on a board. Its methods are pure decisions.</summary>
sealed class Post
{
    public const int MaxTitleLength = 200;
    public const int MaxBodyLength = 20_000;
    public const int MaxComments = 500;

    /// <summary>Characters of HTML of all comments together, for they are always sent together.</summary>
    public const int MaxCommentsLength = 500_000;

    public Guid Id { get; set; }
    public required string Board { get; set; }

    /// <summary>Null for a sample, and when the writer has left.</summary>
    public Guid? MemberId { get; set; }

    /// <summary>The name shown for a sample.</summary>
    public string? GivenName { get; set; }

    public bool ByStaff { get; set; }
    public string Title { get; private set; } = "";
    public string Body { get; private set; } = "";

    /// <summary>Made from the body when it was written: sanitising costs more than storing.</summary>
    public string Html { get; private set; } = "";

    /// <summary>Title and body in lower case, because the databases differ in what "like" means.</summary>
    public string SearchText { get; private set; } = "";

    public DateTimeOffset At { get; set; }
    public DateTimeOffset? ChangedAt { get; set; }
    public bool Secret { get; set; }
    public bool Pinned { get; set; }
    public bool Hidden { get; set; }
    public Guid? ProductId { get; set; }
    public string? Sku { get; set; }
    public Guid? OrderId { get; set; }
    public int? Stars { get; set; }
    public bool VerifiedPurchase { get; set; }
    public int CommentCount { get; set; }
    public bool Answered { get; set; }
    public int ReportCount { get; set; }
    public int Version { get; set; }

    /// <summary>The stars that count in the product's rating; null when none do.</summary>
    public int? CountedStars => Hidden ? null : Stars;

    public BoardChanged Changed => new(Board, Id, ProductId);

    public bool IsOf(Caller caller) => MemberId is not null && MemberId == caller.MemberId;

    public bool MayBeReadBy(Caller caller) => caller.IsStaff || IsOf(caller) || (!Secret && !Hidden);

    /// <summary>The writer's own words; a notice is the shop's, whoever of the staff wrote it.</summary>
    public bool MayBeRewrittenBy(Caller caller) => IsOf(caller) || (ByStaff && caller.IsStaff);

    public void Write(string title, string body)
    {
        (Title, Body) = (title.Trim(), body.Trim());
        Html = Markup.ToHtml(Body);
        SearchText = $"{Title}\n{Body}".ToLowerInvariant();
    }
}
