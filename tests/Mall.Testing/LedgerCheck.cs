using System.Data.Common;
using System.Text.Json;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Jangteo.Mall.Testing;

/// <summary>A SKU's row, and the sum of what was ever booked in or out other than by orders.</summary>
public sealed record StockRow(string Sku, long Available, long Reserved, long Sold, long Stocked, long Booked);

/// <summary>A reservation.</summary>
public sealed record ReservationRow(Guid OrderId, string State, DateTimeOffset ExpiresAt, IReadOnlyList<SkuQuantity> Lines);

/// <summary>An order's line as stored.</summary>
public sealed record OrderLineRow(string Sku, int Quantity, Money UnitPrice);

/// <summary>What came off an order.</summary>
public sealed record DiscountRow(string? CouponCode, long CouponOff, long Points);

/// <summary>What a completed order earned.</summary>
public sealed record EarningRow(long Points, long PaidFor, long TakenBack, long LetGo = 0);

/// <summary>An order, with the uses of a coupon and the points that its entries add up to; those of an erased member are not kept.</summary>
public sealed record OrderRow(Guid Id, string Status, IReadOnlyList<OrderLineRow> Lines, long DeliveryFee, long Total, long Refunded,
    DiscountRow? Discounts = null, long CouponUses = 0, long Points = 0, bool Erased = false)
{
    /// <summary>What it earned once completed, and what refunds could not take back of it.</summary>
    public EarningRow? Earned { get; init; }
    public long PointsMissing { get; init; }

    /// <summary>What its entries say of both.</summary>
    public long EarnedPoints { get; init; }
    public long TakenBackPoints { get; init; }

    /// <summary>It says that it was sent, and that its sale failed for want of stock.</summary>
    public bool StockMissing { get; init; }
}

/// <summary>A sum that has a limit, beside what its entries add up to: the uses of a coupon, by all or by a member, or a member's points.</summary>
public sealed record LimitedRow(string What, long Sum, long? Limit, long Entries);

/// <summary>An entry of our ledger, or of the provider's books.</summary>
public sealed record MoneyRow(string OrderId, string Kind, long Amount, string Reference);

/// <summary>What all databases of a mall say at one quiet moment.</summary>
public sealed record Books(IReadOnlyList<StockRow> Stock, IReadOnlyList<ReservationRow> Reservations, IReadOnlyList<OrderRow> Orders,
    IReadOnlyList<MoneyRow> Ledger, IReadOnlyList<MoneyRow> Provider, IReadOnlyList<string> Unread, IReadOnlyList<string> Parked, DateTimeOffset At)
{
    /// <summary>Coupons and points.</summary>
    public IReadOnlyList<LimitedRow> Limited { get; init; } = [];
}

/// <summary>Where the modules of a mall keep their data.</summary>
/// <param name="PostgreSql">On PostgreSQL; else on SQLite.</param>
/// <param name="ConnectionStrings">By module.</param>
/// <param name="Heard">The types of message that a subscription ("orders.checkout") handles: what it only passes need not be in its cursor yet.</param>
public sealed record MallDatabases(bool PostgreSql, IReadOnlyDictionary<string, string> ConnectionStrings, IReadOnlyDictionary<string, string[]> Heard);

/// <summary>What must always hold, read from the databases themselves once nothing is under way.</summary>
public static class LedgerCheck
{
    // An order in one of these waits for somebody; in any other, no message about it is under way.
    static readonly string[] Paid = ["Confirmed", "Preparing", "Shipped", "Delivered", "Completed"];
    static readonly string[] Sent = ["Shipped", "Delivered", "Completed"];
    static readonly TimeSpan ReservationGrace = TimeSpan.FromMinutes(6);

    /// <summary>Waits until the mall is quiet and gives its books, or throws with every violation.</summary>
    public static Task<Books> Holds(TestMall mall, int quietSeconds = 90) => Holds(mall.Stored, mall.Shape.ToString(), quietSeconds);

