using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Jangteo.Platform;

/// <summary>
/// A place in a feed. On SQLite one writer makes the sequence number enough (Xid is 0). On PostgreSQL numbers become
/// visible out of order, so rows are ordered by their writing transaction, and read only below the oldest one running.
/// </summary>
readonly record struct FeedPosition(ulong Xid, long Seq) : IComparable<FeedPosition>
{
    public static bool TryParse(string? text, out FeedPosition position)
    {
        position = default;
        if (string.IsNullOrEmpty(text)) return true;
        var parts = text.Split('-');
        if (parts.Length != 2 || !ulong.TryParse(parts[0], CultureInfo.InvariantCulture, out var xid) || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out var seq)) return false;
        position = new(xid, seq);
        return true;
    }

    public int CompareTo(FeedPosition other) => Xid != other.Xid ? Xid.CompareTo(other.Xid) : Seq.CompareTo(other.Seq);

    public override string ToString() => $"{Xid}-{Seq}";
}

/// <summary>GET /feeds/{module}: the module's messages after a cursor, as a CloudEvents 1.0 batch; waits for news if asked to.</summary>
static class FeedEndpoint<TDb> where TDb : ModuleDb
{
    const int MaxWaitSeconds = 30;
    const int IdlePollMilliseconds = 500;
    static readonly TimeSpan RecordReaderEvery = TimeSpan.FromSeconds(10);
    static readonly ConcurrentDictionary<(ModuleStore, string), DateTimeOffset> Recorded = new();

    static readonly ConcurrentDictionary<ModuleStore, (FeedPosition Mark, DateTimeOffset At)> Marks = new();

    public static void Map(IEndpointRouteBuilder app, string name) => app.MapGet($"/feeds/{name}", Read)
        .RequireAuthorization(Policies.Service).WithGroupName(name).WithTags("Feed").WithName($"{name}-feed")
        .WithSummary("The module's messages after a cursor, as a CloudEvents 1.0 batch.");

    /// <param name="after">The cursor of the last event seen; empty for the oldest kept, "now" for none but new ones.</param>
    /// <param name="limit">How many events at most.</param>
    /// <param name="wait">How many seconds to wait when there is nothing new.</param>
    /// <param name="reader">Who reads: rows that every reader so named has passed may be trimmed.</param>
    static async Task<IResult> Read(TDb db, IHostApplicationLifetime life, HttpContext http, CancellationToken ct,
        string? after = null, [Range(1, 1000)] int limit = 100, [Range(0, MaxWaitSeconds)] int wait = 0, [StringLength(100)] string? reader = null)
    {
        var position = after == "now" ? await Newest(db, ct) : default;
        if (after != "now" && !FeedPosition.TryParse(after, out position)) return Problems.Invalid("after", "Not a cursor of this feed.");
        if (!string.IsNullOrEmpty(after) && position.CompareTo(await Trimmed(db, ct)) < 0)
            return Problems.Of(410, "feed-trimmed", "Messages after this cursor have been trimmed: rebuild from the module's API and start at \"now\".");
        if (reader is not null) await RecordReader(db, reader, position, ct);

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct, life.ApplicationStopping);
        var rows = await Wait(db, position, limit, TimeSpan.FromSeconds(wait), stopping.Token);
        http.Response.Headers["Feed-Cursor"] = rows.Count > 0 ? new FeedPosition(rows[^1].Xid, rows[^1].Seq).ToString() : position.ToString();
        return Results.Bytes(CloudEventFormat.Encode(db.Store.Name, rows), CloudEventFormat.ContentType);
    }

    static async Task<List<FeedRow>> Wait(TDb db, FeedPosition position, int limit, TimeSpan wait, CancellationToken ct)
    {
        var until = DateTime.UtcNow + wait;
        var pause = IdlePollMilliseconds;
        while (true)
        {
            var news = db.Store.Announced.Next;
            var rows = await After(db, position, limit, CancellationToken.None);
            var left = until - DateTime.UtcNow;
            if (rows.Count > 0 || left <= TimeSpan.Zero || ct.IsCancellationRequested) return rows;
            // Only this process writes to a SQLite file. On PostgreSQL another replica may, and an older transaction may hide rows for a moment.
            var longest = db.IsSqlite ? left : TimeSpan.FromMilliseconds(Math.Min(pause, left.TotalMilliseconds));
            var woken = await Task.WhenAny(news, Task.Delay(longest, ct)) == news;
            pause = woken ? 1 : Math.Min(pause * 2, IdlePollMilliseconds);
        }
    }

    public static Task<List<FeedRow>> After(TDb db, FeedPosition position, int limit, CancellationToken ct)
    {
        var (xid, seq) = (position.Xid.ToString(CultureInfo.InvariantCulture), position.Seq);
        var query = db.IsSqlite
            ? db.Feed.FromSql($"""SELECT * FROM feed WHERE "Seq" > {seq} ORDER BY "Seq" LIMIT {limit}""")
            : db.Feed.FromSql($"""
                SELECT * FROM feed WHERE ("Xid", "Seq") > ({xid}::text::xid8, {seq}) AND "Xid" < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY "Xid", "Seq" LIMIT {limit}
                """);
        return query.AsNoTracking().ToListAsync(ct);
    }

    static async Task<FeedPosition> Newest(TDb db, CancellationToken ct)
    {
        var query = db.IsSqlite
            ? db.Feed.FromSql($"""SELECT * FROM feed ORDER BY "Seq" DESC LIMIT 1""")
            : db.Feed.FromSql($"""SELECT * FROM feed WHERE "Xid" < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY "Xid" DESC, "Seq" DESC LIMIT 1""");
        return await query.AsNoTracking().ToListAsync(ct) is [var row] ? new(row.Xid, row.Seq) : default;
    }

    // Asked for now and then only: known readers are never behind it, and it moves a few times an hour.
    static async Task<FeedPosition> Trimmed(TDb db, CancellationToken ct)
    {
        var now = db.Store.Time.GetUtcNow();
        if (Marks.TryGetValue(db.Store, out var known) && now - known.At < FeedTrim<TDb>.MarkHolds) return known.Mark;
        var mark = await db.FeedReaders.AsNoTracking().FirstOrDefaultAsync(r => r.Name == FeedTrim<TDb>.Mark, ct) is { } row ? new FeedPosition(row.Xid, row.Seq) : default;
        Marks[db.Store] = (mark, now);
        return mark;
    }

    /// <summary>The mark has moved: the next reader asks the database.</summary>
    public static void ForgetMark(ModuleStore store) => Marks.TryRemove(store, out _);

    static async Task RecordReader(TDb db, string name, FeedPosition position, CancellationToken ct)
    {
        var now = db.Store.Time.GetUtcNow();
        if (Recorded.TryGetValue((db.Store, name), out var last) && now - last < RecordReaderEvery) return;
        Recorded[(db.Store, name)] = now;
        var known = await db.FeedReaders.FirstOrDefaultAsync(r => r.Name == name, ct);
        if (known is null) db.Add(known = new() { Name = name });
        (known.Xid, known.Seq, known.SeenAt) = (position.Xid, position.Seq, now);
        await db.SaveChangesAsync(ct);
    }
}

