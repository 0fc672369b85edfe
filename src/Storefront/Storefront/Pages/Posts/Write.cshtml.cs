using Jangteo.Board.Contracts;
using Jangteo.Catalog.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Logging;

namespace Jangteo.Storefront.Pages.Posts;

/// <summary>What a member writes. The page made the key, so sending the form twice is one post.</summary>
public sealed class PostForm
{
    public Guid Key { get; set; }
    public string? Title { get; set; }
    public string? Body { get; set; }
    public int? Stars { get; set; }
    public bool Secret { get; set; }
    public Guid? ProductId { get; set; }

    /// <summary>On a review: the bought line, as "order/sku".</summary>
    public string? Bought { get; set; }
}

/// <summary>GET /boards/{board}/write and /boards/{board}/{id}/edit: the form; POST: writes or changes the post.</summary>
sealed class WritePage(BoardClient posts, CatalogClient catalog, IAntiforgery antiforgery, Language language, ILogger<WritePage> log) : WritingPage(antiforgery)
{
    public const int MostOfTitle = 200;
    public const int MostOfBody = 20_000;

    [BindProperty]
    public PostForm Form { get; set; } = new();

    public string Board { get; private set; } = "";
    public Guid? Id { get; private set; }
    public string? ProductName { get; private set; }

    /// <summary>What the member bought and may review; null when nobody can tell just now.</summary>
    public IReadOnlyList<Reviewable>? Reviewable { get; private set; } = [];
    public string BackTo => Id is { } id ? $"~/boards/{Board}/{id}" : $"~/boards/{Board}";

    // For members only; but who has written already is not sent away to log in, as that would lose it.
    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (IsMember || HttpMethods.IsPost(Request.Method)) await base.OnPageHandlerExecutionAsync(context, next);
        else context.Result = Challenge();
    }

    public async Task<IActionResult> OnGet(string board, Guid? id, Guid? productId, Guid? orderId, string? sku, CancellationToken ct)
    {
        if (!Begin(board, id)) return NotFound();
        Form = new() { Key = Guid.CreateVersion7(), ProductId = productId, Bought = orderId is null ? null : $"{orderId}/{sku}" };
        if (id is { } known)
        {
            var post = await posts.Post(board, known, ct);
            if (!post.Ok || !post.Value.Mine) return NotFound();
            (Form.Title, Form.Body, Form.Stars, Form.Secret, Form.ProductId) = (post.Value.Title, post.Value.Source, post.Value.Stars, post.Value.Secret, post.Value.ProductId);
        }
        return await Load(ct);
    }

    public async Task<IActionResult> OnPost(string board, Guid? id, CancellationToken ct)
    {
        if (!Begin(board, id)) return NotFound();
        Check();
        if (!ModelState.IsValid) return await Load(ct);
        var answer = await Send(ct).OrRefusal(log);
        if (answer.Ok)
        {
            SayDone(Id is null ? T.PostSaved : T.SavedChanges);
            return Redirect(Url.Content($"~/boards/{board}/{answer.Value.Id}"));
        }
        if (IsFinal(answer.Problem)) Form.Key = Guid.CreateVersion7();
        if (WhyNot(answer.Problem, T) is { } why) ModelState.AddModelError("", why);
        else SayRefused(answer.Problem, field => field switch { "title" => "Form.Title", "body" => "Form.Body", "stars" => "Form.Stars", _ => "" });
        return await Load(ct);
    }

    protected override async Task<IActionResult> ShowAgain(string? handler, CancellationToken ct)
    {
        if (!Begin($"{RouteData.Values["board"]}", Guid.TryParse($"{RouteData.Values["id"]}", out var id) ? id : null)) return NotFound();
        ModelState.AddModelError("", WhyNotSent);
        return await Load(ct);
    }

    /// <summary>What will not change by trying again; null when it may.</summary>
    internal static string? WhyNot(Problem problem, Texts texts) =>
        problem.Is("not-purchased") ? texts.ReviewNothingBought
        : problem.Is("already-reviewed") ? texts.ReviewAlreadyWritten
        : problem.Status == 403 ? texts.ForbiddenText
        : null;

    /// <summary>A key keeps its refusal, so what is sent afterwards is a new attempt; after an outage it is the same one again.</summary>
    public static bool IsFinal(Problem problem) => problem.Status < 500 && !problem.Is("still-running");

    async Task<Answer<PostView>> Send(CancellationToken ct)
    {
        var (title, body) = (Form.Title!.Trim(), Form.Body!.Trim());
        if (Id is { } id) return await posts.Change(Board, id, new(title, body, Board == Boards.Review ? Form.Stars : null, Board == Boards.Questions ? Form.Secret : null), ct);
        var bought = Form.Bought?.Split('/') ?? [];
        var order = bought.Length == 2 && Guid.TryParse(bought[0], out var known) ? known : (Guid?)null;
        var product = Form.ProductId;
        if (product is null && order is not null)
        {
            // Written from the board, a review is of whatever the chosen line is.
            var lines = await posts.Reviewable(null, ct);
            if (!lines.Ok) return new(default, lines.Problem);
            product = lines.Value.FirstOrDefault(l => l.OrderId == order && l.Sku == bought[1])?.ProductId;
        }
        if (product is null && Board == Boards.Review) return new(default, new(409, "urn:jangteo:problem:not-purchased", "It was not bought."));
        return await posts.Write(Board, new(title, body, product, order is null ? null : bought[1], order, Board == Boards.Review ? Form.Stars : null, Board == Boards.Questions && Form.Secret), Form.Key.ToString(), ct);
    }

    bool Begin(string board, Guid? id)
    {
        if (BoardNames.Of(board, T) is null || board == Boards.Notice) return false;
        (Board, Id) = (board, id);
        ShowPersonal(id is not null ? T.EditPost : board == Boards.Review ? T.WriteReview : board == Boards.Questions ? T.AskQuestion : T.WritePost, Tab.Boards);
        return true;
    }

    async Task<IActionResult> Load(CancellationToken ct)
    {
        if (Board == Boards.Review && Id is null) Reviewable = await posts.Reviewable(Form.ProductId, ct).OrNull(log);
        if (Board == Boards.Review && Form.Bought is null && Reviewable is { Count: > 0 }) Form.Bought = $"{Reviewable[0].OrderId}/{Reviewable[0].Sku}";
        if (Form.ProductId is { } product && await catalog.Product(product.ToString(), ct).OrNull(log) is { } known) ProductName = language.Of(known.Name);
        return Page();
    }

    void Check()
    {
        Need("Title", Form.Title, MostOfTitle);
        Need("Body", Form.Body, MostOfBody);
        if (Board == Boards.Review && Form.Stars is not (>= 1 and <= 5)) ModelState.AddModelError("Form.Stars", T.FieldRequired);
        if (Board == Boards.Review && Id is null && Form.Bought is null) ModelState.AddModelError("", T.ReviewNothingBought);
        if (Board == Boards.Questions && Form.ProductId is null) ModelState.AddModelError("", T.QuestionNeedsProduct);
    }

    void Need(string field, string? value, int most)
    {
        if (string.IsNullOrWhiteSpace(value)) ModelState.AddModelError($"Form.{field}", T.FieldRequired);
        else if (value.Trim().Length > most) ModelState.AddModelError($"Form.{field}", T.FieldTooLong(most));
    }
}
