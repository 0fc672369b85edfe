using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Backoffice.Pages.Boards;

/// <summary>/backoffice/boards/{board}/{id}: a post with its comments; reply, hide, pin, delete.</summary>
sealed class PostPage : StaffPage
{
    [BindProperty(SupportsGet = true)] public string Board { get; set; } = "";
    [BindProperty(SupportsGet = true)] public Guid Id { get; set; }

    public PostView? Post { get; private set; }

    /// <summary>A reply that was refused, as it was typed.</summary>
    public string? TypedReply { get; private set; }

    string Here => $"/backoffice/boards/{Board}/{Id}";

    public async Task OnGet()
    {
        Post = await Ask("board", () => Modules.Board.Post(Board, Id, Ct));
        if (Post is null && Troubles.Count == 0) Troubles.Add(W["게시글을 찾을 수 없습니다.", "There is no such post."]);
    }

    public Task<IActionResult> OnPostHide(bool hidden) => Act(() => Modules.Board.Change(Board, Id, new(Hidden: hidden), Ct), hidden ? W["숨겼습니다. 작성자와 직원에게만 보입니다.", "Hidden: only its writer and staff see it."] : W["숨김을 해제했습니다.", "Shown again."]);

    public Task<IActionResult> OnPostPin(bool pinned) => Act(() => Modules.Board.Change(Board, Id, new(Pinned: pinned), Ct), pinned ? W["맨 위에 고정했습니다.", "Pinned to the top."] : W["고정을 해제했습니다.", "No longer pinned."]);

    public Task<IActionResult> OnPostSettle() => Act(() => Modules.Board.Change(Board, Id, new(ReportsSettled: true), Ct), W["신고를 처리했습니다.", "The reports are settled."]);

    public async Task<IActionResult> OnPostReply(string? body, string key)
    {
        if (await Do("board", () => Modules.Board.Comment(Board, Id, new(body ?? ""), key, Ct), W["답변을 등록했습니다.", "Replied."]) is not null) return Redirect(Here);
        TypedReply = body;
        await OnGet();
        return Page();
    }

    public Task<IActionResult> OnPostDeleteComment(Guid comment, bool hidden) => Act(() => Modules.Board.DeleteComment(Board, Id, comment, hidden, Ct), W["댓글을 숨기거나 삭제했습니다.", "The comment was hidden or removed."]);

    public async Task<IActionResult> OnPostDelete()
    {
        await Do("board", () => Modules.Board.Delete(Board, Id, Ct), W["삭제했습니다.", "Deleted."]);
        return Redirect(Refused is null ? $"/backoffice/boards?board={Uri.EscapeDataString(Board)}" : Here);
    }

    async Task<IActionResult> Act(Func<Task<Answer<PostView>>> call, string done)
    {
        await Do("board", call, done);
        return Redirect(Here);
    }
}
