using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Jangteo.Mall.Testing;
using Jangteo.Platform;

namespace Jangteo.Mall.Tests;

/// <summary>
/// Every documented operation meets every kind of wrong value, one at a time, from somebody who may call it: the answer is
/// never a failure of ours, what the document rules out is refused with the field named, and a refusal changes nothing.
/// </summary>
public class BadInputTests(BadInputTests.Shop shop) : BadInput(shop), IClassFixture<BadInputTests.Shop>
{
    public sealed class Shop() : OneMall(new(Layout.Together, PostgreSql: false));

    const int MaxRequests = 3_000;

    readonly TestMall _mall = shop.Mall;

    [Fact]
    public async Task Bad_input_is_refused_with_the_field_named_and_changes_nothing()
    {
        using var possessions = await Possessions.Prepare(_mall);
        await possessions.Authorise();
        // Ended sessions and withdrawn members come last, as in the table.
        var operations = (await Documented()).ToDictionary(o => o.Name);
        var state = await StoredState.Settled(_mall);
        foreach (var route in Routes.All) state = await Try(route, operations[route.Name], possessions, state);
        Assert.InRange(Requests, 1_000, MaxRequests);
        NoFaults();
    }

    [Fact]
    public async Task An_address_beyond_all_bounds_is_refused()
    {
        using var http = new HttpClient { BaseAddress = _mall.Origin };
        using var answer = await http.GetAsync($"/api/catalog/products?search={new string('a', 100_000)}");
        Assert.Equal(414, (int)answer.StatusCode);
    }

    async Task<Dictionary<string, string>> Try(Route route, Operation operation, Possessions possessions, Dictionary<string, string> state)
    {
        var (who, all) = Wrongs(route, operation, possessions);
        if (all.Count == 0) return state;

        // First all that must be refused, which together change nothing; what may be taken moves the state on.
        foreach (var wrong in all.Where(w => w.MustRefuse)) await Send(route, possessions.As(who), wrong);
        if (StoredState.Changed(state, await StoredState.Read(_mall)) is { Count: > 0 } changed) Faults.Add($"{route.Name}: what was refused changed {string.Join(", ", changed)}");
        var taken = false;
        foreach (var wrong in all.Where(w => !w.MustRefuse)) taken |= await Send(route, possessions.As(who), wrong);
        if (taken && route.Method != "GET") return await StoredState.Settled(_mall);
        if (StoredState.Changed(state, await StoredState.Read(_mall)) is { Count: > 0 } later) Faults.Add($"{route.Name}: what was refused changed {string.Join(", ", later)}");
        return state;
    }
}

/// <summary>
/// What SQLite takes and PostgreSQL does not, a text with a NUL, meets every documented operation there too. What is stored is
/// not compared once more.
/// </summary>
public class BadInputOnPostgreSqlTests(BadInputOnPostgreSqlTests.Shop shop) : BadInput(shop), IClassFixture<BadInputOnPostgreSqlTests.Shop>
{
    public sealed class Shop() : OneMall(new(Layout.Together, PostgreSql: true));

    readonly TestMall _mall = shop.Mall;

    [Fact]
    public async Task A_NUL_is_never_a_failure_of_ours_and_what_refuses_it_names_the_field()
    {
        using var possessions = await Possessions.Prepare(_mall);
        await possessions.Authorise();
        var operations = (await Documented()).ToDictionary(o => o.Name);
        foreach (var route in Routes.All)
        {
            var (who, all) = Wrongs(route, operations[route.Name], possessions);
            foreach (var wrong in all.Where(w => w.What == "a control character")) await Send(route, possessions.As(who), wrong);
        }
        Assert.InRange(Requests, 150, 500);
        NoFaults();
    }
}

/// <summary>Makes the wrong requests of a route, sends them and judges the answers.</summary>
public abstract class BadInput(OneMall shop)
{
    readonly TestMall _mall = shop.Mall;

    protected List<string> Faults { get; } = [];
    protected int Requests { get; private set; }

