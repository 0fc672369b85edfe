using Jangteo.Payments.Contracts;
using Jangteo.Platform;

namespace Jangteo.Payments;

/// <summary>How our books and the provider's differ.</summary>
enum DifferenceKind
{
    /// <summary>The provider captured; our ledger knows nothing of it.</summary>
    CaptureMissing,
    /// <summary>Our ledger has a capture that the provider knows nothing of.</summary>
    CaptureExtra,
    AmountDiffers,
    /// <summary>The provider sent money back; our ledger knows nothing of it.</summary>
    RefundMissing,
    /// <summary>Our ledger has a refund that the provider knows nothing of.</summary>
    RefundExtra,
    /// <summary>The provider captured a second payment of an order.</summary>
    DoubleCharge,
    /// <summary>The provider captured for something that is no order of ours.</summary>
    UnknownOrder,
    /// <summary>The provider says that a capture of ours was for another order.</summary>
    WrongOrder,
    /// <summary>A payment's row does not follow from its ledger.</summary>
    StateDiffers,
}

/// <summary>What became of a difference.</summary>
enum DifferenceStatus { Open, Repaired, Left, Gone }

/// <summary>A difference as found by comparing.</summary>
sealed record Found(DifferenceKind Kind, Guid OrderId, string ProviderKey, long? Ours, long? Theirs, string Currency, DateTimeOffset At, string Detail = "")
{
    /// <summary>The same difference found by another run is the same one.</summary>
    public string Fingerprint => $"{Kind} {OrderId} {ProviderKey} {Ours} {Theirs} {Currency}";
}

/// <summary>A difference that staff are to decide about.</summary>
sealed class Difference
{
    public Guid Id { get; set; }
    public required string Fingerprint { get; set; }
    public DifferenceKind Kind { get; set; }
    public Guid OrderId { get; set; }
    public required string Provider { get; set; }
    public required string ProviderKey { get; set; }
    public long? Ours { get; set; }
    public long? Theirs { get; set; }
    public required string Currency { get; set; }
    public required string Detail { get; set; }
    public DifferenceStatus Status { get; set; }
    public DateTimeOffset FoundAt { get; set; }

    /// <summary>When the money moved: a run over that time that does not see the difference any more shows that it is gone.</summary>
    public DateTimeOffset MovedAt { get; set; }

    /// <summary>The run that saw it last.</summary>
    public Guid SeenBy { get; set; }
    public int Version { get; set; }

    public static Difference Of(Found f, string provider, Guid run, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(), Fingerprint = f.Fingerprint, Kind = f.Kind, OrderId = f.OrderId, Provider = provider, ProviderKey = f.ProviderKey, Ours = f.Ours, Theirs = f.Theirs,
        Currency = f.Currency, Detail = f.Detail, FoundAt = now, MovedAt = f.At, SeenBy = run,
    };

    public bool CanRepair => Kind != DifferenceKind.WrongOrder;

    public DifferenceView View() => new(Id, System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(Kind.ToString()), OrderId, ProviderKey, Money(Ours), Money(Theirs), Detail, FoundAt,
        CanRepair ? [DifferenceAction.Repair, DifferenceAction.Leave] : [DifferenceAction.Leave]);

    Money? Money(long? amount) => amount is { } known ? new Money(known, Currency) : null;
}

/// <summary>A comparison that was asked for by the clock or by staff. Whoever moves <see cref="NextTryAt"/> on makes it.</summary>
sealed class ReconciliationRun
{
    public Guid Id { get; set; }

    /// <summary>The day of a daily run, so that several replicas ask for one; null when staff asked.</summary>
    public string? Day { get; set; }
    public DateTimeOffset From { get; set; }
    public DateTimeOffset Until { get; set; }
    public DateTimeOffset AskedAt { get; set; }
    public DateTimeOffset? NextTryAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public int Attempts { get; set; }
    public int Movements { get; set; }
    public int Found { get; set; }
    public string? Error { get; set; }

    public ReconciliationView View() => new(Id, From, Until, EndedAt is not null ? "done" : Error is not null ? "failed" : Attempts > 0 ? "running" : "waiting", Movements, Found, Error, AskedAt, EndedAt);
}
