using System.Net;
using System.Net.Http.Json;
using Jangteo.Inventory.Contracts;
using Jangteo.Orders.Contracts;
using Jangteo.Platform;

namespace Jangteo.Inventory.Tests;

public class StockApiTests
{
    [Fact]
    public async Task Everybody_sees_what_is_available_and_only_staff_and_services_the_rest()
    {
        await using var inventory = await TestInventory.Open();
        var tea = await inventory.Stocked(5);
        await inventory.Hear(inventory.Reserve(Guid.CreateVersion7(), (tea, 2)));

        Assert.Equal([new(tea, 3, 0, 0)], (await inventory.Shopper.Stock([tea])).Required);
        Assert.Equal([new(tea, 3, 0, 0)], (await new InventoryClient(inventory.Service.As(Guid.CreateVersion7())).Stock([tea])).Required);
        Assert.Equal([new(tea, 3, 2, 0)], (await inventory.Staff.Stock([tea])).Required);
        Assert.Equal([new(tea, 3, 2, 0)], (await inventory.AnyService.Stock([tea])).Required);
    }

    [Fact]
    public async Task Staff_see_what_an_order_holds()
    {
        await using var inventory = await TestInventory.Open();
        var (tea, order) = (await inventory.Stocked(5), Guid.CreateVersion7());
        await inventory.Hear(inventory.Reserve(order, (tea, 2)));
        Assert.Equal(("reserved", new ReservedLine(tea, 2)), ((await inventory.Staff.Reservation(order)).Required.State, (await inventory.Staff.Reservation(order)).Required.Lines.Single()));
        await inventory.Hear(new SellStock(order));
        Assert.Equal("sold", (await inventory.Staff.Reservation(order)).Required.State);
        Assert.Equal(404, (await inventory.Staff.Reservation(Guid.CreateVersion7())).Problem!.Status);
        Assert.Equal(403, (await new InventoryClient(inventory.Service.As(Guid.CreateVersion7())).Reservation(order)).Problem!.Status);
    }

