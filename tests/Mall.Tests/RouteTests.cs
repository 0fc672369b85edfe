using System.Net.Http.Json;
using System.Text.Json;
using Jangteo.Mall.Testing;
using Jangteo.Platform;

namespace Jangteo.Mall.Tests;

/// <summary>Every documented route gives every kind of caller the status that the table says.</summary>
public class RouteTests(RouteTests.Shop shop) : IClassFixture<RouteTests.Shop>
{
    public sealed class Shop() : OneMall(new(Layout.Together, PostgreSql: false));

    static readonly string[] Methods = ["get", "put", "post", "patch", "delete"];

    [Fact]
    public async Task The_table_has_every_documented_route_and_no_other()
    {
        using var http = new HttpClient { BaseAddress = shop.Mall.Origin };
        var documented = new List<string>();
        foreach (var module in Routes.Modules)
        {
            var document = await http.GetFromJsonAsync<JsonElement>($"/openapi/{module}.json");
            documented.AddRange(from path in document.GetProperty("paths").EnumerateObject() from operation in path.Value.EnumerateObject() where Methods.Contains(operation.Name)
                                select $"{operation.Name.ToUpperInvariant()} {path.Name}");
        }
        Assert.Equal(documented.Order(), Routes.All.Select(r => r.Name).Order());
    }

    [Fact]
    public async Task Every_caller_gets_the_status_that_the_table_says()
    {
        using var possessions = await Possessions.Prepare(shop.Mall);
        var wrong = new List<string>();
        foreach (var route in Routes.All)
        {
            if (route.Name == "POST /api/payments/{orderId}/confirm") await possessions.Authorise();
            // Whoever may do it comes last, so that the others meet the thing as it was.
            foreach (var who in Enum.GetValues<Who>().OrderBy(w => route.For(w) < 300))
                if (await Fault(possessions, route, who) is { } fault) wrong.Add(fault);
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    static async Task<string?> Fault(Possessions possessions, Route route, Who who)
    {
        var (path, body) = possessions.Request(route, who);
        if (route.Path == "/api/inventory/stock") path += $"?skus={possessions.Product.Sku}";
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), path) { Content = Content(body) };
        if (route.Path.EndsWith("/refunds", StringComparison.Ordinal)) request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        using var answer = await possessions.As(who).Http.SendAsync(request);
        var status = (int)answer.StatusCode;
        if (status != route.For(who)) return $"{route.Name}: {who} got {status}, not {route.For(who)}: {await answer.Content.ReadAsStringAsync()}";
        return status < 400 || answer.Content.Headers.ContentType?.MediaType == "application/problem+json" ? null : $"{route.Name}: {who} got {status} without a problem document";
    }

    static HttpContent? Content(object? body) => body switch
    {
        null => null,
        HttpContent content => content,
        _ => JsonContent.Create(body, body.GetType(), options: MessageFormat.Json),
    };
}
