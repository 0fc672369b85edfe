using System.Diagnostics.CodeAnalysis;
using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Jangteo.Board;

/// <summary>What a post must be like, each field named when it is not.</summary>
static class PostRules
{
    const int MaxSkuLength = 32;

    public static bool Refuse(string board, PostEdit post, [NotNullWhen(true)] out ProblemHttpResult? problem)
    {
        var errors = new Dictionary<string, string[]>();
        CheckText(errors, "title", post.Title, Post.MaxTitleLength, manyLines: false);
        CheckText(errors, "body", post.Body, Post.MaxBodyLength, manyLines: true);
        CheckPlace(errors, "productId", post.ProductId is not null, needed: board is Boards.Questions or Boards.Review, board);
        CheckPlace(errors, "sku", post.Sku is not null, needed: board is Boards.Review, board);
        CheckPlace(errors, "orderId", post.OrderId is not null, needed: board is Boards.Review, board);
        CheckPlace(errors, "stars", post.Stars is not null, needed: board is Boards.Review, board);
        if (post.Stars is < 1 or > 5) errors["stars"] = ["From 1 to 5."];
        if (post.Sku is { } sku && (sku.Length is 0 or > MaxSkuLength || HasControls(sku, manyLines: false))) errors["sku"] = [$"1 to {MaxSkuLength} characters."];
        if (post.Secret && board is not Boards.Questions) errors["secret"] = ["Only questions can be secret."];
        problem = errors.Count == 0 ? null : Problems.Invalid(errors);
        return problem is not null;
    }

    public static bool Refuse(string board, PostChange change, [NotNullWhen(true)] out ProblemHttpResult? problem)
    {
        var errors = new Dictionary<string, string[]>();
        if (change.Title is not null) CheckText(errors, "title", change.Title, Post.MaxTitleLength, manyLines: false);
        if (change.Body is not null) CheckText(errors, "body", change.Body, Post.MaxBodyLength, manyLines: true);
        if (change.Stars is < 1 or > 5) errors["stars"] = ["From 1 to 5."];
        if (change.Stars is not null && board is not Boards.Review) errors["stars"] = ["Only reviews have stars."];
        if (change.Secret is true && board is not Boards.Questions) errors["secret"] = ["Only questions can be secret."];
        problem = errors.Count == 0 ? null : Problems.Invalid(errors);
        return problem is not null;
    }

    public static bool RefuseText(string field, string text, int maxLength, [NotNullWhen(true)] out ProblemHttpResult? problem)
    {
        var errors = new Dictionary<string, string[]>();
        CheckText(errors, field, text, maxLength, manyLines: true);
        problem = errors.Count == 0 ? null : Problems.Invalid(errors);
        return problem is not null;
    }

    static void CheckText(Dictionary<string, string[]> errors, string field, string text, int maxLength, bool manyLines)
    {
        if (text.Length > maxLength || string.IsNullOrWhiteSpace(text)) errors[field] = [$"1 to {maxLength} characters."];
        else if (HasControls(text, manyLines)) errors[field] = ["Control characters are not allowed."];
        else if (manyLines && !Markup.CanRender(text)) errors[field] = ["The Markdown is nested too deeply, or has too many marks, links or cells."];
    }

    static void CheckPlace(Dictionary<string, string[]> errors, string field, bool given, bool needed, string board)
    {
        if (given != needed) errors[field] = [needed ? "The field is required." : $"The board {board} has no such field."];
    }

    /// <summary>PostgreSQL stores no NUL, and no reader needs the other controls.</summary>
    public static bool HasControls(string text, bool manyLines) => text.Any(c => char.IsControl(c) && !(manyLines && c is '\n' or '\r' or '\t'));
}
