using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Mime;
using System.Text.Json;
using CloudNative.CloudEvents.SystemTextJson;
using Jangteo.Platform.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Jangteo.Platform.Tests;

public class FeedTests : ToyTest
{
    [Theory, MemberData(nameof(BothDatabases))]
    public async Task Messages_of_many_writers_arrive_once_and_in_order(bool sqlite)
    {
        await using var toys = await Toy(sqlite, ("Feeds:DeliverTwice", "true"));
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async writer =>
        {
            for (var i = 0; i < 20; i++) await Count(toys.First, $"w{writer}");
        }));
        for (var writer = 0; writer < 16; writer++)
        {
            var name = $"echo w{writer}";
            await Eventually.Holds(async () => await Tally(toys.First, name) == 20, name);
        }
        var announced = await toys.First.Announced<Counted>();
        Assert.Equal(320, announced.Count);
        Assert.All(announced.GroupBy(a => a.Name), key => Assert.Equal(Enumerable.Range(1, 20), key.Select(a => a.Count)));
    }

    [Fact]
    public async Task A_reader_rests_when_a_producer_that_stops_says_nothing_at_once()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var stopping = builder.Build();
        stopping.MapGet("/feeds/stopping", (HttpResponse response) =>
        {
            response.Headers["Feed-Cursor"] = "0-7";
            return Results.Bytes(CloudEventFormat.Encode("stopping", []), CloudEventFormat.ContentType);
        });
        await stopping.StartAsync();
        await using var clients = new ServiceCollection().AddHttpClient(FeedClients.NameOf("stopping", "reader"), http => http.BaseAddress = new(stopping.Urls.Single())).Services.BuildServiceProvider();
        var feed = new FeedClient(clients.GetRequiredService<IHttpClientFactory>(), "stopping", "reader");

        // What has moved the cursor is followed at once; then there is nothing to hurry for.
        Assert.Equal("0-7", (await feed.Read("0-6", 10, FeedClients.WaitSeconds, null, "counted", default)).Cursor);
        var asked = Stopwatch.GetTimestamp();
        await feed.Read("0-7", 10, FeedClients.WaitSeconds, null, "counted", default);
        Assert.InRange(Stopwatch.GetElapsedTime(asked), FeedClient.RestAfterEarlyNothing * 0.9, TimeSpan.MaxValue);
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_poison_message_is_parked_with_its_key_behind_it_and_the_others_flow(bool sqlite)
    {
        Echo.Cured = false;
        await using var toys = await Toy(sqlite);
        var staff = toys.First.As(Guid.CreateVersion7(), staff: true);
        await Count(toys.First, "poison");
        await Count(toys.First, "good");
        await Count(toys.First, "poison");
        await Eventually.Holds(async () => await Tally(toys.First, "echo good") == 1, "the good one");

        await Eventually.Holds(async () => (await Parked(staff)).Items.Count == 2, "both poisoned ones parked");
        var parked = await Parked(staff);
        Assert.Contains("It is poison.", parked.Items[0].Error);
        Assert.Null(parked.Items[1].Error);
        Assert.Equal(HttpStatusCode.Unauthorized, (await toys.First.Http.GetAsync("/api/toy/parked")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await toys.First.As(Guid.CreateVersion7()).GetAsync("/api/toy/parked")).StatusCode);

        Echo.Cured = true;
        Assert.Equal(HttpStatusCode.Accepted, (await staff.PostAsync($"/api/toy/parked/{parked.Items[1].Id}/replay", null)).StatusCode);
        await Eventually.Holds(async () => await Tally(toys.First, "echo poison") == 2, "the cured ones");
        Assert.Empty((await Parked(staff)).Items);
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_parked_message_is_dropped_for_good_by_staff_on_record_and_those_behind_it_flow(bool sqlite)
    {
        Echo.Cured = false;
        await using var toys = await Toy(sqlite);
        var member = Guid.CreateVersion7();
        var staff = toys.First.As(member, staff: true);
        for (var times = 0; times < 3; times++) await Count(toys.First, "poison");
        await Eventually.Holds(async () => (await Parked(staff)).Items.Count == 3, "all poisoned ones parked");
        var head = (await Parked(staff)).Items[0];
        Task<HttpResponseMessage> Drop(HttpClient who, string reason) => who.PostAsJsonAsync($"/api/toy/parked/{head.Id}/drop", new DropRequest(reason));

        Assert.Equal(HttpStatusCode.Forbidden, (await Drop(toys.First.As(Guid.CreateVersion7()), "mine")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Drop(staff, " ")).StatusCode);
        Assert.Equal(3, (await Parked(staff)).Items.Count);

        // Of ten at once at least one drops it, though it is being tried all the time; whoever comes later finds it gone.
        var drops = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Drop(staff, "a test order")));
        Assert.InRange(drops.Count(d => d.StatusCode == HttpStatusCode.NoContent), 1, 10);
        Assert.All(drops, d => Assert.Contains(d.StatusCode, new[] { HttpStatusCode.NoContent, HttpStatusCode.NotFound }));
        Assert.Equal(2, (await Parked(staff)).Items.Count);
        Echo.Cured = true;
        await Eventually.Holds(async () => (await Parked(staff)).Items.Count == 0, "those behind it flow");
        Assert.Equal(3, await Tally(toys.First, "echo poison"));
        Assert.Equal(HttpStatusCode.NotFound, (await staff.PostAsync($"/api/toy/parked/{head.Id}/replay", null)).StatusCode);

        var record = Assert.Single((await staff.GetFromJsonAsync<Page<ParkedView>>("/api/toy/parked?dropped=true", MessageFormat.Json))!.Items);
        Assert.Equal((head.Id, head.Data, "(dropped) " + head.Subscription), (record.Id, record.Data, record.Subscription));
        Assert.Matches($"^Dropped by {member} at 20.*: a test order\n.*It is poison", record.Error);
        // The next message of the key waits for nothing.
        await Count(toys.First, "poison");
        await Eventually.Holds(async () => await Tally(toys.First, "echo poison") == 4, "the next of the key");
    }

    [Fact]
    public async Task What_was_dropped_is_listed_from_the_newest_on_page_by_page()
    {
        Echo.Cured = false;
        await using var toys = await Toy(sqlite: true);
        var staff = toys.First.As(Guid.CreateVersion7(), staff: true);
        for (var i = 1; i <= 3; i++) await Count(toys.First, $"poison{i}");
        await Eventually.Holds(async () => (await Parked(staff)).Items.Count == 3, "all poisoned ones parked");
        foreach (var message in (await Parked(staff)).Items)
            (await staff.PostAsJsonAsync($"/api/toy/parked/{message.Id}/drop", new DropRequest("a test order"))).EnsureSuccessStatusCode();

        var first = await Parked(staff, "?dropped=true&limit=2");
        var second = await Parked(staff, $"?dropped=true&limit=2&after={first.Next}");
        Assert.Equal(["poison3", "poison2", "poison1"], first.Items.Concat(second.Items).Select(m => m.Key));
        Assert.Null(second.Next);
    }

    static async Task<Page<ParkedView>> Parked(HttpClient staff, string query = "") => (await staff.GetFromJsonAsync<Page<ParkedView>>("/api/toy/parked" + query, MessageFormat.Json))!;

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task What_one_context_announces_at_several_times_comes_in_its_order(bool sqlite)
    {
        await using var toys = await Toy(sqlite);
        await toys.First.Db(async db =>
        {
            for (var i = 1; i <= 9; i++)
            {
                db.Send(new Counted("one", i));
                if (i % 3 == 0) await db.SaveChangesAsync();
            }
            return 0;
        });
        Assert.Equal(Enumerable.Range(1, 9), (await toys.First.Announced<Counted>()).Select(c => c.Count));
        // From memory as from the database.
        var read = CloudEventFormat.Decode(await toys.First.AsService("elsewhere").GetByteArrayAsync("/feeds/toy?wait=10"));
        Assert.Equal(Enumerable.Range(1, 9), read.Select(e => JsonElement.Parse(e.Data).GetProperty("count").GetInt32()));
        if (sqlite) Assert.Equal(read.Count, toys.First.Services.GetRequiredKeyedService<ModuleStore>(typeof(ToyDb)).Tail.After(0, 10)?.Count);
    }

    [Fact]
    public async Task A_host_that_watches_goes_on_after_a_message_it_cannot_handle()
    {
        await using var toy = await TestService<ToyDb>.Start("toy", builder =>
        {
            ToyModule.Add(builder);
            builder.Services.AddSingleton<Seen>();
            builder.WatchFeeds<Watcher>("watcher", "toy");
        }, ToyModule.Map);
        var seen = toy.Services.GetRequiredService<Seen>().Names;
        await Eventually.Holds(async () =>
        {
            await Count(toy, "begin");
            return seen.Contains("begin");
        }, "it watches");

        await Count(toy, "unwatchable");
        await Count(toy, "end");
        await Eventually.Holds(() => Task.FromResult(seen.Contains("end")), "what comes behind it");
        Assert.Single(seen, name => name == "unwatchable");
    }

    sealed class Seen
    {
        public ConcurrentQueue<string> Names { get; } = [];
    }

    sealed class Watcher(Seen seen) : IHandle<Counted>
    {
        public Task Handle(Counted message, CancellationToken ct)
        {
            seen.Names.Enqueue(message.Name);
            return message.Name == "unwatchable" ? throw new InvalidOperationException("It cannot be shown.") : Task.CompletedTask;
        }
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_due_message_comes_when_its_time_has_come_and_not_before(bool sqlite)
    {
        await using var toys = await Toy(sqlite);
        await toys.First.Http.PostAsJsonAsync("/api/toy/reminders", new Step("soon", 1));
        await toys.First.Http.PostAsJsonAsync("/api/toy/reminders", new Step("late", 3600));
        await Eventually.Holds(async () => await Tally(toys.First, "reminded soon") == 1, "the reminder");
        Assert.Equal(0, await Tally(toys.First, "reminded late"));
        Assert.Equal(1, await toys.First.Db(db => db.DueMessages.CountAsync()));
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task One_replica_reads_and_another_takes_over_when_it_is_gone(bool sqlite)
    {
        var folder = Directory.CreateTempSubdirectory("jangteo-").FullName;
        await using var database = sqlite ? null : TestDatabase.New();
        var first = await Start(database, ("Data:Folder", folder));
        await Count(first, "before");
        await Eventually.Holds(async () => await Tally(first, "echo before") == 1, "the first reader works");
        await using (var second = await Start(database, ("Data:Folder", folder)))
        {
            await Count(second, "both");
            await Eventually.Holds(async () => await Tally(second, "echo both") == 1, "one of them reads");
            await first.DisposeAsync();
            await Count(second, "after");
            await Eventually.Holds(async () => await Tally(second, "echo after") == 1, "the second took over");
        }
        Directory.Delete(folder, recursive: true);
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_reader_that_lost_its_right_undoes_its_batch(bool sqlite)
    {
        await using var toys = await Toy(sqlite);
        await Count(toys.First, "x");
        await Eventually.Holds(async () => await Tally(toys.First, "echo x") == 1, "the cursor moved");
        await using var delivery = new Delivery<ToyDb>(toys.First.Services, Subscription.Of<Echo>(["toy"]), "toy", false, NullLogger.Instance);
        var message = new Envelope("9-9", Guid.CreateVersion7(), "counted", "late", null, """{"name":"late","count":7}""");
        await Assert.ThrowsAsync<InvalidOperationException>(() => delivery.Deliver([message], async db =>
        {
            // A stale position, as of a reader that was overtaken.
            var moved = await db.Cursors.Where(c => c.Position == "").ExecuteUpdateAsync(s => s.SetProperty(c => c.Position, "9-9"));
            if (moved != 1) throw new InvalidOperationException("Another reader has taken over.");
        }, CancellationToken.None));
        Assert.Equal(0, await Tally(toys.First, "echo late"));
    }

    [Fact]
    public async Task On_PostgreSQL_a_message_that_commits_late_is_not_skipped()
    {
        await using var toys = await Toy(sqlite: false);
        await using var source = NpgsqlDataSource.Create(toys.Database!.ConnectionString);
        await using var slow = await source.OpenConnectionAsync();
        await using var slowTransaction = await slow.BeginTransactionAsync();
        await Append(slow, "slow");
        await using (var quick = await source.OpenConnectionAsync()) await Append(quick, "quick");

        // The guard holds back what a later-numbered transaction committed first; without it the slow one would be passed over.
        Assert.Empty(await toys.First.Db(db => FeedEndpoint<ToyDb>.After(db, default, 10, CancellationToken.None)));
        await using (var unguarded = source.CreateCommand("SELECT \"Key\" FROM feed ORDER BY \"Seq\""))
            Assert.Equal("quick", (string?)await unguarded.ExecuteScalarAsync());

        await slowTransaction.CommitAsync();
        // What other databases of the server are still writing holds it back, too.
        var rows = await Eventually.Sees(() => toys.First.Db(db => FeedEndpoint<ToyDb>.After(db, default, 10, CancellationToken.None)), seen => seen.Count == 2);
        Assert.Equal(["slow", "quick"], rows.Select(r => r.Key));
        await Eventually.Holds(async () => await Tally(toys.First, "echo slow") == 1 && await Tally(toys.First, "echo quick") == 1, "both were handled");
    }

    static async Task Append(NpgsqlConnection connection, string key)
    {
        await using var insert = new NpgsqlCommand("""INSERT INTO feed ("Id", "Type", "Key", "At", "Data") VALUES ($1, 'counted', $2, now(), $3)""", connection)
        {
            Parameters = { new() { Value = Guid.CreateVersion7() }, new() { Value = key }, new() { Value = $$"""{"name":"{{key}}","count":1}""" } },
        };
        await insert.ExecuteNonQueryAsync();
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task The_feed_is_a_CloudEvents_batch_for_services_only(bool sqlite)
    {
        await using var toys = await Toy(sqlite);
        await Count(toys.First, "a");
        await Count(toys.First, "b");
        Assert.Equal(HttpStatusCode.Unauthorized, (await toys.First.Http.GetAsync("/feeds/toy")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await toys.First.As(Guid.CreateVersion7(), staff: true).GetAsync("/feeds/toy")).StatusCode);

        var service = toys.First.AsService("elsewhere");
        using var first = await service.GetAsync("/feeds/toy?limit=1&wait=10");
        Assert.Equal("application/cloudevents-batch+json", first.Content.Headers.ContentType!.MediaType);
        var events = CloudEventFormat.Decode(await first.Content.ReadAsByteArrayAsync());
        Assert.Equal("a", Assert.Single(events).Key);
        var next = await service.GetAsync($"/feeds/toy?after={events[0].Cursor}&limit=10&wait=10");
        Assert.Equal("b", Assert.Single(CloudEventFormat.Decode(await next.Content.ReadAsByteArrayAsync())).Key);
        var bad = await service.GetAsync("/feeds/toy?after=nonsense");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Contains("\"after\"", await bad.Content.ReadAsStringAsync());
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task The_CloudEvents_library_reads_what_is_sent_and_writes_what_is_read(bool sqlite)
    {
        await using var toys = await Toy(sqlite);
        await Count(toys.First, "사과 \"<&>\"");
        var sent = await toys.First.AsService("elsewhere").GetByteArrayAsync("/feeds/toy?wait=10");
        var ours = Assert.Single(CloudEventFormat.Decode(sent));

        var library = new JsonEventFormatter();
        var theirs = Assert.Single(library.DecodeBatchModeMessage(sent, new ContentType(CloudEventFormat.ContentType), null));
        Assert.True(theirs.IsValid);
        Assert.Equal((ours.Id.ToString(), "/toy", ours.Type, "application/json"), (theirs.Id, theirs.Source!.ToString(), theirs.Type, theirs.DataContentType));
        Assert.Equal((ours.Key, ours.Cursor), ((string?)theirs["partitionkey"], (string?)theirs["cursor"]));
        Assert.InRange(theirs.Time!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(ours.Data), (JsonElement)theirs.Data!));

        var back = Assert.Single(CloudEventFormat.Decode(library.EncodeBatchModeMessage([theirs], out _)));
        Assert.Equal(ours with { Data = "" }, back with { Data = "" });
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(ours.Data), JsonElement.Parse(back.Data)));
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_reader_of_some_types_passes_the_others(bool sqlite)
    {
        await using var toys = await Toy(sqlite);
        var service = toys.First.AsService("elsewhere");
        await Count(toys.First, "a");
        await service.GetByteArrayAsync("/feeds/toy?wait=10");
        using var unwanted = await service.GetAsync("/feeds/toy?types=weighed,measured");
        Assert.Empty(CloudEventFormat.Decode(await unwanted.Content.ReadAsByteArrayAsync()));
        var passed = unwanted.Headers.GetValues("Feed-Cursor").Single();

        await Count(toys.First, "b");
        var wanted = CloudEventFormat.Decode(await service.GetByteArrayAsync($"/feeds/toy?types=weighed,counted&wait=10&after={passed}"));
        Assert.Equal("b", Assert.Single(wanted).Key);

        // Who waits for other types goes on waiting, but is told within moments how far it has come.
        using var waited = await service.GetAsync($"/feeds/toy?types=weighed&after={passed}&wait=20").WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(CloudEventFormat.Decode(await waited.Content.ReadAsByteArrayAsync()));
        Assert.Equal(wanted[0].Cursor, waited.Headers.GetValues("Feed-Cursor").Single());
        var tooMany = await service.GetAsync($"/feeds/toy?types={string.Join(',', Enumerable.Range(0, 51))}");
        Assert.Equal(HttpStatusCode.BadRequest, tooMany.StatusCode);
        Assert.Contains("\"types\"", await tooMany.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Another_process_that_writes_to_the_same_SQLite_file_is_heard()
    {
        await using var toys = await Toy(sqlite: true);
        await Count(toys.First, "a");
        var service = toys.First.AsService("elsewhere");
        var first = Assert.Single(CloudEventFormat.Decode(await service.GetByteArrayAsync("/feeds/toy")));
        var waiting = service.GetByteArrayAsync($"/feeds/toy?wait=20&after={first.Cursor}");
        await using (var other = new SqliteConnection(toys.First.Services.GetRequiredKeyedService<ModuleStore>(typeof(ToyDb)).SqliteConnectionString))
        {
            await other.OpenAsync();
            await using var insert = new SqliteCommand("""INSERT INTO feed ("Xid", "Id", "Type", "Key", "At", "Data") SELECT 0, 'B' || substr("Id", 2), "Type", 'other', "At", "Data" FROM feed LIMIT 1""", other);
            await insert.ExecuteNonQueryAsync();
        }
        var second = Assert.Single(CloudEventFormat.Decode(await waiting.WaitAsync(TimeSpan.FromSeconds(10))));
        Assert.Equal("other", second.Key);

        await Count(toys.First, "c");
        Assert.Equal(["a", "other", "c"], CloudEventFormat.Decode(await service.GetByteArrayAsync("/feeds/toy")).Select(e => e.Key));
        Assert.Equal("c", Assert.Single(CloudEventFormat.Decode(await service.GetByteArrayAsync($"/feeds/toy?after={second.Cursor}"))).Key);
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_waiting_reader_is_woken_by_news(bool sqlite)
    {
        await using var toys = await Toy(sqlite);
        var waiting = toys.First.AsService("elsewhere").GetAsync("/feeds/toy?wait=20");
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        await Count(toys.First, "news");
        var events = CloudEventFormat.Decode(await (await waiting.WaitAsync(TimeSpan.FromSeconds(15))).Content.ReadAsByteArrayAsync());
        Assert.Equal("news", Assert.Single(events).Key);
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task Rows_are_trimmed_only_when_every_known_reader_has_passed_them(bool sqlite)
    {
        await using var toys = await Toy(sqlite, ("Feeds:KeepDays", "-1"));
        await Count(toys.First, "a");
        await Count(toys.First, "b");
        await Eventually.Holds(async () => await Tally(toys.First, "echo b") == 1, "the own reader passed");
        var slow = toys.First.AsService("slow");
        var first = CloudEventFormat.Decode(await slow.GetByteArrayAsync("/feeds/toy?limit=1&reader=slow"));
        Assert.Equal(0, await Trim(toys.First));

        await SetReaders(toys.First, first[0].Cursor);
        Assert.Equal(1, await Trim(toys.First));
        Assert.Equal(0, await Trim(toys.First));
        Assert.Equal("b", Assert.Single(CloudEventFormat.Decode(await slow.GetByteArrayAsync($"/feeds/toy?after={first[0].Cursor}"))).Key);
        Assert.Equal(HttpStatusCode.Gone, (await slow.GetAsync("/feeds/toy?after=0-0")).StatusCode);
    }

    [Theory, MemberData(nameof(BothDatabases))]
    public async Task A_feed_that_was_trimmed_to_its_last_message_is_read_on_by_whoever_comes_new(bool sqlite)
    {
        await using var toys = await Toy(sqlite, ("Feeds:KeepDays", "-1"));
        await Count(toys.First, "a");
        await Eventually.Holds(async () => await Tally(toys.First, "echo a") == 1, "the own reader passed");
        var last = await toys.First.Db(async db => (await FeedEndpoint<ToyDb>.After(db, default, 10, CancellationToken.None))[^1]);
        await SetReaders(toys.First, new FeedPosition(last.Xid, last.Seq).ToString());
        Assert.Equal(1, await Trim(toys.First));

        foreach (var start in new[] { "", "now" })
        {
            var reader = toys.First.AsService("newcomer");
            var first = await reader.GetAsync($"/feeds/toy?after={start}");
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            await Count(toys.First, "b");
            var next = await reader.GetByteArrayAsync($"/feeds/toy?wait=5&after={first.Headers.GetValues("Feed-Cursor").Single()}");
            Assert.Equal("b", Assert.Single(CloudEventFormat.Decode(next)).Key);
        }
    }

    [Fact]
    public async Task A_cursor_that_could_not_be_saved_is_saved_by_the_next_attempt()
    {
        await using var toys = await Toy(sqlite: true);
        await using var delivery = new Delivery<ToyDb>(toys.First.Services, Subscription.Of<Echo>(["elsewhere"]), "elsewhere", twice: false, NullLogger.Instance);
        await toys.First.Db(db => db.Database.ExecuteSqlAsync($"CREATE TRIGGER full BEFORE INSERT ON cursors BEGIN SELECT RAISE(ABORT, 'full'); END"));
        await Assert.ThrowsAnyAsync<DbUpdateException>(() => delivery.Cursor(CancellationToken.None));

        await toys.First.Db(db => db.Database.ExecuteSqlAsync($"DROP TRIGGER full"));

        Assert.Equal("", await delivery.Cursor(CancellationToken.None));
    }

    [Fact]
    public async Task A_reader_that_has_been_away_for_longer_than_messages_are_kept_is_named()
    {
        await using var toys = await Toy(sqlite: true);
        foreach (var reader in new[] { "cart.renamed", "cart.new-name" }) await toys.First.AsService("cart").GetByteArrayAsync($"/feeds/toy?reader={reader}");
        await toys.First.Db(db => db.FeedReaders.Where(r => r.Name == "cart.renamed").ExecuteUpdateAsync(r => r.SetProperty(x => x.SeenAt, DateTimeOffset.UtcNow.AddDays(-31))));
        var log = new Warnings();
        await Trim(toys.First, log);
        Assert.Contains("cart.renamed", Assert.Single(log.Lines));
        Assert.DoesNotContain("cart.new-name", log.Lines[0]);
    }

    sealed class Warnings : ILogger<FeedTrim<ToyDb>>
    {
        public List<string> Lines { get; } = [];

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> line) => Lines.Add(line(state, exception));

        public bool IsEnabled(LogLevel level) => true;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    }

    static Task<int> Trim(TestService<ToyDb> toy, ILogger<FeedTrim<ToyDb>>? log = null) =>
        new FeedTrim<ToyDb>(toy.Services.GetRequiredService<IServiceScopeFactory>(), toy.Services.GetRequiredService<IConfiguration>(), TimeProvider.System, log ?? NullLogger<FeedTrim<ToyDb>>.Instance).Trim(CancellationToken.None);

    static Task<int> SetReaders(TestService<ToyDb> toy, string cursor) => toy.Db(async db =>
    {
        FeedPosition.TryParse(cursor, out var position);
        foreach (var reader in await db.FeedReaders.ToListAsync()) (reader.Xid, reader.Seq) = (position.Xid, position.Seq);
        return await db.SaveChangesAsync();
    });
}
