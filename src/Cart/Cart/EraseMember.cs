using Jangteo.Identity.Contracts;
using Jangteo.Platform;

namespace Jangteo.Cart;

/// <summary>An erased member's cart goes with them; no law asks to keep it.</summary>
sealed class EraseMember(CartDb db, CartQueries queries) : IHandle<MemberErased>
{
    public async Task Handle(MemberErased member, CancellationToken ct)
    {
        if (await queries.Cart(db, ShoppingCart.OwnedBy(member.MemberId), ct) is { } cart) db.Remove(cart);
    }
}
