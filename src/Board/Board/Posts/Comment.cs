using Jangteo.Board.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>A comment below a post.</summary>
sealed class Comment
{
    public const int MaxBodyLength = 5_000;
    const int MaxOfAPage = 1_000;

    public Guid Id { get; set; }
    public Guid PostId { get; set; }
    public Guid? MemberId { get; set; }
    public string? GivenName { get; set; }
    public bool ByStaff { get; set; }
    public bool Hidden { get; set; }
    public required string Body { get; set; }
    public required string Html { get; set; }
    public DateTimeOffset At { get; set; }

    public bool IsOf(Reader reader) => MemberId is not null && MemberId == reader.MemberId;

    public CommentView View(Reader reader, Authors authors) => new(Id, Html, authors.Of(MemberId, ByStaff, GivenName), ByStaff, IsOf(reader), Hidden, At);

    /// <summary>The comments of some posts that the reader may see, oldest first.</summary>
    public static Task<List<Comment>> Of(BoardDb db, IReadOnlyCollection<Guid> posts, Reader reader, CancellationToken ct)
    {
        var member = reader.MemberId;
        var staff = reader.IsStaff;
        return db.Comments.AsNoTracking().Where(c => posts.Contains(c.PostId) && (!c.Hidden || staff || c.MemberId == member && c.MemberId != null))
            .OrderBy(c => c.At).ThenBy(c => c.Id).Take(MaxOfAPage).ToListAsync(ct);
    }

    /// <summary>Brings the post's count and "answered" in line with the comments it will have.</summary>
    public static async Task Recount(BoardDb db, Post post, Comment changed, CancellationToken ct)
    {
        var others = db.Comments.Where(c => c.PostId == post.Id && c.Id != changed.Id && !c.Hidden);
        var counts = db.Entry(changed).State is not EntityState.Deleted && !changed.Hidden;
        post.CommentCount = await others.CountAsync(ct) + (counts ? 1 : 0);
        post.Answered = (counts && changed.ByStaff) || await others.AnyAsync(c => c.ByStaff, ct);
    }
}