    /// <summary>Likewise, for databases whose processes the test runs itself.</summary>
    public static async Task<Books> Holds(MallDatabases mall, string which, int quietSeconds = 90)
    {
        var (until, pauseMilliseconds) = (DateTime.UtcNow.AddSeconds(quietSeconds), 50);
        IReadOnlyList<string> violations;
        do
        {
            var books = await Read(mall);
            violations = Violations(books);
            if (violations.Count == 0) return books;
            await Task.Delay(pauseMilliseconds = Math.Min(pauseMilliseconds * 3 / 2, 1_000));
        }
        while (DateTime.UtcNow < until);
        throw new InvalidOperationException($"The ledger check failed ({which}):{Environment.NewLine}{string.Join(Environment.NewLine, violations)}");
    }

    /// <summary>Every rule that the books break, in words.</summary>
    public static IReadOnlyList<string> Violations(Books books) => [.. StockBalances(books), .. MoneyBalances(books), .. OrdersAddUp(books), .. DiscountsAreTakenOnce(books), .. PointsAreEarnedOnce(books), .. NothingOutlives(books), .. LimitsHold(books),
        .. books.Unread.Select(u => $"5 unread: {u}"), .. books.Parked.Select(p => $"5 parked: {p}"), .. ProviderAgrees(books)];

    static IEnumerable<string> StockBalances(Books books)
    {
        foreach (var s in books.Stock)
        {
            if (s.Available + s.Reserved + s.Sold != s.Stocked || s.Stocked != s.Booked) yield return $"1 stock of {s.Sku}: {s.Available} + {s.Reserved} + {s.Sold}, stocked {s.Stocked}, booked {s.Booked}";
            if (s.Available < 0 || s.Reserved < 0 || s.Sold < 0) yield return $"1 stock of {s.Sku} is negative";
        }
        foreach (var (state, held) in new[] { ("Reserved", books.Stock.ToDictionary(s => s.Sku, s => s.Reserved)), ("Sold", books.Stock.ToDictionary(s => s.Sku, s => s.Sold)) })
        {
            var said = books.Reservations.Where(r => r.State == state).SelectMany(r => r.Lines).GroupBy(l => l.Sku).ToDictionary(g => g.Key, g => g.Sum(l => (long)l.Quantity));
            foreach (var (sku, pieces) in held.Where(h => h.Value != said.GetValueOrDefault(h.Key))) yield return $"1 {sku} has {pieces} {state}, the reservations say {said.GetValueOrDefault(sku)}";
        }
    }

    static IEnumerable<string> MoneyBalances(Books books)
    {
        var ledger = books.Ledger.ToLookup(l => l.OrderId);
        var orders = books.Orders.Select(o => o.Id.ToString()).ToHashSet();
        // What a provider charged for no order of ours goes back, and both are booked.
        foreach (var entries in ledger.Where(l => !orders.Contains(l.Key) && !NetsToNothing(l))) yield return $"2 money moved for {entries.Key}, which is no order";
        foreach (var order in books.Orders)
        {
            var entries = ledger[order.Id.ToString()].ToList();
            if (entries.Count(e => e.Kind == "capture") > 1) yield return $"2 order {order.Id} was captured twice";
            var kept = entries.Sum(e => e.Kind is "refund" or "refund-outside" or "extra-refund" or "capture-reversed" ? -e.Amount : e.Amount);
            var owed = Paid.Contains(order.Status) ? order.Total - order.Refunded : 0;
            if (kept != owed) yield return $"2 order {order.Id} is {order.Status} and owes {owed}, but {kept} is kept";
        }
    }

    static bool NetsToNothing(IEnumerable<MoneyRow> entries) => entries.All(e => e.Kind is "extra-capture" or "extra-refund") && entries.Sum(e => e.Kind == "extra-capture" ? e.Amount : -e.Amount) == 0;

