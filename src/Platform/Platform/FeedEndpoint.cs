using System.Buffers;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;

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
    const int MaxTypes = 50;

    // A reader that has passed others' messages is told so, that its cursor does not fall behind.
    static readonly TimeSpan TellPassed = TimeSpan.FromSeconds(1);
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
    /// <param name="types">Only these types of messages, with commas between; all, if left out.</param>
    static async Task<IResult> Read(TDb db, IHostApplicationLifetime life, HttpContext http, CancellationToken ct,
        string? after = null, [Range(1, 1000)] int limit = 100, [Range(0, MaxWaitSeconds)] int wait = 0, [StringLength(100)] string? reader = null, [StringLength(2000)] string? types = null)
    {
        var wanted = types?.Split(',', MaxTypes + 1);
        if (reader?.Contains('\0') is true) return Problems.Invalid("reader", "No reader has such a letter.");
        if (wanted?.Length > MaxTypes) return Problems.Invalid("types", $"At most {MaxTypes} types.");
        var position = after == "now" ? await Newest(db, ct) : default;
        if (after != "now" && !FeedPosition.TryParse(after, out position)) return Problems.Invalid("after", "Not a cursor of this feed.");
        if (await Trimmed(db, ct) is var mark && position.CompareTo(mark) < 0)
        {
            if (after is not (null or "" or "now")) return Problems.Of(410, "feed-trimmed", "Messages after this cursor have been trimmed: rebuild from the module's API and start at \"now\".");
            // A feed that was trimmed to its last message begins, and ends, where that was.
            position = mark;
        }
        if (reader is not null) await RecordReader(db, reader, position, ct);

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct, life.ApplicationStopping);
        var (rows, passed) = await Wait(db, position, limit, wanted, TimeSpan.FromSeconds(wait), stopping.Token);
        http.Response.Headers["Feed-Cursor"] = passed.ToString();
        return Results.Bytes(CloudEventFormat.Encode(db.Store.Name, rows), CloudEventFormat.ContentType);
    }

    /// <summary>What is wanted, and how far it was looked for: at once, or when it comes, or nothing when the time is over.</summary>
    static async Task<(List<FeedRow> Rows, FeedPosition Passed)> Wait(TDb db, FeedPosition from, int limit, string[]? types, TimeSpan wait, CancellationToken ct)
    {
        var (position, until, pause, woken) = (from, DateTime.UtcNow + wait, IdlePollMilliseconds, true);
        while (true)
        {
            var news = db.Store.Announced.Next;
            // The tail knows this process's own rows only: of a SQLite file another replica on this machine may be a writer, too.
            var rows = (woken ? db.Store.Tail.After(position.Seq, limit) : null) ?? await After(db, position, limit, CancellationToken.None);
            if (rows.Count > 0)
            {
                if (position == from && DateTime.UtcNow + TellPassed is var soon && soon < until) until = soon;
                position = new(rows[^1].Xid, rows[^1].Seq);
            }
            var isFull = rows.Count == limit;
            if (types is not null) rows = rows.FindAll(row => types.Contains(row.Type));
            var left = until - DateTime.UtcNow;
            if (rows.Count > 0 || left <= TimeSpan.Zero || ct.IsCancellationRequested) return (rows, position);
            if (isFull) continue;
            // On PostgreSQL another replica may write unheard, and an older transaction may hide rows for a moment.
            woken = await Task.WhenAny(news, Task.Delay(TimeSpan.FromMilliseconds(Math.Min(pause, left.TotalMilliseconds)), ct)) == news;
            pause = woken && !db.IsSqlite ? 1 : Math.Min(pause * 2, IdlePollMilliseconds);
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

/// <summary>
/// CloudEvents 1.0 in JSON batch format, with the attributes partitionkey, traceparent and cursor. Written by hand, because
/// every message passes here several times; the tests hold it to what the CloudEvents library reads and writes.
/// </summary>
static class CloudEventFormat
{
    public const string ContentType = "application/cloudevents-batch+json; charset=utf-8";

    static readonly JsonWriterOptions AsMessages = new() { Encoder = MessageFormat.Json.Encoder, SkipValidation = true };

    public static ReadOnlyMemory<byte> Encode(string module, IReadOnlyList<FeedRow> rows)
    {
        if (rows.Count == 0) return "[]"u8.ToArray();
        var body = new ArrayBufferWriter<byte>(rows.Count * 1024);
        using var json = new Utf8JsonWriter(body, AsMessages);
        json.WriteStartArray();
        // A row in memory is read by several: it is written once.
        foreach (var row in rows) json.WriteRawValue((row.AsEvent ??= Encode(module, row)).AsSpan(), skipInputValidation: true);
        json.WriteEndArray();
        json.Flush();
        return body.WrittenMemory;
    }

    static byte[] Encode(string module, FeedRow row)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(body, AsMessages);
        json.WriteStartObject();
        json.WriteString("specversion"u8, "1.0"u8);
        json.WriteString("id"u8, row.Id);
        json.WriteString("source"u8, $"/{module}");
        json.WriteString("type"u8, row.Type);
        json.WriteString("time"u8, row.At.ToUniversalTime());
        json.WriteString("datacontenttype"u8, MediaTypeNames.Application.Json);
        json.WriteString("cursor"u8, new FeedPosition(row.Xid, row.Seq).ToString());
        json.WriteString("partitionkey"u8, row.Key);
        if (row.TraceParent is not null) json.WriteString("traceparent"u8, row.TraceParent);
        json.WritePropertyName("data"u8);
        json.WriteRawValue(row.Data, skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenSpan.ToArray();
    }

    public static List<Envelope> Decode(ReadOnlyMemory<byte> body)
    {
        using var events = JsonDocument.Parse(body);
        return [.. events.RootElement.EnumerateArray().Select(e => new Envelope(
            e.GetProperty("cursor"u8).GetString()!, e.GetProperty("id"u8).GetGuid(), e.GetProperty("type"u8).GetString()!, e.GetProperty("partitionkey"u8).GetString()!,
            e.TryGetProperty("traceparent"u8, out var trace) ? trace.GetString() : null, e.GetProperty("data"u8).GetRawText()))];
    }
}

/// <summary>A message on its way to a handler.</summary>
sealed record Envelope(string Cursor, Guid Id, string Type, string Key, string? TraceParent, string Data);