    [Theory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task Staff_see_what_runs_out_scarcest_first_page_by_page(string database)
    {
        await using var inventory = await TestInventory.Open(database);
        foreach (var (sku, pieces) in new[] { ("C", 3), ("A", 0), ("D", 6), ("B", 3) }) await inventory.Stocked(pieces, sku);
        var first = (await inventory.Staff.LowStock(limit: 2)).Required;
        var second = (await inventory.Staff.LowStock(after: first.Next, limit: 2)).Required;
        Assert.Equal(["A", "B", "C"], first.Items.Concat(second.Items).Select(s => s.Sku));
        Assert.Null(second.Next);
        Assert.Equal(403, (await new InventoryClient(inventory.Service.As(Guid.CreateVersion7())).LowStock()).Problem!.Status);
    }

    [Fact]
    public async Task Unknown_SKUs_are_left_out()
    {
        await using var inventory = await TestInventory.Open();
        var tea = await inventory.Stocked(5);
        Assert.Equal(tea, Assert.Single((await inventory.Shopper.Stock([tea, "NOBODY-KNOWS", "x'; DROP TABLE stocks; --"])).Required).Sku);
    }

    [Theory, InlineData(""), InlineData("?skus="), InlineData("?skus=,,%20,"), InlineData("?skus=101")]
    public async Task None_or_more_than_a_hundred_SKUs_are_refused(string query)
    {
        await using var inventory = await TestInventory.Open();
        if (query == "?skus=101") query = "?skus=" + string.Join(',', Enumerable.Range(0, 101));
        await Refused(await inventory.Service.Http.GetAsync("/api/inventory/stock" + query), 400, "skus");
    }

    [Theory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task Staff_correct_the_stock_and_the_books_say_why(string database)
    {
        await using var inventory = await TestInventory.Open(database);
        var (tea, staff) = (await inventory.Stocked(5), inventory.Staff);

        Assert.Equal(new StockLevel(tea, 12, 0, 0), (await staff.Adjust(new(tea, 7, "delivery"), "a")).Required);
        Assert.Equal(new StockLevel(tea, 10, 0, 0), (await staff.Adjust(new(tea, -2, " broken "), "b")).Required);

        var books = (await staff.Adjustments(tea)).Required;
        Assert.Equal([(-2, "broken"), (7, "delivery"), (5, "opening stock")], books.Items.Select(m => (m.Change, m.Reason)));
        Assert.Equal([5, 12, 10], (await inventory.Service.Announced<StockChanged>()).Select(c => c.Available));
        await inventory.Balances();
    }

    [Fact]
    public async Task A_repeated_key_books_once_and_another_body_is_refused()
    {
        await using var inventory = await TestInventory.Open();
        var (tea, staff) = (await inventory.Stocked(5), inventory.Staff);
        Assert.Equal(8, (await staff.Adjust(new(tea, 3, "found"), "key")).Required.Available);
        Assert.Equal(8, (await staff.Adjust(new(tea, 3, "found"), "key")).Required.Available);
        Assert.Equal(422, (await staff.Adjust(new(tea, 4, "found"), "key")).Problem?.Status);
        Assert.Equal(8, (await inventory.Level(tea)).Available);
    }

    [Fact]
    public async Task Only_what_is_available_can_go_out()
    {
        await using var inventory = await TestInventory.Open();
        var tea = await inventory.Stocked(5);
        await inventory.Hear(inventory.Reserve(Guid.CreateVersion7(), (tea, 2)));
        var refused = (await inventory.Staff.Adjust(new(tea, -4, "broken"), "key")).Problem;
        Assert.True(refused is { Status: 409 } && refused.Is("insufficient-stock"));
        Assert.Equal(3, refused.Extensions!["available"].GetInt32());
        Assert.Single((await inventory.Staff.Adjustments(tea)).Required.Items);
        await inventory.Balances();
    }

    [Fact]
    public async Task A_SKU_that_was_never_published_cannot_be_adjusted()
    {
        await using var inventory = await TestInventory.Open();
        Assert.Equal(404, (await inventory.Staff.Adjust(new("NOBODY-KNOWS", 1, "found"), "key")).Problem?.Status);
    }

    public static TheoryData<string, string> BadAdjustments => new()
    {
        { """{"sku":"TEA","change":0,"reason":"x"}""", "change" },
        { """{"sku":"TEA","change":1000001,"reason":"x"}""", "change" },
        { """{"sku":"TEA","change":-1000001,"reason":"x"}""", "change" },
        { """{"sku":"TEA","change":2147483648,"reason":"x"}""", "change" },
        { """{"sku":"TEA","change":1.5,"reason":"x"}""", "change" },
        { """{"sku":"TEA","change":"1","reason":"x"}""", "change" },
        { """{"sku":"TEA","reason":"x"}""", "change" },
        { """{"sku":"","change":1,"reason":"x"}""", "sku" },
        { """{"sku":null,"change":1,"reason":"x"}""", "sku" },
        { """{"change":1,"reason":"x"}""", "sku" },
        { $$"""{"sku":"{{new string('A', 33)}}","change":1,"reason":"x"}""", "sku" },
        { """{"sku":"TEA","change":1}""", "reason" },
        { """{"sku":"TEA","change":1,"reason":""}""", "reason" },
        { """{"sku":"TEA","change":1,"reason":"  "}""", "reason" },
        { $$"""{"sku":"TEA","change":1,"reason":"{{new string('x', 201)}}"}""", "reason" },
        { "[]", "body" },
        { "", "body" },
    };

    [Fact]
    public async Task Bad_adjustments_name_the_field_and_change_nothing()
    {
        await using var inventory = await TestInventory.Open();
        await inventory.Stocked(5, "TEA");
        var http = inventory.Service.As(Guid.CreateVersion7(), staff: true);
        foreach (var (body, field) in BadAdjustments.Select(row => row.Data))
            await Refused(await http.PostAsync("/api/inventory/adjustments", new StringContent(body, System.Text.Encoding.UTF8, "application/json")), 400, field);
        Assert.Equal(5, (await inventory.Level("TEA")).Available);
    }

    [Theory, InlineData("SQLite"), InlineData("PostgreSQL")]
    public async Task A_NUL_which_PostgreSQL_cannot_hold_is_refused_with_its_field(string database)
    {
        await using var inventory = await TestInventory.Open(database);
        await inventory.Stocked(5, "TEA");
        var staff = inventory.Service.As(Guid.CreateVersion7(), staff: true);
        await Refused(await inventory.Service.Http.GetAsync("/api/inventory/stock?skus=TEA,A%00"), 400, "skus");
        await Refused(await staff.GetAsync("/api/inventory/adjustments?sku=A%00"), 400, "sku");
        await Refused(await staff.GetAsync($"/api/inventory/low-stock?after={Cursor.Of(new { Available = 5, Sku = "A\0" })}"), 400, "after");
        await Refused(await staff.PostAsJsonAsync("/api/inventory/adjustments", new StockAdjustment("TEA\0", 1, "found")), 400, "sku");
        await Refused(await staff.PostAsJsonAsync("/api/inventory/adjustments", new StockAdjustment("TEA", 1, "fo\0und")), 400, "reason");
        Assert.Equal(5, (await inventory.Level("TEA")).Available);
    }

    [Theory, InlineData("limit=0", "limit"), InlineData("limit=101", "limit"), InlineData("limit=x", "limit"), InlineData("after=%25%25", "after"), InlineData("after=bm8", "after")]
    public async Task Bad_list_parameters_are_named(string query, string field)
    {
        await using var inventory = await TestInventory.Open();
        await Refused(await inventory.Service.As(Guid.CreateVersion7(), staff: true).GetAsync($"/api/inventory/adjustments?{query}"), 400, field);
    }

    [Fact]
    public async Task The_books_are_read_page_by_page()
    {
        await using var inventory = await TestInventory.Open();
        var (tea, staff) = (await inventory.Stocked(5), inventory.Staff);
        for (var i = 1; i <= 5; i++) await staff.Adjust(new(tea, i, "found"), $"key {i}");
        var (seen, after) = (new List<int>(), (string?)null);
        do
        {
            var page = (await staff.Adjustments(tea, after, 2)).Required;
            seen.AddRange(page.Items.Select(m => m.Change));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal([5, 4, 3, 2, 1, 5], seen);
    }

    [Fact]
    public async Task Adjustments_are_for_staff_alone()
    {
        await using var inventory = await TestInventory.Open();
        var tea = await inventory.Stocked(5);
        foreach (var (client, status) in new[] { (inventory.Service.Http, 401), (inventory.Service.As(Guid.CreateVersion7()), 403), (inventory.Service.AsService("orders"), 403) })
        {
            Assert.Equal(status, (int)(await client.PostAsJsonAsync("/api/inventory/adjustments", new StockAdjustment(tea, 1, "found"))).StatusCode);
            Assert.Equal(status, (int)(await client.GetAsync("/api/inventory/adjustments")).StatusCode);
        }
        Assert.Equal(5, (await inventory.Level(tea)).Available);
    }

    static async Task Refused(HttpResponseMessage response, int status, string field)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((HttpStatusCode)status == response.StatusCode, text);
        var problem = System.Text.Json.JsonSerializer.Deserialize<Problem>(text, MessageFormat.Json)!;
        Assert.True(problem.Is("invalid") && problem.Errors is not null && problem.Errors.ContainsKey(field), $"{field}: {text}");
    }
}
