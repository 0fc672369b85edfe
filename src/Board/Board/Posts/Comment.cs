using Jangteo.Board.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>A comment below a post.</summary>
sealed class Comment
{
    public const int MaxBodyLength = 5_000;
    const int MaxOfAReview = 5;

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

    /// <summary>The comments of a post that the reader may see, oldest first.</summary>
    public static Task<List<Comment>> Of(BoardDb db, Post post, Reader reader, CancellationToken ct) =>
        Visible(db, reader).Where(c => c.PostId == post.Id).OrderBy(c => c.At).ThenBy(c => c.Id).Take(Post.MaxComments).ToListAsync(ct);

    /// <summary>A few comments of each review of a page, oldest first. The shop's come before all others, so that nobody crowds them out, and no review another.</summary>
    public static async Task<List<Comment>> Of(BoardDb db, IReadOnlyCollection<Guid> reviews, Reader reader, CancellationToken ct)
    {
        var visible = Visible(db, reader);
        var some = await db.Posts.Where(p => reviews.Contains(p.Id))
            .SelectMany(p => visible.Where(c => c.PostId == p.Id).OrderByDescending(c => c.ByStaff).ThenBy(c => c.At).ThenBy(c => c.Id).Take(MaxOfAReview)).ToListAsync(ct);
        return [.. some.OrderBy(c => c.At).ThenBy(c => c.Id)];
    }

    static IQueryable<Comment> Visible(BoardDb db, Reader reader)
    {
        var (member, staff) = (reader.MemberId, reader.IsStaff);
        return db.Comments.AsNoTracking().Where(c => !c.Hidden || staff || c.MemberId == member && c.MemberId != null);
    }

    /// <summary>Whether a new comment is one too many for its post, in number or in length.</summary>
    public static async Task<bool> AreTooMany(BoardDb db, Comment added, CancellationToken ct)
    {
        var stored = db.Comments.Where(c => c.PostId == added.PostId);
        return await stored.CountAsync(ct) >= Post.MaxComments || await stored.SumAsync(c => c.Html.Length, ct) + added.Html.Length > Post.MaxCommentsLength;
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