    static IEnumerable<string> OrdersAddUp(Books books)
    {
        foreach (var ids in books.Orders.GroupBy(o => o.Id).Where(g => g.Count() > 1)) yield return $"3 order {ids.Key} is stored {ids.Count()} times";
        foreach (var o in books.Orders.Where(o => o.Lines.Sum(l => l.Quantity * l.UnitPrice.Amount) + o.DeliveryFee - (o.Discounts?.CouponOff ?? 0) - (o.Discounts?.Points ?? 0) != o.Total || o.Total < 0)) yield return $"3 order {o.Id} does not add up to {o.Total}";
        foreach (var o in books.Orders.Where(o => o.Status == "Placed")) yield return $"3 order {o.Id} still waits for its stock";
        var reservations = books.Reservations.ToDictionary(r => r.OrderId);
        foreach (var order in books.Orders)
        {
            var state = reservations.GetValueOrDefault(order.Id)?.State;
            var fits = order.StockMissing ? Sent.Contains(order.Status) && state is "Rejected" or "Released" : Paid.Contains(order.Status) ? state == "Sold" : order.Status == "Cancelled" ? state is null or "Released" or "Rejected" or "Expired" : state == "Reserved";
            if (!fits) yield return $"3 order {order.Id} is {order.Status}, its reservation {state ?? "missing"}";
        }
    }

    // What an order took off is taken from its buyer's coupons and points while it stands, and given back once when it is off or refunded in full.
    static IEnumerable<string> DiscountsAreTakenOnce(Books books)
    {
        foreach (var order in books.Orders)
        {
            var stands = order.Discounts is not null && order.Status != "Cancelled" && order.Refunded < order.Total;
            var (uses, points) = stands ? (order.Discounts!.CouponCode is null ? 0 : 1, -order.Discounts.Points) : (0, 0L);
            if (!order.Erased && (order.CouponUses != uses || order.Points != points))
                yield return $"3 order {order.Id} is {order.Status} with {uses} coupons and {points} points, its entries say {order.CouponUses} and {order.Points}";
        }
    }

    // A completed order earned its points once, and of the share that was refunded since then it has taken them back or says what is missing.
    static IEnumerable<string> PointsAreEarnedOnce(Books books)
    {
        foreach (var order in books.Orders.Where(o => !o.Erased))
        {
            var earned = order.Earned ?? new(0, 1, 0);
            var since = order.Refunded - (order.Total - order.DeliveryFee - earned.PaidFor);
            var due = order.Earned is null ? 0 : since >= earned.PaidFor ? earned.Points : Math.Max(since, 0) * earned.Points / earned.PaidFor;
            if (order.EarnedPoints != earned.Points || order.Earned is not null && order.Status != "Completed") yield return $"3 order {order.Id} is {order.Status} and earned {earned.Points} points, its entries say {order.EarnedPoints}";
            if (order.TakenBackPoints != earned.TakenBack || earned.TakenBack + earned.LetGo + order.PointsMissing != due)
                yield return $"3 order {order.Id} is to take back {due} points, says {earned.TakenBack}, {earned.LetGo} let go and {order.PointsMissing} missing, its entries {order.TakenBackPoints}";
        }
    }

    static IEnumerable<string> LimitsHold(Books books)
    {
        foreach (var row in books.Limited)
        {
            if (row.Sum < 0 || row.Sum > row.Limit) yield return $"4 {row.What} is {row.Sum}, its limit {row.Limit?.ToString() ?? "0"}";
            if (row.Sum != row.Entries) yield return $"4 {row.What} is {row.Sum}, its entries add up to {row.Entries}";
        }
    }

    static IEnumerable<string> NothingOutlives(Books books) => books.Reservations
        .Where(r => r.State == "Reserved" && r.ExpiresAt + ReservationGrace < books.At).Select(r => $"4 the reservation of {r.OrderId} outlived {r.ExpiresAt}");

    static IEnumerable<string> ProviderAgrees(Books books)
    {
        var ours = books.Ledger.SelectMany(AtTheProvider).GroupBy(l => (l.OrderId, l.Kind)).ToDictionary(g => g.Key, g => g.Sum(l => l.Amount));
        var theirs = books.Provider.GroupBy(l => (l.OrderId, l.Kind)).ToDictionary(g => g.Key, g => g.Sum(l => l.Amount));
        foreach (var key in ours.Keys.Union(theirs.Keys))
            if (ours.GetValueOrDefault(key) != theirs.GetValueOrDefault(key)) yield return $"6 {key.Kind} of {key.OrderId}: ours {ours.GetValueOrDefault(key)}, the provider's {theirs.GetValueOrDefault(key)}";
    }

