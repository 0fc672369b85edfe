using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Jangteo.Mall.Tests;

/// <summary>A request with one wrong value.</summary>
/// <param name="Field">Where: a parameter's name, or the path into the body; empty for the body as a whole.</param>
/// <param name="What">What is wrong, in a word.</param>
/// <param name="MustRefuse">The document rules it out; otherwise it may be taken, or refused for reasons that no document tells.</param>
public sealed record Wrong(string Field, string What, bool MustRefuse, string Path, string? Body, string? ContentType = "application/json", string? Key = null);

/// <summary>Makes, from an operation's documentation and a request that would be granted, requests that differ in one value.</summary>
public sealed class WrongValues(JsonElement document, JsonElement operation, string template, string path, JsonNode? body)
{
    // A request line ends at 8 KB, so that what is huge in an address is less than what is huge in a body.
    const int HugeInAddress = 5_000;
    const int HugeInBody = 100_000;
    const int HugeCount = 1_000;
    const string TwentyDigits = "99999999999999999999";
    const string Unknown = "no-such-value";

    // Their values are known to the mall alone, and no document lists them.
    static readonly string[] Choices = ["after", "sort", "status", "paymentMethod", "language"];

    readonly bool _hasBody = operation.TryGetProperty("requestBody", out _);

    public IEnumerable<Wrong> All() => [.. Parameters(), .. Bodies()];

    IEnumerable<Wrong> Parameters()
    {
        if (!operation.TryGetProperty("parameters", out var parameters)) yield break;
        foreach (var parameter in parameters.EnumerateArray())
        {
            var (name, place) = (parameter.GetProperty("name").GetString()!, parameter.GetProperty("in").GetString());
            var required = place == "query" && parameter.TryGetProperty("required", out var flag) && flag.GetBoolean();
            if (required) yield return new(name, "missing", true, path.Split('?')[0], Text(body));
            foreach (var (what, value, must) in ParameterValues(name, parameter.GetProperty("schema")))
                yield return place switch
                {
                    // The server itself turns a NUL in a path away, before any of ours runs.
                    "path" => new(name, what, must, InPath(name, value.Replace('\0', '\u0001')), Text(body)),
                    "header" => new(name, what, must, path, Text(body), Key: value.Contains('\0') ? "é" : value),
                    _ => new(name, what, must, $"{path.Split('?')[0]}?{name}={Uri.EscapeDataString(value)}", Text(body)),
                };
        }
    }

    static IEnumerable<(string What, string Value, bool Must)> ParameterValues(string name, JsonElement schema)
    {
        switch (Type(schema), Format(schema))
        {
            case ("integer", _):
                foreach (var (what, value) in new[] { ("text", "x"), ("a fraction", "1.5"), ("20 digits", TwentyDigits) }) yield return (what, value, true);
                yield return ("negative", "-1", Bound(schema, "minimum") is >= 0);
                if (Bound(schema, "maximum") is < int.MaxValue and var most) yield return ("above the range", (most + 1).ToString(CultureInfo.InvariantCulture), true);
                if (Bound(schema, "minimum") is { } least) yield return ("below the range", (least - 1).ToString(CultureInfo.InvariantCulture), true);
                break;
            case ("boolean", _): yield return ("neither", "maybe", true); break;
            case (_, "uuid"):
                yield return ("no id", "x", true);
                yield return ("a stranger's id", Guid.CreateVersion7().ToString(), false);
                break;
            default:
                yield return ("huge", new string('A', HugeInAddress), Bound(schema, "maxLength") is not null || schema.TryGetProperty("pattern", out _));
                yield return ("a control character", "A\0B", false);
                yield return ("unknown", Unknown, Choices.Contains(name));
                break;
        }
    }

    IEnumerable<Wrong> Bodies()
    {
        if (!_hasBody) yield break;
        var content = operation.GetProperty("requestBody").GetProperty("content");
        if (body is null)
        {
            var type = content.EnumerateObject().First().Name;
            foreach (var (what, text) in new[] { ("empty", ""), ("not of the type", "\0\u0001 nonsense"), ("huge", new string('x', HugeInBody)) }) yield return new("", what, type != "text/csv", path, text, type);
            yield break;
        }
        foreach (var (what, text) in new[] { ("missing", ""), ("null", "null"), ("an array", "[]"), ("text", "\"x\""), ("cut off", "{"), ("too deep", new string('[', 100)) }) yield return new("", what, true, path, text);
        yield return new("", "not JSON by its type", true, path, Text(body), "text/plain");
        foreach (var wrong in InObject(content.GetProperty("application/json").GetProperty("schema"), [])) yield return wrong;
    }

    IEnumerable<Wrong> InObject(JsonElement schema, object[] place)
    {
        var (type, _) = Resolve(schema);
        var required = type.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(n => n.GetString()).ToHashSet() : [];
        foreach (var property in type.GetProperty("properties").EnumerateObject())
        {
            object[] here = [.. place, property.Name];
            yield return Put(here, "missing", required.Contains(property.Name), null, remove: true);
            foreach (var wrong in InValue(property.Value, here)) yield return wrong;
        }
    }

