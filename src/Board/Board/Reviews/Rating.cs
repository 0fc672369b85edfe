using Jangteo.Board.Contracts;

namespace Jangteo.Board;

/// <summary>How many reviews of a product gave how many stars.</summary>
sealed class Rating
{
    public Guid ProductId { get; set; }
    public int One { get; set; }
    public int Two { get; set; }
    public int Three { get; set; }
    public int Four { get; set; }
    public int Five { get; set; }

    /// <summary>Grows with every change, so that hearers ignore an older one.</summary>
    public int Revision { get; set; }

    public int Version { get; set; }

    public int[] CountByStars => [One, Two, Three, Four, Five];
    public int Total => One + Two + Three + Four + Five;

    /// <summary>The average times ten, halves rounded up; null without reviews.</summary>
    public int? Tenths => Total == 0 ? null : ((One + (2 * Two) + (3 * Three) + (4 * Four) + (5 * Five)) * 20 + Total) / (2 * Total);

    public ProductRatingChanged Replace(int? before, int? after)
    {
        Add(before, -1);
        Add(after, 1);
        Revision++;
        return new(ProductId, Tenths, Total, Revision);
    }

    void Add(int? stars, int by)
    {
        switch (stars)
        {
            case 1: One += by; break;
            case 2: Two += by; break;
            case 3: Three += by; break;
            case 4: Four += by; break;
            case 5: Five += by; break;
        }
    }

    /// <summary>Counts a review that came, changed or went, and announces the product's new rating.</summary>
    public static async Task Count(BoardDb db, Guid? productId, int? before, int? after, CancellationToken ct)
    {
        if (before == after || productId is not { } id) return;
        var rating = await db.Ratings.FindAsync([id], ct);
        if (rating is null) db.Add(rating = new() { ProductId = id });
        db.Send(rating.Replace(before, after));
    }
}