    /// <summary>What an entry of ours, a correction too, means for the provider's books; of what went back another way they know nothing.</summary>
    static IEnumerable<MoneyRow> AtTheProvider(MoneyRow entry) => entry.Kind switch
    {
        "refund-outside" => [],
        "extra-capture" or "capture-added" => [entry with { Kind = "capture" }],
        "capture-reversed" => [entry with { Kind = "capture", Amount = -entry.Amount }],
        "extra-refund" => [entry with { Kind = "refund" }],
        "refund-reversed" => [entry with { Kind = "refund", Amount = -entry.Amount }],
        _ => [entry],
    };

    /// <summary>Reads all databases.</summary>
    public static Task<Books> Read(TestMall mall) => Read(mall.Stored);

    /// <summary>Reads all databases.</summary>
    public static async Task<Books> Read(MallDatabases mall)
    {
        // The feeds first: what they announce is then in the books that are read after.
        var unread = await Unread(mall);
        var parked = new List<string>();
        foreach (var module in mall.ConnectionStrings.Keys)
            parked.AddRange(await Query(mall, module, "SELECT \"Subscription\", \"Type\", \"Key\", \"Error\" FROM parked WHERE \"Subscription\" NOT LIKE '(dropped) %'", r => $"{module}.{r.GetString(0)} {r.GetString(1)} of {r.GetString(2)}: {(r.IsDBNull(3) ? "waits" : r.GetString(3).Split('\n')[0])}"));

        return new(
            await Query(mall, "inventory", """
                SELECT s."Sku", s."Available", s."Reserved", s."Sold", s."Stocked", COALESCE((SELECT SUM(m."Change") FROM movements m WHERE m."Sku" = s."Sku"), 0) FROM stocks s
                """, r => new StockRow(r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), Convert.ToInt64(r.GetValue(5)))),
            await Query(mall, "inventory", "SELECT \"OrderId\", \"State\", \"ExpiresAt\", \"Lines\" FROM reservations",
                r => new ReservationRow(Id(r, 0), r.GetString(1), Time(r, 2), Json<List<SkuQuantity>>(r.GetString(3)))),
            await Query(mall, "orders", """
                SELECT o."Id", o."Status", o."Lines", o."DeliveryFee_Amount", o."Total_Amount", o."Refunded_Amount", o."Discounts", o."KeptUntil",
                    COALESCE((SELECT SUM(u."Change") FROM coupon_uses u WHERE u."OrderSeq" = o."Seq"), 0),
                    COALESCE((SELECT SUM(p."Change") FROM point_entries p WHERE p."OrderSeq" = o."Seq" AND p."Kind" IN ('spent', 'restored')), 0),
                    o."Earned", o."PointsMissing",
                    COALESCE((SELECT SUM(p."Change") FROM point_entries p WHERE p."OrderSeq" = o."Seq" AND p."Kind" = 'earned'), 0),
                    COALESCE((SELECT -SUM(p."Change") FROM point_entries p WHERE p."OrderSeq" = o."Seq" AND p."Kind" = 'taken-back'), 0),
                    o."StockMissingSince"
                FROM orders o
                """, r => new OrderRow(Id(r, 0), r.GetString(1), Json<List<OrderLineRow>>(r.GetString(2)), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5),
                    r.IsDBNull(6) ? null : Json<DiscountRow>(r.GetString(6)), Convert.ToInt64(r.GetValue(8)), Convert.ToInt64(r.GetValue(9)), !r.IsDBNull(7))
                {
                    Earned = r.IsDBNull(10) ? null : Json<EarningRow>(r.GetString(10)), PointsMissing = r.GetInt64(11), EarnedPoints = Convert.ToInt64(r.GetValue(12)), TakenBackPoints = Convert.ToInt64(r.GetValue(13)),
                    StockMissing = !r.IsDBNull(14),
                }),
            await Query(mall, "payments", "SELECT \"OrderId\", \"Kind\", \"Amount_Amount\", \"Reference\" FROM ledger", r => new MoneyRow(Id(r, 0).ToString(), r.GetString(1), r.GetInt64(2), r.GetString(3))),
            // The shop's own bank account is a provider too, whose books are the deposits that staff entered.
            [.. await Query(mall, "payments", "SELECT \"OrderId\", \"Amount_Amount\", \"Id\" FROM deposits WHERE \"OrderId\" IS NOT NULL", r => new MoneyRow(Id(r, 0).ToString(), "capture", r.GetInt64(1), $"deposit:{Id(r, 2)}")),
            .. await Query(mall, "sandboxpay", """
                SELECT "Reference", 'capture', "Amount_Amount", "Key" FROM payments WHERE "State" = 'Captured'
                UNION ALL SELECT p."Reference", 'refund', r."Amount_Amount", p."Key" FROM refunds r JOIN payments p ON p."Key" = r."PaymentKey"
                """, r => new MoneyRow(r.GetString(0).ToLowerInvariant(), r.GetString(1), r.GetInt64(2), r.GetString(3)))],
            unread, parked, DateTimeOffset.UtcNow)
        {
            Limited = await Query(mall, "orders", """
                SELECT 'coupon ' || c."Code", c."Used", c."TotalLimit", COALESCE((SELECT SUM(u."Change") FROM coupon_uses u WHERE u."Code" = c."Code"), 0) FROM coupons c
                UNION ALL SELECT 'coupon ' || h."Code" || ' of ' || h."MemberId", h."Used", h."Limit", COALESCE((SELECT SUM(u."Change") FROM coupon_uses u WHERE u."Code" = h."Code" AND u."MemberId" = h."MemberId"), 0) FROM coupon_box h
                UNION ALL SELECT 'points of ' || b."MemberId", b."Balance", NULL, COALESCE((SELECT SUM(p."Change") FROM point_entries p WHERE p."MemberId" = b."MemberId"), 0) FROM point_balances b
                """, r => new LimitedRow(r.GetString(0), r.GetInt64(1), r.IsDBNull(2) ? null : r.GetInt64(2), Convert.ToInt64(r.GetValue(3)))),
        };
    }

    /// <summary>Subscriptions whose producer has announced something for them that they have not handled.</summary>
    static async Task<List<string>> Unread(MallDatabases mall)
    {
        var unread = new List<string>();
        foreach (var module in mall.ConnectionStrings.Keys)
            foreach (var (name, producer, at) in await Query(mall, module, "SELECT \"Subscription\", \"Producer\", \"Position\" FROM cursors", r => (r.GetString(0), r.GetString(1), r.GetString(2))))
                if (mall.ConnectionStrings.ContainsKey(producer) && mall.Heard.TryGetValue($"{module}.{name}", out var types) && (await Query(mall, producer, After(mall, at, types), r => r.GetInt64(0)))[0] is > 0 and var left)
                    unread.Add($"{module}.{name} is at {at} of {producer} and has {left} to go");
        return unread;
    }

    static string After(MallDatabases mall, string at, string[] types)
    {
        var (xid, seq) = at.Split('-') is [var x, var s] ? (x, s) : ("0", "0");
        var position = mall.PostgreSql ? $"(\"Xid\", \"Seq\") > ('{xid}'::xid8, {seq})" : $"\"Seq\" > {seq}";
        return $"SELECT COUNT(*) FROM feed WHERE {position} AND \"Type\" IN ({string.Join(", ", types.Select(t => $"'{t}'"))})";
    }

    static async Task<List<T>> Query<T>(MallDatabases mall, string module, string sql, Func<DbDataReader, T> row)
    {
        await using DbConnection connection = mall.PostgreSql ? new NpgsqlConnection(mall.ConnectionStrings[module]) : new SqliteConnection(mall.ConnectionStrings[module] + ";Mode=ReadOnly");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) rows.Add(row(reader));
        return rows;
    }

    static Guid Id(DbDataReader reader, int column) => reader.GetValue(column) is Guid id ? id : Guid.Parse(reader.GetString(column));

    static DateTimeOffset Time(DbDataReader reader, int column) => reader.GetValue(column) switch
    {
        DateTime time => new(time, TimeSpan.Zero),
        var microseconds => DateTimeOffset.UnixEpoch.AddMicroseconds(Convert.ToInt64(microseconds)),
    };

    static T Json<T>(string json) => JsonSerializer.Deserialize<T>(json, MessageFormat.Json)!;
}