/// <summary>CloudEvents 1.0 in JSON batch format, with the attributes partitionkey, traceparent and cursor.</summary>
static class CloudEventFormat
{
    public const string ContentType = "application/cloudevents-batch+json; charset=utf-8";

    static readonly JsonEventFormatter Formatter = new();
    static readonly CloudEventAttribute Cursor = CloudEventAttribute.CreateExtension("cursor", CloudEventAttributeType.String);
    static readonly CloudEventAttribute PartitionKey = CloudEventAttribute.CreateExtension("partitionkey", CloudEventAttributeType.String);
    static readonly CloudEventAttribute TraceParent = CloudEventAttribute.CreateExtension("traceparent", CloudEventAttributeType.String);
    static readonly CloudEventAttribute[] Extensions = [Cursor, PartitionKey, TraceParent];

    public static ReadOnlyMemory<byte> Encode(string module, IReadOnlyList<FeedRow> rows) =>
        Formatter.EncodeBatchModeMessage(rows.Select(row => Of(module, row)), out _);

    static CloudEvent Of(string module, FeedRow row)
    {
        var cloudEvent = new CloudEvent(Extensions)
        {
            Id = row.Id.ToString(),
            Source = new Uri($"/{module}", UriKind.Relative),
            Type = row.Type,
            Time = row.At,
            DataContentType = MediaTypeNames.Application.Json,
            Data = JsonSerializer.Deserialize<JsonElement>(row.Data),
            [Cursor] = new FeedPosition(row.Xid, row.Seq).ToString(),
            [PartitionKey] = row.Key,
        };
        if (row.TraceParent is not null) cloudEvent[TraceParent] = row.TraceParent;
        return cloudEvent;
    }

    public static List<Envelope> Decode(ReadOnlyMemory<byte> body) =>
    [
        .. Formatter.DecodeBatchModeMessage(body, new ContentType(ContentType), Extensions).Select(e => new Envelope(
            (string)e[Cursor]!, Guid.Parse(e.Id!), e.Type!, (string)e[PartitionKey]!, (string?)e[TraceParent], ((JsonElement)e.Data!).GetRawText())),
    ];
}

/// <summary>A message on its way to a handler.</summary>
sealed record Envelope(string Cursor, Guid Id, string Type, string Key, string? TraceParent, string Data);
