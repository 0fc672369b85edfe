using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Jangteo.Board;

/// <summary>What a member bought with one order.</summary>
sealed class Purchase
{
    public Guid OrderId { get; set; }
    public Guid MemberId { get; set; }
    public DateTimeOffset At { get; set; }
    public bool Cancelled { get; set; }
    public List<PurchaseLine> Lines { get; set; } = [];
    public int Version { get; set; }
}

/// <summary>A bought line; with its review, once there is one.</summary>
sealed class PurchaseLine
{
    public required string Sku { get; set; }
    public Guid ProductId { get; set; }
    public required string NameKo { get; set; }
    public required string NameEn { get; set; }
    public Guid? ReviewId { get; set; }
}

/// <summary>Who bought what, from Orders: the right to review it.</summary>
sealed class Purchases(BoardDb db, PurchaseQueries queries) : IHandle<OrderConfirmed>, IHandle<OrderCancelled>
{
    public async Task Handle(OrderConfirmed message, CancellationToken ct)
    {
        if (await queries.IsKnownOrErased(db, message.OrderId, message.MemberId, ct)) return;
        db.Add(new Purchase
        {
            OrderId = message.OrderId, MemberId = message.MemberId, At = message.At,
            Lines = [.. message.Lines.DistinctBy(l => l.Sku).Select(l => new PurchaseLine { Sku = l.Sku, ProductId = l.ProductId, NameKo = l.Name.Ko, NameEn = l.Name.En })],
        });
    }

    /// <summary>Who gave it back has not bought it: the right to review goes, and a review that is there goes out of sight.</summary>
    public async Task Handle(OrderCancelled message, CancellationToken ct)
    {
        if (!message.WasConfirmed) return;
        var purchase = await db.Purchases.FirstOrDefaultAsync(p => p.OrderId == message.OrderId, ct);
        // Of who was erased meanwhile nothing is written down any more.
        if (purchase is null && await queries.IsKnownOrErased(db, message.OrderId, message.MemberId, ct)) return;
        if (purchase is null) db.Add(purchase = new() { OrderId = message.OrderId, MemberId = message.MemberId, At = message.At });
        if (purchase.Cancelled) return;
        purchase.Cancelled = true;
        var reviews = purchase.Lines.Select(l => l.ReviewId).OfType<Guid>().ToList();
        foreach (var review in await db.Posts.Where(p => reviews.Contains(p.Id)).ToListAsync(ct))
        {
            await Rating.Count(db, review.ProductId, before: review.CountedStars, after: null, ct);
            (review.Hidden, review.VerifiedPurchase) = (true, false);
            db.Send(review.Changed);
        }
    }

    /// <summary>Uses up the right to review a bought line, or says why there is none. The purchase's version settles races.</summary>
    public static async Task<ProblemHttpResult?> Claim(BoardDb db, Post review, CancellationToken ct)
    {
        var purchase = await db.Purchases.FirstOrDefaultAsync(p => p.OrderId == review.OrderId && p.MemberId == review.MemberId && !p.Cancelled, ct);
        if (purchase?.Lines.FirstOrDefault(l => l.Sku == review.Sku && l.ProductId == review.ProductId) is not { } line)
            return Problems.Conflict("not-purchased", "Only what you bought can be reviewed.");
        if (line.ReviewId is not null) return Problems.Conflict("already-reviewed", "You have reviewed this purchase already.", ("postId", line.ReviewId));
        line.ReviewId = review.Id;
        review.VerifiedPurchase = true;
        db.Entry(purchase).Property(p => p.Cancelled).IsModified = true;
        return null;
    }

    /// <summary>A deleted review may be written anew, but not one that staff had hidden.</summary>
    public static async Task GiveBack(BoardDb db, Post review, CancellationToken ct)
    {
        if (review.Hidden || review.OrderId is not { } order || await db.Purchases.FirstOrDefaultAsync(p => p.OrderId == order, ct) is not { } purchase) return;
        foreach (var line in purchase.Lines.Where(l => l.ReviewId == review.Id)) line.ReviewId = null;
    }
}

/// <summary>The queries of every order, compiled once for the process's database.</summary>
sealed class PurchaseQueries
{
    readonly Func<BoardDb, Guid, CancellationToken, Task<bool>> _known =
        EF.CompileAsyncQuery((BoardDb db, Guid orderId, CancellationToken ct) => db.Purchases.Any(p => p.OrderId == orderId));

    readonly Func<BoardDb, Guid, CancellationToken, Task<bool>> _erased =
        EF.CompileAsyncQuery((BoardDb db, Guid memberId, CancellationToken ct) => db.Members.Any(m => m.Id == memberId && m.Erased));

    /// <summary>The order has been written down, or its buyer is erased.</summary>
    public async Task<bool> IsKnownOrErased(BoardDb db, Guid orderId, Guid memberId, CancellationToken ct) =>
        await _known(db, orderId, ct) || await _erased(db, memberId, ct);
}
