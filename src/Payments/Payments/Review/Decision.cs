namespace Jangteo.Payments;

/// <summary>What a member of staff decided, when and why. Rows are only ever added.</summary>
sealed class Decision
{
    public Guid Id { get; set; }
    public Guid OrderId { get; set; }

    /// <summary>The call, refund or difference that it was about.</summary>
    public Guid SubjectId { get; set; }
    public required string About { get; set; }
    public required string Action { get; set; }
    public required string Reason { get; set; }
    public Guid By { get; set; }
    public DateTimeOffset At { get; set; }
}
