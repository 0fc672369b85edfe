namespace Jangteo.Platform;

/// <summary>A message in a module's feed. Ordered by (Xid, Seq): see <see cref="FeedPosition"/>.</summary>
sealed class FeedRow
{
    public long Seq { get; set; }
    public ulong Xid { get; set; }
    public Guid Id { get; set; }
    public required string Type { get; set; }
    public required string Key { get; set; }
    public DateTimeOffset At { get; set; }
    public string? TraceParent { get; set; }
    public required string Data { get; set; }

    /// <summary>The row as it is sent, once it has been; not stored.</summary>
    public byte[]? AsEvent { get; set; }
}

/// <summary>Who reads this module's feed and how far they have committed: rows all have passed may be trimmed.</summary>
sealed class FeedReader
{
    public required string Name { get; set; }
    public ulong Xid { get; set; }
    public long Seq { get; set; }
    public DateTimeOffset SeenAt { get; set; }
}

/// <summary>A message of the module to itself, due later.</summary>
sealed class DueMessage
{
    public Guid Id { get; set; }
    public required string Type { get; set; }
    public required string Key { get; set; }
    public DateTimeOffset Due { get; set; }
    public string? TraceParent { get; set; }
    public required string Data { get; set; }
}

/// <summary>How far a subscription of this module has come in a producer's feed.</summary>
sealed class SubscriptionCursor
{
    public required string Subscription { get; set; }
    public required string Producer { get; set; }
    public required string Position { get; set; }
}

/// <summary>A message that failed, or waits behind one of the same key that failed.</summary>
sealed class ParkedMessage
{
    public long Seq { get; set; }
    public required string Subscription { get; set; }
    public required string Producer { get; set; }
    public Guid Id { get; set; }
    public required string Type { get; set; }
    public required string Key { get; set; }
    public string? TraceParent { get; set; }
    public required string Data { get; set; }
    public string? Error { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset ParkedAt { get; set; }

    /// <summary>Null when it is tried no more until somebody asks for a replay.</summary>
    public DateTimeOffset? NextTryAt { get; set; }

    /// <summary>Before the subscription of a message that staff dropped: no reader's, so nothing waits behind it, and the row stays as the record.</summary>
    public const string Dropped = "(dropped) ";

    public void Drop(string by, string why, DateTimeOffset now) => (Subscription, NextTryAt, Error) = (Dropped + Subscription, null, $"Dropped by {by} at {now:O}: {why}\n{Error}");
}

/// <summary>What a call with an idempotency key was answered, committed with its effect.</summary>
sealed class IdempotentAnswer
{
    public required string Caller { get; set; }
    public required string Key { get; set; }
    public required string RequestHash { get; set; }
    public int Status { get; set; }
    public string? ContentType { get; set; }
    public required byte[] Body { get; set; }
    public DateTimeOffset At { get; set; }
}

static class PlatformTables
{
    public static void Describe(ModelBuilder model, bool sqlite)
    {
        model.Entity<FeedRow>(feed =>
        {
            feed.ToTable("feed").HasKey(f => f.Seq);
            feed.Ignore(f => f.AsEvent);
            feed.Property(f => f.Seq).ValueGeneratedOnAdd();
            // On PostgreSQL numbers become visible out of order; the writing transaction's id orders them.
            if (sqlite) feed.Property(f => f.Xid).HasConversion<long>().HasDefaultValue(0UL);
            else feed.Property(f => f.Xid).HasColumnType("xid8").HasDefaultValueSql("pg_current_xact_id()");
            feed.Property(f => f.Xid).ValueGeneratedOnAdd();
            if (!sqlite) feed.HasIndex(f => new { f.Xid, f.Seq });
        });
        model.Entity<FeedReader>(reader =>
        {
            reader.ToTable("feed_readers").HasKey(r => r.Name);
            if (sqlite) reader.Property(r => r.Xid).HasConversion<long>();
            else reader.Property(r => r.Xid).HasColumnType("xid8");
        });
        model.Entity<DueMessage>(due => due.ToTable("due_messages").HasIndex(d => d.Due));
        model.Entity<SubscriptionCursor>().ToTable("cursors").HasKey(c => new { c.Subscription, c.Producer });
        model.Entity<ParkedMessage>(parked =>
        {
            parked.ToTable("parked").HasKey(p => p.Seq);
            parked.HasIndex(p => new { p.Subscription, p.Producer, p.Key });
        });
        model.Entity<IdempotentAnswer>(answer =>
        {
            answer.ToTable("idempotent_answers").HasKey(a => new { a.Caller, a.Key });
            answer.HasIndex(a => a.At);
        });
    }
}
