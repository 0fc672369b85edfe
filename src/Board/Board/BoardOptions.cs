using System.ComponentModel.DataAnnotations;

namespace Jangteo.Board;

/// <summary>Settings of the module, section <c>Board</c>.</summary>
sealed class BoardOptions
{
    /// <summary>Posts that a member may write or change in an hour; staff write as many as they need.</summary>
    [Range(1, 10_000)]
    public int PostsPerHour { get; set; } = 30;

    /// <summary>Comments that a member may write in an hour.</summary>
    [Range(1, 10_000)]
    public int CommentsPerHour { get; set; } = 120;

    /// <summary>Puts a few notices and posts on empty boards, so that a new shop does not look abandoned.</summary>
    public bool Sample { get; set; } = true;
}
