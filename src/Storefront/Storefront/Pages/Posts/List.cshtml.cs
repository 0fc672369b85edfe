using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.Posts;

/// <summary>GET /boards/{board}: its posts, searched or of one product.</summary>
sealed class BoardPage(BoardClient posts, ILogger<BoardPage> log) : ShopPage
{
    const int PageSize = 20;

    public string Board { get; private set; } = "";
    public string? Words { get; private set; }
    public Guid? ProductId { get; private set; }
    public string? After { get; private set; }
    public Page<PostSummary>? Found { get; private set; }

    /// <summary>Questions and reviews are written from a product or an order, notices by staff in the back office.</summary>
    public bool MayWrite => Board == Boards.Free || (Board == Boards.Questions && ProductId is not null) || Board == Boards.Review;

    public async Task<IActionResult> OnGet(string board, string? search, Guid? productId, string? after, CancellationToken ct)
    {
        if (BoardNames.Of(board, T) is not { } name) return NotFound();
        (Board, ProductId, After) = (board, productId, after);
        Words = string.IsNullOrWhiteSpace(search) ? null : search.Trim()[..Math.Min(search.Trim().Length, 100)];
        ShowPlain(name, Tab.Boards);
        Indexed = Words is null && After is null && ProductId is null;
        Response.Headers.CacheControl = "no-cache, no-store";
        var answer = await posts.Posts(board, Words, productId, after: after, limit: PageSize, ct: ct).OrRefusal(log);
        if (!answer.Ok && answer.Problem.Status == 400 && after is not null) return Redirect(Url.Content(LinkTo(null)));
        Found = answer.Value;
        return Page();
    }

    public string LinkTo(string? after) => Calls.Query($"~/boards/{Board}", ("search", Words), ("productId", ProductId), ("after", after));
}
