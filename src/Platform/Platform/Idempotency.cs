using System.Security.Cryptography;

namespace Jangteo.Platform;

/// <summary>
/// Makes a POST safe to repeat with <c>Idempotency-Key</c>: same key and body get the same answer, another body 422, a key
/// still running 409. The answer commits with the handler's effect. The handler must not call over the network.
/// </summary>
public sealed class Idempotent<TDb> : IEndpointFilter where TDb : ModuleDb
{
    const int MaxKeyLength = 200;

    /// <inheritdoc />
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var http = call.HttpContext;
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length == 0) return await next(call);
        if (key.Length > MaxKeyLength) return Problems.Invalid("Idempotency-Key", $"At most {MaxKeyLength} characters.");

        var db = (TDb)http.RequestServices.GetService(typeof(TDb))!;
        var caller = $"{Caller.Of(http.User).Name} {http.Request.Method} {http.Request.Path}";
        var running = $"{caller} {key}";
        if (!db.Store.Running.TryAdd(running, 0)) return StillRunning();
        try
        {
            IResult answer = StillRunning();
            var hash = await HashOf(http.Request);
            await db.Unit(async () => answer = await AnswerOnce(db, caller, key, hash, call, next), http.RequestAborted);
            return answer;
        }
        finally
        {
            db.Store.Running.TryRemove(running, out _);
        }
    }

    static IResult StillRunning() => Problems.Of(409, "still-running", "A call with this Idempotency-Key is still running.");

    static async Task<IResult> AnswerOnce(TDb db, string caller, string key, string hash, EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        if (!db.IsSqlite && !await LockAcrossReplicas(db, caller + key)) return StillRunning();
        if (await db.IdempotentAnswers.AsNoTracking().FirstOrDefaultAsync(a => a.Caller == caller && a.Key == key) is { } known)
            return known.RequestHash == hash ? new Replay(known) : Problems.Of(422, "idempotency-key-reused", "This Idempotency-Key was used with another body.");

        var answer = await Capture(call.HttpContext, (await next(call))!);
        if (answer.Status >= 500) return new Replay(answer);
        (answer.Caller, answer.Key, answer.RequestHash, answer.At) = (caller, key, hash, db.Store.Time.GetUtcNow());
        // A refused call must leave nothing but its answer.
        if (answer.Status >= 400) db.ChangeTracker.Clear();
        db.Add(answer);
        await db.SaveChangesAsync();
        return new Replay(answer);
    }

    static async Task<bool> LockAcrossReplicas(TDb db, string name) =>
        await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock(hashtextextended({name}, 7)) AS \"Value\"").SingleAsync();

    static async Task<string> HashOf(HttpRequest request)
    {
        if (!request.Body.CanSeek) throw new InvalidOperationException("The body was not buffered.");
        request.Body.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(request.Body));
    }

    static async Task<IdempotentAnswer> Capture(HttpContext http, object result)
    {
        var real = http.Response.Body;
        using var body = new MemoryStream();
        http.Response.Body = body;
        try
        {
            await (result is IResult ready ? ready : TypedResults.Ok(result)).ExecuteAsync(http);
            await http.Response.BodyWriter.FlushAsync();
            return new() { Caller = "", Key = "", RequestHash = "", Status = http.Response.StatusCode, ContentType = http.Response.ContentType, Body = body.ToArray() };
        }
        finally
        {
            http.Response.Body = real;
        }
    }

    sealed class Replay(IdempotentAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext http)
        {
            http.Response.StatusCode = answer.Status;
            if (answer.ContentType is not null) http.Response.ContentType = answer.ContentType;
            await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
        }
    }
}
