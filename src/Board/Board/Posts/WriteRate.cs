using Jangteo.Platform;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Jangteo.Board;

/// <summary>How much a member wrote in the hour that began with the first of it. Deleting does not give it back.</summary>
sealed class WriteRate
{
    static readonly TimeSpan Window = TimeSpan.FromHours(1);

    public Guid MemberId { get; set; }
    public DateTimeOffset Since { get; set; }
    public int Posts { get; set; }
    public int Comments { get; set; }
    public int Version { get; set; }

    /// <summary>Counts a post or a change of one; a refusal when it is one too many in this hour. Staff write as many as they need.</summary>
    public static async Task<ProblemHttpResult?> TakePost(BoardDb db, Reader reader, BoardOptions options, DateTimeOffset now, CancellationToken ct) =>
        (await Of(db, reader.Caller.Member, ct)).TakePost(reader.IsStaff ? int.MaxValue : options.PostsPerHour, now)
            ? null : Problems.Of(429, "too-many-posts", "You have written much in this hour: go on later.");

    public bool TakePost(int maxPerHour, DateTimeOffset now)
    {
        Renew(now);
        return Posts < maxPerHour && ++Posts > 0;
    }

    public bool TakeComment(int maxPerHour, DateTimeOffset now)
    {
        Renew(now);
        return Comments < maxPerHour && ++Comments > 0;
    }

    void Renew(DateTimeOffset now)
    {
        if (now - Since >= Window) (Since, Posts, Comments) = (now, 0, 0);
    }

    public static async Task<WriteRate> Of(BoardDb db, Guid member, CancellationToken ct)
    {
        var rate = await db.WriteRates.FindAsync([member], ct);
        if (rate is null) db.Add(rate = new() { MemberId = member });
        return rate;
    }
}
