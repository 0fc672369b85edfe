using Jangteo.Board.Contracts;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Boards;

/// <summary>/backoffice/boards/notice/write and …/{id}/edit: a notice, or another post of the shop.</summary>
sealed class WritePage : StaffPage
{
    [BindProperty(SupportsGet = true)] public string Board { get; set; } = Jangteo.Board.Contracts.Boards.Notice;
    [BindProperty(SupportsGet = true)] public Guid? Id { get; set; }
    [BindProperty] public string? Title { get; set; }
    [BindProperty] public string? Body { get; set; }
    [BindProperty] public bool Pinned { get; set; }

    public async Task OnGet()
    {
        if (Id is { } id && await Ask("board", () => Modules.Board.Post(Board, id, Ct)) is { } post) (Title, Body, Pinned) = (post.Title, post.Source, post.Pinned);
    }

    public async Task<IActionResult> OnPost(string key)
    {
        var saved = Id is { } id
            ? await Do("board", () => Modules.Board.Change(Board, id, new(Title ?? "", Body ?? "", Pinned: Pinned), Ct), W["수정했습니다.", "Saved."])
            : await Do("board", () => Modules.Board.Write(Board, new(Title ?? "", Body ?? ""), key, Ct), W["공지를 등록했습니다.", "The notice is out."]);
        if (saved is null) return Page();
        if (Pinned && !saved.Pinned) await Do("board", () => Modules.Board.Change(Board, saved.Id, new(Pinned: true), Ct), W["공지를 등록하고 맨 위에 고정했습니다.", "The notice is out, pinned to the top."]);
        return Redirect($"/backoffice/boards/{Board}/{saved.Id}");
    }
}
