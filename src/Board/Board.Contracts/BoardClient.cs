using Jangteo.Platform;

namespace Jangteo.Board.Contracts;

/// <summary>The boards.</summary>
public static class Boards
{
    /// <summary>Their names in routes: notices by staff, product questions, reviews by buyers, and free talk.</summary>
    public const string Notice = "notice", Questions = "qna", Review = "review", Free = "free";
}

/// <summary>A post as its writer sends it.</summary>
/// <param name="Title">1–200 characters.</param>
/// <param name="Body">Markdown, 1–20,000 characters.</param>
/// <param name="ProductId">Required on qna and review.</param>
/// <param name="Sku">On review: the bought SKU; one review per bought line.</param>
/// <param name="OrderId">On review: the order it was bought with.</param>
/// <param name="Stars">On review: 1–5.</param>
/// <param name="Secret">On qna: only the writer and staff read it.</param>
public sealed record PostEdit(string Title, string Body, Guid? ProductId = null, string? Sku = null, Guid? OrderId = null, int? Stars = null, bool Secret = false);

/// <summary>A change of a post; null leaves a field as it is.</summary>
/// <param name="Title">The writer's own; of another's post staff change only what follows Stars.</param>
/// <param name="Hidden">Staff only: takes it out of sight.</param>
/// <param name="Pinned">Staff only: keeps it on top.</param>
/// <param name="ReportsSettled">Staff only: true when somebody has looked into the reports; the post leaves the list of reported ones until a new report comes.</param>
public sealed record PostChange(string? Title = null, string? Body = null, int? Stars = null, bool? Secret = null, bool? Hidden = null, bool? Pinned = null, bool? ReportsSettled = null);

/// <summary>A post in a list.</summary>
/// <param name="Title">Empty when the caller may not read it.</param>
/// <param name="Author">The writer's masked name, for example 김*수.</param>
/// <param name="Answered">Staff have commented.</param>
/// <param name="ReportCount">For staff; 0 for others.</param>
/// <param name="ProductSlug">The readable name in the product's address; null until the catalog has announced the product.</param>
public sealed record PostSummary(Guid Id, string Board, string Title, string Author, DateTimeOffset At, int CommentCount, bool Secret, bool Readable, bool Answered, bool Pinned, bool Hidden, Guid? ProductId, int? Stars, int ReportCount,
    string? ProductNameKo = null, string? ProductNameEn = null, string? ProductSlug = null);

/// <summary>A comment.</summary>
/// <param name="Html">Sanitised.</param>
/// <param name="ByStaff">The shop's own reply.</param>
public sealed record CommentView(Guid Id, string Html, string Author, bool ByStaff, bool Mine, bool Hidden, DateTimeOffset At);

/// <summary>A post in full.</summary>
/// <param name="Html">Sanitised.</param>
/// <param name="Source">The Markdown; for its writer and staff, else empty.</param>
/// <param name="Reports">For staff; null for others.</param>
public sealed record PostView(Guid Id, string Board, string Title, string Html, string Source, string Author, bool Mine, DateTimeOffset At, DateTimeOffset? ChangedAt, bool Secret, bool Pinned, bool Hidden,
    Guid? ProductId, string? Sku, int? Stars, bool VerifiedPurchase, int ReportCount, IReadOnlyList<CommentView> Comments,
    string? ProductNameKo = null, string? ProductNameEn = null, string? ProductSlug = null, bool ByStaff = false,
    IReadOnlyList<ReportView>? Reports = null);

/// <summary>A report of a post, without who made it.</summary>
public sealed record ReportView(string Reason, DateTimeOffset At);

/// <summary>A review on the product page.</summary>
/// <param name="Comments">At most five, the shop's before all others; the rest are with the post.</param>
public sealed record ReviewView(Guid Id, string Title, string Html, string Author, int Stars, bool VerifiedPurchase, DateTimeOffset At, IReadOnlyList<CommentView> Comments);

/// <summary>Reviews of a product.</summary>
/// <param name="CountByStars">Five numbers, for one star to five.</param>
public sealed record ReviewList(IReadOnlyList<ReviewView> Items, string? Next, int Total, int? RatingTenths, IReadOnlyList<int> CountByStars);

/// <summary>A bought line that has no review yet.</summary>
public sealed record Reviewable(Guid OrderId, Guid ProductId, string Sku, string ProductNameKo, string ProductNameEn, DateTimeOffset BoughtAt);

