using Jangteo.Board.Contracts;
using Jangteo.Platform;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Catalog;

/// <summary>The stars that buyers gave, as Board counts them.</summary>
sealed class RatingReplica(CatalogDb db, AnswerCache cache) : IHandle<ProductRatingChanged>
{
    public async Task Handle(ProductRatingChanged message, CancellationToken ct)
    {
        if (await db.Products.FindAsync([message.ProductId], ct) is not { } product || message.Revision <= product.RatingRevision) return;
        (product.RatingTenths, product.ReviewCount, product.RatingRevision) = (message.RatingTenths, message.ReviewCount, message.Revision);
        cache.ForgetOnceCommitted(db, Stamp.Lists);
    }
}
