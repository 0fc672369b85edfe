using Jangteo.Platform;

namespace Jangteo.Board.Contracts;

/// <summary>A review was written.</summary>
public sealed record ReviewPosted(Guid PostId, Guid ProductId, Guid MemberId, int Stars) : IMessage
{
    string IMessage.Key => ProductId.ToString();
}

/// <summary>A product's stars changed: a review was written, changed, hidden, shown or removed.</summary>
/// <param name="RatingTenths">Average stars times ten, 10–50; null when no review is left.</param>
/// <param name="Revision">Grows with every change for this product: an older one that arrives late is ignored.</param>
public sealed record ProductRatingChanged(Guid ProductId, int? RatingTenths, int ReviewCount, int Revision) : IMessage
{
    string IMessage.Key => ProductId.ToString();
}

/// <summary>Posts of a board changed in a way that its pages show; caches may be refreshed.</summary>
public sealed record BoardChanged(string Board, Guid PostId, Guid? ProductId) : IMessage
{
    string IMessage.Key => PostId.ToString();
}
