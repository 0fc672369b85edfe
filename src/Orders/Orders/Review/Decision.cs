using Jangteo.Orders.Contracts;

namespace Jangteo.Orders;

/// <summary>What a member of staff decided about an order, when and why. Rows are only ever added.</summary>
sealed class Decision
{
    public Guid Id { get; init; }
    public Guid OrderId { get; init; }
    public OrderAction Action { get; init; }
    public required string Reason { get; init; }
    public Guid By { get; init; }
    public DateTimeOffset At { get; init; }

    public OrderDecisionView View() => new(Id, Action, Reason, By, At);
}
