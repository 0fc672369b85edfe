using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Jangteo.Platform;

/// <summary>A module's refusal: problem details as its client reads them.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">The stable type, for example <c>urn:jangteo:problem:price-changed</c>.</param>
/// <param name="Title">One sentence for people.</param>
/// <param name="Errors">For bad input: messages by field.</param>
public sealed record Problem(int Status, string Type, string Title, Dictionary<string, string[]>? Errors = null)
{
    /// <summary>Further members of the problem document.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Extensions { get; init; }

    /// <summary>True when the type ends with this name, for example "price-changed".</summary>
    public bool Is(string name) => Type.EndsWith(":" + name, StringComparison.Ordinal);
}

/// <summary>What a client call gave: a value, or the module's refusal. Outages are exceptions.</summary>
/// <param name="Value">The answer; null when refused.</param>
/// <param name="Problem">The refusal; null when answered.</param>
public readonly record struct Answer<T>(T? Value, Problem? Problem)
{
    /// <summary>True when answered.</summary>
    [MemberNotNullWhen(true, nameof(Value)), MemberNotNullWhen(false, nameof(Problem))]
    public bool Ok => Problem is null;

    /// <summary>The value, where a refusal would be a bug.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public T Required => Ok ? Value : throw new InvalidOperationException($"{Problem.Status} {Problem.Type}: {Problem.Title}");
}

/// <summary>The answer of a call that gives nothing back.</summary>
public sealed record Nothing;

/// <summary>How typed clients call: JSON out, JSON or problem details back.</summary>
public static class Calls
{
    /// <summary>Sends a request and reads the answer.</summary>
    /// <param name="http">The module's client.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">Path and query, below the module's address.</param>
    /// <param name="body">Sent as JSON; null for none.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <param name="idempotencyKey">Makes a POST safe to repeat.</param>
    /// <param name="patience">How long it may take; null for the 5 s of most calls.</param>
    /// <exception cref="HttpRequestException">The module is down or failed.</exception>
    public static async Task<Answer<T>> Ask<T>(this HttpClient http, HttpMethod method, string path, object? body = null, CancellationToken ct = default, string? idempotencyKey = null, TimeSpan? patience = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is HttpContent content) request.Content = content;
        else if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), new MediaTypeHeaderValue("application/json"), MessageFormat.Json);
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (patience is { } longer) request.Options.Set(ModuleClients.Patience, longer);
        using var response = await http.SendAsync(request, ct);
        if ((int)response.StatusCode >= 500) throw new HttpRequestException($"{method} {path} answered {(int)response.StatusCode}.", null, response.StatusCode);
        if (response.IsSuccessStatusCode) return new(await Read<T>(response, ct), null);
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
            return new(default, await response.Content.ReadFromJsonAsync<Problem>(MessageFormat.Json, ct));
        return new(default, new((int)response.StatusCode, "urn:jangteo:problem:error", response.ReasonPhrase ?? response.StatusCode.ToString()));
    }

    static async Task<T?> Read<T>(HttpResponseMessage response, CancellationToken ct)
    {
        if (typeof(T) == typeof(Nothing)) return (T)(object)new Nothing();
        if (response.StatusCode == HttpStatusCode.NoContent) return default;
        return await response.Content.ReadFromJsonAsync<T>(MessageFormat.Json, ct);
    }

    /// <summary>Writes a query string from the given parts; nulls are left out.</summary>
    public static string Query(string path, params (string Name, object? Value)[] parts)
    {
        var given = parts.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(Convert.ToString(p.Value, System.Globalization.CultureInfo.InvariantCulture)!)}").ToList();
        return given.Count == 0 ? path : $"{path}?{string.Join('&', given)}";
    }
}
