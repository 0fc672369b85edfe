using Jangteo.Board.Contracts;
using Microsoft.AspNetCore.Mvc;
using Names = Jangteo.Board.Contracts.Boards;

namespace Jangteo.Backoffice.Pages.Boards;

/// <summary>GET /backoffice/boards: the posts of a board, or of all boards what was reported.</summary>
sealed class IndexPage : StaffPage
{
    public static readonly string[] All = [Names.Notice, Names.Questions, Names.Review, Names.Free];

    [BindProperty(SupportsGet = true)] public string Board { get; set; } = Names.Notice;
    [BindProperty(SupportsGet = true)] public string? Search { get; set; }
    [BindProperty(SupportsGet = true)] public bool Reported { get; set; }
    [BindProperty(SupportsGet = true)] public string? After { get; set; }

    public List<PostSummary> Posts { get; } = [];

    /// <summary>The next page of each board that has one.</summary>
    public List<(string Board, string After)> More { get; } = [];

    public async Task OnGet()
    {
        if (!All.Contains(Board)) Board = Names.Notice;
        foreach (var board in Reported && After is null ? All : [Board])
        {
            var page = await Ask("board", () => Modules.Board.Posts(board, Search, reported: Reported, after: After, limit: 30, ct: Ct)) ?? new Platform.Page<PostSummary>([], null);
            Posts.AddRange(page.Items);
            if (page.Next is { } next) More.Add((board, next));
        }
    }
}
