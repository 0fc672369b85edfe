using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.Posts;

/// <summary>GET /boards/{board}/{id}: a post with its comments; POST: comment, report, delete.</summary>
sealed class PostPage(BoardClient posts, IAntiforgery antiforgery, ILogger<PostPage> log) : WritingPage(antiforgery)
{
    public const int MostOfComment = 5_000;
    public const int MostOfReason = 500;

    public string Board { get; private set; } = "";

    /// <summary>Null when it cannot be read while a comment has been typed, which stays.</summary>
    public PostView? Post { get; private set; }

    /// <summary>Made with the page, so that a comment sent twice is one.</summary>
    [BindProperty] public Guid Key { get; set; } = Guid.CreateVersion7();
    [BindProperty] public string? Comment { get; set; }
    [BindProperty] public string? Reason { get; set; }

    public async Task<IActionResult> OnGet(string board, Guid id, CancellationToken ct) => await Load(board, id, ct) ? Page()
        // It may be one's own secret question: who it is shows after the login.
        : board == Boards.Questions && !IsMember ? Redirect(Url.Content($"~/login?returnUrl={Uri.EscapeDataString(Request.PathBase + Request.Path)}")) : NotFound();

    public async Task<IActionResult> OnPostComment(string board, Guid id, CancellationToken ct)
    {
        var text = Comment?.Trim() ?? "";
        if (text.Length is 0 or > MostOfComment)
        {
            ModelState.AddModelError(nameof(Comment), text.Length == 0 ? T.FieldRequired : T.FieldTooLong(MostOfComment));
            return await Load(board, id, ct) ? Page() : NotFound();
        }
        var answer = await posts.Comment(board, id, new(text), Key.ToString(), ct).OrRefusal(log);
        if (!answer.Ok)
        {
            ModelState.AddModelError(nameof(Comment), Refusal(answer.Problem));
            if (WritePage.IsFinal(answer.Problem)) Key = Guid.CreateVersion7();
            return await Load(board, id, ct) ? Page() : NotFound();
        }
        SayDone(T.CommentSaved);
        return RedirectToPage(null, null, new { board, id }, "comments");
    }

    public async Task<IActionResult> OnPostReport(string board, Guid id, CancellationToken ct)
    {
        var reason = Reason?.Trim() ?? "";
        if (reason.Length is 0 or > MostOfReason) SayFailed(T.ReportAsk);
        else Say(await posts.Report(board, id, new(reason), ct).OrRefusal(log), T.Reported);
        return RedirectToPage(new { board, id });
    }

    public async Task<IActionResult> OnPostDelete(string board, Guid id, CancellationToken ct)
    {
        var answer = await posts.Delete(board, id, ct).OrRefusal(log);
        Say(answer, T.PostDeleted);
        return answer.Ok ? Redirect(Url.Content($"~/boards/{board}")) : RedirectToPage(new { board, id });
    }

    public async Task<IActionResult> OnPostDeleteComment(string board, Guid id, Guid comment, CancellationToken ct)
    {
        Say(await posts.DeleteComment(board, id, comment, ct: ct).OrRefusal(log), T.CommentDeleted);
        return RedirectToPage(null, null, new { board, id }, "comments");
    }

    protected override async Task<IActionResult> ShowAgain(string? handler, CancellationToken ct)
    {
        if (handler != nameof(Comment)) return BadRequest();
        ModelState.AddModelError(nameof(Comment), WhyNotSent);
        // One's own secret question cannot be read without the log-in; what was written below it is kept all the same.
        if (!await Load($"{RouteData.Values["board"]}", Guid.Parse($"{RouteData.Values["id"]}"), ct)) ShowPersonal(IsMember ? T.NotFoundTitle : T.Login, Tab.Boards);
        return Page();
    }

    async Task<bool> Load(string board, Guid id, CancellationToken ct)
    {
        if (BoardNames.Of(board, T) is null) return false;
        Board = board;
        var asked = posts.Post(board, id, ct);
        var answer = Comment is null ? await asked : await asked.OrRefusal(log);
        if (!answer.Ok && answer.Problem.Status != 503) return false;
        Post = answer.Value;
        ShowPersonal(Post?.Title ?? T.BoardUnavailable, Tab.Boards);
        if (Post is not null) Indexed = !Post.Secret && !Post.Hidden;
        return true;
    }

    void Say<TValue>(Answer<TValue> answer, string done)
    {
        if (answer.Ok) SayDone(done);
        else SayFailed(Refusal(answer.Problem));
    }

    string Refusal(Problem problem) => problem.Status == 401 ? T.LoginToWrite : problem.Status == 429 ? T.TooManyTries : problem.Errors is not null ? T.FieldInvalid : T.TryAgain;
}
