using System.ComponentModel.DataAnnotations;
using Jangteo.Platform;

namespace Jangteo.Orders.Contracts;

/// <summary>What staff decide about an order that does not settle itself.</summary>
public enum OrderAction
{
    /// <summary>Call it off; what was paid goes back.</summary>
    Cancel,
    /// <summary>Nothing more is to be done: it leaves the list.</summary>
    Settle,
    /// <summary>Only write down what was found.</summary>
    Note,
}

/// <summary>An order that should have ended by itself and did not, or whose stock or points are not where they should be.</summary>
/// <param name="Kind">"overdue": its time to pay is well over, and it is neither paid nor off. "stock-missing": it was sent, and Inventory could not book the sale because its stock did not have the pieces. "points-missing": a refund should take back points that the buyer has spent.</param>
/// <param name="Since">When it should have ended, or when it was noticed.</param>
/// <param name="MemberId">The buyer.</param>
/// <param name="PointsMissing">Points that could not be taken back; otherwise 0.</param>
/// <param name="Revision">What was looked at, to name in the decision.</param>
public sealed record OrderReview(Guid OrderId, string Number, OrderStatus Status, Money Total, string Kind, DateTimeOffset Since, IReadOnlyList<OrderAction> Actions,
    Guid? MemberId = null, long PointsMissing = 0, int Revision = 0);

/// <summary>A decision of staff.</summary>
/// <param name="Reason">Why, for the books.</param>
/// <param name="Revision">What was decided about, from the review. To cancel or settle an order that has changed since is refused; without it, the order is taken as it is.</param>
public sealed record OrderDecision(OrderAction Action, [StringLength(500, MinimumLength = 1), RegularExpression(OrderLimits.OneLine)] string Reason, int? Revision = null);

/// <summary>A decision as it was recorded.</summary>
/// <param name="By">The member of staff.</param>
public sealed record OrderDecisionView(Guid Id, OrderAction Action, string Reason, Guid By, DateTimeOffset At);

/// <summary>An order with what staff decided about it; the buyer does not see that.</summary>
public sealed record OrderPath(OrderView Order, IReadOnlyList<OrderDecisionView> Decisions);