    IEnumerable<Wrong> InValue(JsonElement declared, object[] here)
    {
        var (schema, nullable) = Resolve(declared);
        yield return Put(here, "null", !nullable, null);
        foreach (var (what, value, must) in BodyValues((string)here[^1], schema, Find(here))) yield return Put(here, what, must, value);
        if (Type(schema) == "array" && Find(here) is JsonArray { Count: > 0 })
        {
            var (items, _) = Resolve(schema.GetProperty("items"));
            if (Type(items) == "object")
                foreach (var wrong in InObject(items, [.. here, 0])) yield return wrong;
        }
        if (Type(schema) == "object")
            foreach (var wrong in InObject(schema, here)) yield return wrong;
    }

    static IEnumerable<(string What, JsonNode? Value, bool Must)> BodyValues(string name, JsonElement schema, JsonNode? now)
    {
        switch (Type(schema))
        {
            case "integer":
                foreach (var (what, value) in new[] { ("text", "\"1\""), ("a fraction", "1.5"), ("20 digits", TwentyDigits), ("an object", "{}") }) yield return (what, JsonNode.Parse(value), true);
                yield return ("negative", JsonValue.Create(-1), Bound(schema, "minimum") is >= 0);
                yield return ("very large", JsonValue.Create(Format(schema) == "int64" ? long.MaxValue : int.MaxValue), Bound(schema, "maximum") is not null);
                break;
            case "boolean":
                foreach (var value in new[] { "\"true\"", "1", "[]" }) yield return ("not a boolean", JsonNode.Parse(value), true);
                break;
            case "array":
                yield return ("text", JsonValue.Create("x"), true);
                yield return ("an object", new JsonObject(), true);
                yield return ("a null in it", new JsonArray([null]), true);
                yield return ("huge", new JsonArray([.. Enumerable.Range(0, HugeCount).Select(_ => now is JsonArray { Count: > 0 } some ? some[0]?.DeepClone() : null)]), true);
                break;
            case "object":
                foreach (var value in new[] { "\"x\"", "[]", "1" }) yield return ("not an object", JsonNode.Parse(value), true);
                break;
            default:
                foreach (var value in new[] { "12", "{}", "[]", "true" }) yield return ("not text", JsonNode.Parse(value), true);
                yield return ("huge", JsonValue.Create(new string('가', HugeInBody)), true);
                yield return ("empty", JsonValue.Create(""), Bound(schema, "minLength") is > 0);
                yield return ("a control character", JsonValue.Create("A\0B"), false);
                if (Format(schema) == "uuid") yield return ("no id", JsonValue.Create("x"), true);
                if (Format(schema) == "uuid") yield return ("a stranger's id", JsonValue.Create(Guid.CreateVersion7()), false);
                if (Choices.Contains(name)) yield return ("unknown", JsonValue.Create(Unknown), true);
                break;
        }
    }

    Wrong Put(object[] place, string what, bool must, JsonNode? value, bool remove = false)
    {
        var whole = body!.DeepClone();
        var at = whole;
        foreach (var step in place[..^1]) at = step is int index ? at[index]! : at[(string)step] ?? throw new InvalidOperationException($"The request has no {step} to put {string.Join('.', place)} in.");
        var last = (string)place[^1];
        if (remove) at.AsObject().Remove(last);
        else at[last] = value;
        return new(Name(place), what, must, path, Text(whole));
    }

    JsonNode? Find(object[] place) => place.Aggregate(body, (at, step) => step is int index ? at?[index] : at?[(string)step]);

    static string Name(object[] place) => string.Concat(place.Select((step, i) => step is int index ? $"[{index}]" : i == 0 ? (string)step : $".{step}"));

    string InPath(string name, string value)
    {
        var (asked, filled) = (template.Split('/'), path.Split('?')[0].Split('/'));
        return string.Join('/', asked.Select((segment, i) => segment.Contains($"{{{name}}}") ? segment.Replace($"{{{name}}}", Uri.EscapeDataString(value)) : filled[i]));
    }

    (JsonElement Schema, bool Nullable) Resolve(JsonElement schema)
    {
        if (schema.TryGetProperty("oneOf", out var choices)) return (Resolve(choices.EnumerateArray().First(c => c.TryGetProperty("$ref", out _))).Schema, true);
        if (schema.TryGetProperty("$ref", out var reference)) return (document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), false);
        return (schema, schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.Array && type.EnumerateArray().Any(t => t.GetString() == "null"));
    }

    static string? Type(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? null
        : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()).First(t => t != "null") : type.GetString();

    static string? Format(JsonElement schema) => schema.TryGetProperty("format", out var format) ? format.GetString() : null;

    static double? Bound(JsonElement schema, string name) => schema.TryGetProperty(name, out var bound) ? bound.GetDouble() : null;

    static string? Text(JsonNode? node) => node?.ToJsonString();
}