/// <summary>A comment as sent: Markdown, 1–5,000 characters.</summary>
public sealed record CommentEdit(string Body);

/// <summary>Why a post is reported, 1–500 characters.</summary>
public sealed record PostReport(string Reason);

/// <summary>Asks the Board.</summary>
public sealed class BoardClient(HttpClient http)
{
    /// <summary>GET /api/board/{board}/posts: pinned first, then newest; searched in title and body; of one product; staff may ask for reported ones.</summary>
    public Task<Answer<Page<PostSummary>>> Posts(string board, string? search = null, Guid? productId = null, bool reported = false, string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<Page<PostSummary>>(HttpMethod.Get, Calls.Query($"/api/board/{board}/posts", ("search", search), ("productId", productId), ("reported", reported ? "true" : null), ("after", after), ("limit", limit)), null, ct);

    /// <summary>POST /api/board/{board}/posts: members; notices by staff. Safe to repeat with the same key.</summary>
    public Task<Answer<PostView>> Write(string board, PostEdit post, string idempotencyKey, CancellationToken ct = default) => http.Ask<PostView>(HttpMethod.Post, $"/api/board/{board}/posts", post, ct, idempotencyKey);

    /// <summary>GET /api/board/{board}/posts/{id}: 404 for a secret or hidden one of another.</summary>
    public Task<Answer<PostView>> Post(string board, Guid id, CancellationToken ct = default) => http.Ask<PostView>(HttpMethod.Get, $"/api/board/{board}/posts/{id}", null, ct);

    /// <summary>PATCH /api/board/{board}/posts/{id}: one's own, or staff.</summary>
    public Task<Answer<PostView>> Change(string board, Guid id, PostChange change, CancellationToken ct = default) => http.Ask<PostView>(HttpMethod.Patch, $"/api/board/{board}/posts/{id}", change, ct);

    /// <summary>DELETE /api/board/{board}/posts/{id}: one's own, or staff.</summary>
    public Task<Answer<Nothing>> Delete(string board, Guid id, CancellationToken ct = default) => http.Ask<Nothing>(HttpMethod.Delete, $"/api/board/{board}/posts/{id}", null, ct);

    /// <summary>POST /api/board/{board}/posts/{id}/comments: answers with the post and that comment alone. Safe to repeat with the same key.</summary>
    public Task<Answer<PostView>> Comment(string board, Guid id, CommentEdit comment, string idempotencyKey, CancellationToken ct = default) =>
        http.Ask<PostView>(HttpMethod.Post, $"/api/board/{board}/posts/{id}/comments", comment, ct, idempotencyKey);

    /// <summary>DELETE /api/board/{board}/posts/{id}/comments/{commentId}: one's own, or staff. Staff hide a member's comment first.</summary>
    /// <param name="hidden">True from staff who saw it hidden: then it is removed; without, a hidden one is left as it is.</param>
    public Task<Answer<PostView>> DeleteComment(string board, Guid id, Guid commentId, bool hidden = false, CancellationToken ct = default) =>
        http.Ask<PostView>(HttpMethod.Delete, Calls.Query($"/api/board/{board}/posts/{id}/comments/{commentId}", ("hidden", hidden ? "true" : null)), null, ct);

    /// <summary>POST /api/board/{board}/posts/{id}/reports: tells staff; once per member.</summary>
    public Task<Answer<Nothing>> Report(string board, Guid id, PostReport report, CancellationToken ct = default) => http.Ask<Nothing>(HttpMethod.Post, $"/api/board/{board}/posts/{id}/reports", report, ct);

    /// <summary>GET /api/board/products/{productId}/reviews.</summary>
    public Task<Answer<ReviewList>> Reviews(Guid productId, string? after = null, int? limit = null, CancellationToken ct = default) =>
        http.Ask<ReviewList>(HttpMethod.Get, Calls.Query($"/api/board/products/{productId}/reviews", ("after", after), ("limit", limit)), null, ct);

    /// <summary>GET /api/board/reviewable: the caller's bought lines that have no review yet, optionally of one product.</summary>
    public Task<Answer<IReadOnlyList<Reviewable>>> Reviewable(Guid? productId = null, CancellationToken ct = default) =>
        http.Ask<IReadOnlyList<Reviewable>>(HttpMethod.Get, Calls.Query("/api/board/reviewable", ("productId", productId)), null, ct);
}
