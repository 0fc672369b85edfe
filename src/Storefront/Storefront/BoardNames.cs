using Jangteo.Board.Contracts;

namespace Jangteo.Storefront;

/// <summary>What the boards are called.</summary>
static class BoardNames
{
    public static IReadOnlyList<(string Board, string Name)> All(Texts texts) =>
        [(Boards.Notice, texts.BoardNotice), (Boards.Questions, texts.BoardQuestions), (Boards.Review, texts.BoardReviews), (Boards.Free, texts.BoardFree)];

    /// <summary>The name, or null when there is no such board.</summary>
    public static string? Of(string board, Texts texts) => All(texts).FirstOrDefault(known => known.Board == board).Name;
}
