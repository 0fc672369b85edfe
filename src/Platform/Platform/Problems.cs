using System.ComponentModel;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace Jangteo.Platform;

/// <summary>Expected failures as problem details (RFC 9457), each with a stable type that callers may rely on.</summary>
public static class Problems
{
    internal const string Unfit = "One or more fields are not valid.";
    internal const string Unreadable = "The value is missing or not of the right type.";
    const string Prefix = "urn:jangteo:problem:";

    /// <summary>A refusal with its stable type, for example Of(409, "price-changed", "The price changed.").</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="type">The stable name, kebab case.</param>
    /// <param name="title">One sentence for people.</param>
    /// <param name="extensions">Further members of the problem document.</param>
    public static ProblemHttpResult Of(int status, string type, string title, params (string Name, object? Value)[] extensions) =>
        TypedResults.Problem(title: title, statusCode: status, type: Prefix + type,
            extensions: extensions.ToDictionary(e => e.Name, e => e.Value));

    /// <summary>404: there is no such thing, or it is another person's.</summary>
    public static ProblemHttpResult NotFound(string what) => Of(404, "not-found", $"There is no such {what}.");

    /// <summary>400 with the field named.</summary>
    public static ProblemHttpResult Invalid(string field, string message) =>
        Of(400, "invalid", Unfit, ("errors", new Dictionary<string, string[]> { [field] = [message] }));

    /// <summary>400 with several fields named.</summary>
    public static ProblemHttpResult Invalid(IDictionary<string, string[]> errors) =>
        Of(400, "invalid", Unfit, ("errors", errors));

    /// <summary>409: the state does not allow it.</summary>
    public static ProblemHttpResult Conflict(string type, string title, params (string Name, object? Value)[] extensions) => Of(409, type, title, extensions);

    internal static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem is { Status: 400 } and not HttpValidationProblemDetails && !problem.Extensions.ContainsKey("errors") && UnreadIn(context.HttpContext) is { } field)
            (problem.Title, problem.Extensions["errors"]) = (Unfit, new Dictionary<string, string[]> { [field] = [Unreadable] });
        if (problem is HttpValidationProblemDetails validation) validation.Errors = validation.Errors.ToDictionary(e => AsWritten(e.Key), e => e.Value);
        if (problem is HttpValidationProblemDetails or ValidationProblemDetails || problem.Extensions.ContainsKey("errors"))
            problem.Type = Prefix + "invalid";
        else if (problem.Type?.StartsWith(Prefix, StringComparison.Ordinal) != true)
            problem.Type = Prefix + TypeOf(problem.Status ?? context.HttpContext.Response.StatusCode);
    }

    /// <summary>Routes compiled with the program refuse an optional value that they cannot read without a word: which one was it?</summary>
    static string? UnreadIn(HttpContext http) => http.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().FirstOrDefault(p => p.HasTryParse
        && http.Request.Query[p.Name] is [{ Length: > 0 } value, ..] && !TypeDescriptor.GetConverter(p.ParameterInfo.ParameterType).IsValid(value))?.Name;

    /// <summary>The field as the caller wrote it: "Lines[0].Sku" is "lines[0].sku".</summary>
    static string AsWritten(string path) => string.Join('.', path.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    static string TypeOf(int status) => status switch
    {
        400 => "invalid",
        401 => "unauthenticated",
        403 => "forbidden",
        404 => "not-found",
        405 => "method-not-allowed",
        413 => "too-large",
        415 => "unsupported-media-type",
        429 => "too-many-requests",
        503 => "unavailable",
        _ => "error",
    };
}

/// <summary>Turns what a handler could not foresee into a problem document: bad input into 400 with the field named, conflicts into 409.</summary>
sealed partial class ProblemExceptions(IProblemDetailsService problems, ILogger<ProblemExceptions> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken ct)
    {
        var problem = Describe(exception);
        if (problem.Status == 500) log.LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
        context.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == 503) context.Response.Headers.RetryAfter = "1";
        return await problems.TryWriteAsync(new() { HttpContext = context, ProblemDetails = problem, Exception = exception });
    }

    static ProblemDetails Describe(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: 413 } => new() { Status = 413, Title = "The request body is too large." },
        BadHttpRequestException bad => Invalid(bad),
        InvalidDataException => new() { Status = 400, Type = "urn:jangteo:problem:invalid", Title = Problems.Unfit },
        DbUpdateConcurrencyException => new() { Status = 409, Type = "urn:jangteo:problem:conflict", Title = "Someone else changed this at the same time. Load it again and retry." },
        HttpRequestException or TimeoutException or Polly.ExecutionRejectedException => new() { Status = 503, Title = "Something this needs is not available just now." },
        OperationCanceledException => new() { Status = 499, Title = "The caller went away." },
        _ => new() { Status = 500, Title = "Something went wrong on our side." },
    };

    static ProblemDetails Invalid(BadHttpRequestException bad)
    {
        var (fields, message) = bad.InnerException is JsonException json ? FieldsOf(json) : ([ParameterOf(bad)], Problems.Unreadable);
        return new()
        {
            Status = bad.StatusCode,
            Title = Problems.Unfit,
            Extensions = { ["errors"] = fields.ToDictionary(f => f, _ => new[] { message }) },
        };
    }

    static (string[] Fields, string Message) FieldsOf(JsonException json)
    {
        var path = json.Path is null or "$" ? "" : json.Path.Replace("$.", "");
        var missing = MissingProperties().Match(json.Message);
        if (missing.Success)
            return ([.. QuotedNames().Matches(missing.Groups[1].Value).Select(m => path == "" ? m.Groups[1].Value : $"{path}.{m.Groups[1].Value}")], "The field is required.");
        return ([path == "" ? "body" : path], "The value is not of the right type.");
    }

    static string ParameterOf(BadHttpRequestException bad) => bad.Message.StartsWith("Implicit body", StringComparison.Ordinal) ? "body" : ParameterName().Match(bad.Message) is { Success: true } match ? match.Groups[1].Value : "body";

    [GeneratedRegex("required properties,? including: (.*)")] private static partial Regex MissingProperties();
    [GeneratedRegex("'([^']+)'")] private static partial Regex QuotedNames();
    [GeneratedRegex("parameter \"(?:[^\"]* )?([^\" ]+)\"")] private static partial Regex ParameterName();
}