    protected void NoFaults() => Assert.True(Faults.Count == 0, $"{Faults.Count} of {Requests}:\n{string.Join('\n', Faults)}");

    /// <summary>Who may call the route, and every request of theirs with one wrong value.</summary>
    protected static (Who Who, List<Wrong> Wrongs) Wrongs(Route route, Operation operation, Possessions possessions)
    {
        var who = new[] { Who.Staff, Who.Owner, Who.Nobody, Who.Service }.FirstOrDefault(w => route.For(w) < 300, Who.Nobody);
        var (path, body) = possessions.Request(route, who);
        // Every try is of an order of its own, and not a repeat.
        if (route.Name == "PUT /api/orders/{id}") path = $"/api/orders/{Guid.CreateVersion7()}";
        if (route.Path == "/api/inventory/stock") path += $"?skus={possessions.Product.Sku}";
        var json = body is null or HttpContent ? null : JsonSerializer.SerializeToNode(body, body.GetType(), MessageFormat.Json);
        return (who, [.. new WrongValues(operation.Document, operation.Definition, route.Path, path, json).All()]);
    }

    /// <summary>Sends and judges; true when it was taken.</summary>
    protected async Task<bool> Send(Route route, Visitor caller, Wrong wrong)
    {
        Requests++;
        using var http = new HttpRequestMessage(new HttpMethod(route.Method), new Uri(_mall.Origin, wrong.Path));
        if (wrong.Body is not null)
        {
            http.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(wrong.Body));
            if (wrong.ContentType is not null) http.Content.Headers.ContentType = new MediaTypeHeaderValue(wrong.ContentType);
        }
        http.Headers.Authorization = caller.Http.DefaultRequestHeaders.Authorization;
        if (route.Path.EndsWith("/refunds", StringComparison.Ordinal)) http.Headers.TryAddWithoutValidation("Idempotency-Key", wrong.Key ?? Guid.CreateVersion7().ToString());
        try
        {
            using var answer = await Plain.SendAsync(http);
            var text = await answer.Content.ReadAsStringAsync();
            if (Fault(wrong, (int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, text) is { } fault)
                Faults.Add($"{route.Name}: {wrong.Field} {wrong.What}: {fault}: {(int)answer.StatusCode} {text[..Math.Min(text.Length, 300)]}");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException e)
        {
            Faults.Add($"{route.Name}: {wrong.Field} {wrong.What}: {e.Message}");
            return false;
        }
    }

    static readonly HttpClient Plain = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 });

    static string? Fault(Wrong wrong, int status, string? type, string text)
    {
        if (status >= 500) return "our failure";
        if (status < 400) return wrong.MustRefuse ? "taken" : null;
        if (type != "application/problem+json") return $"no problem document but {type ?? "nothing"}";
        if (status != 400) return null;
        var named = JsonNode.Parse(text)?["errors"]?.AsObject().Select(e => e.Key).ToList() ?? [];
        return named.Any(n => wrong.Field == "" || Names(n, wrong.Field)) ? null : "the field is not named";
    }

    /// <summary>"lines[0].sku" is named by itself, and by what it is in or what is in it.</summary>
    static bool Names(string named, string field) => named == field || Within(named, field) || Within(field, named);

    static bool Within(string inner, string outer) => inner.StartsWith(outer, StringComparison.Ordinal) && inner.Length > outer.Length && inner[outer.Length] is '.' or '[';

    protected sealed record Operation(string Name, JsonElement Document, JsonElement Definition);

    protected async Task<List<Operation>> Documented()
    {
        using var http = new HttpClient { BaseAddress = _mall.Origin };
        var found = new List<Operation>();
        foreach (var module in Routes.Modules)
        {
            var document = await http.GetFromJsonAsync<JsonElement>($"/openapi/{module}.json");
            found.AddRange(from path in document.GetProperty("paths").EnumerateObject() from operation in path.Value.EnumerateObject() where operation.Name != "parameters"
                           select new Operation($"{operation.Name.ToUpperInvariant()} {path.Name}", document, operation.Value));
        }
        return found;
    }
}
