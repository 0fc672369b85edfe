using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Jangteo.Platform;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jangteo.SandboxPay;

/// <summary>
/// How the provider misbehaves on purpose; each share is from 0 (never) to 1 (always). Whether it does is decided by the seed,
/// the payment's reference, what is asked and how often it was asked: never by the clock, so a seed gives the same again.
/// </summary>
public sealed record Misbehaviour
{
    /// <summary>Chooses which calls meet what.</summary>
    public long Seed { get; init; }

    /// <summary>It misbehaves only the first so many times that something is asked, so that in the end all settles.</summary>
    [Range(1, 1_000_000)]
    public int Attempts { get; init; } = 3;

    /// <summary>Declines a charge of a good stored card.</summary>
    [Range(0.0, 1.0)]
    public double Declines { get; init; }

    /// <summary>Answers after <see cref="DelayMilliseconds"/>.</summary>
    [Range(0.0, 1.0)]
    public double Delays { get; init; }

    /// <summary>The length of a delay, and of what lets one notice overtake another.</summary>
    [Range(0, 60_000)]
    public int DelayMilliseconds { get; init; } = 300;

    /// <summary>Is down: answers 503 and does nothing.</summary>
    [Range(0.0, 1.0)]
    public double IsDown { get; init; }

    /// <summary>Drops the connection before it does anything.</summary>
    [Range(0.0, 1.0)]
    public double DropsTheCall { get; init; }

    /// <summary>Does what it is asked and loses its answer.</summary>
    [Range(0.0, 1.0)]
    public double LosesTheAnswer { get; init; }

    /// <summary>Does what it is asked and then lets the merchant wait for <c>SandboxPay:HangSeconds</c>.</summary>
    [Range(0.0, 1.0)]
    public double TimesOut { get; init; }

    /// <summary>Handles a call twice and gives the second answer.</summary>
    [Range(0.0, 1.0)]
    public double AnswersTwice { get; init; }

    /// <summary>Sends a notice <c>SandboxPay:LateSeconds</c> late.</summary>
    [Range(0.0, 1.0)]
    public double NotifiesLate { get; init; }

    /// <summary>Sends a notice twice.</summary>
    [Range(0.0, 1.0)]
    public double NotifiesTwice { get; init; }

    /// <summary>Lets the next notice overtake one.</summary>
    [Range(0.0, 1.0)]
    public double NotifiesOutOfOrder { get; init; }

    /// <summary>Somebody else sends a notice too, which is not signed with the secret.</summary>
    [Range(0.0, 1.0)]
    public double NotifiesForged { get; init; }

    /// <summary>Sends a notice that names another amount.</summary>
    [Range(0.0, 1.0)]
    public double NotifiesWrongAmount { get; init; }

    /// <summary>Sends no notice.</summary>
    [Range(0.0, 1.0)]
    public double NotifiesNever { get; init; }

    /// <summary>Whether a share falls on this attempt.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <param name="scenario">Its name, so that two scenarios do not fall on the same calls.</param>
    /// <param name="reference">The merchant's name of the payment.</param>
    /// <param name="operation">What is asked.</param>
    /// <param name="attempt">How often it was asked, from 1.</param>
    public bool Falls(double share, string scenario, string reference, string operation, int attempt)
    {
        if (share <= 0 || attempt > Attempts) return false;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed} {scenario} {reference} {operation} {attempt}"));
        return BinaryPrimitives.ReadUInt64BigEndian(hash) / (double)ulong.MaxValue < share;
    }
}

/// <summary>The misbehaviour in force: at first what is configured (none), later what the merchant asks for.</summary>
sealed class Mischief(IOptions<SandboxPayOptions> options)
{
    readonly ConcurrentDictionary<(string Reference, string Operation), int> _attempts = new();

    public Misbehaviour? Current { get; private set; } = options.Value.Misbehaviour;

    public void Choose(Misbehaviour chosen)
    {
        _attempts.Clear();
        Current = chosen;
    }

    public Chance Next(Misbehaviour current, string reference, string operation) => new(current, reference, operation, _attempts.AddOrUpdate((reference, operation), 1, (_, attempts) => attempts + 1));
}

/// <summary>One attempt of something.</summary>
sealed record Chance(Misbehaviour Misbehaviour, string Reference, string Operation, int Attempt)
{
    public bool Of(double share, string scenario) => Misbehaviour.Falls(share, scenario, Reference, Operation, Attempt);
}

/// <summary>Around every call that the merchant makes about a payment. It costs nothing while no misbehaviour is chosen.</summary>
sealed class Misbehaves(Mischief mischief, IOptions<SandboxPayOptions> options, TimeProvider time) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        if (mischief.Current is not { } chosen || await ReferenceOf(call) is not { } reference) return await next(call);
        var http = call.HttpContext;
        var chance = mischief.Next(chosen, reference, $"{http.Request.Method} {http.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName}");
        if (chance.Of(chosen.IsDown, nameof(chosen.IsDown))) return Problems.Of(503, "unavailable", "The provider is down on purpose.");
        if (chance.Of(chosen.DropsTheCall, nameof(chosen.DropsTheCall))) Drop(http);
        if (chance.Of(chosen.Delays, nameof(chosen.Delays))) await Task.Delay(chosen.DelayMilliseconds, CancellationToken.None);
        var answer = await next(call);
        if (chance.Of(chosen.AnswersTwice, nameof(chosen.AnswersTwice))) answer = await next(call);
        if (chance.Of(chosen.TimesOut, nameof(chosen.TimesOut))) await ChargeStoredCard.LoseAnswer(http, options.Value, time);
        if (chance.Of(chosen.LosesTheAnswer, nameof(chosen.LosesTheAnswer))) Drop(http);
        return answer;
    }

    static void Drop(HttpContext http)
    {
        http.Abort();
        throw new OperationCanceledException("The connection is dropped on purpose.");
    }

    // By the merchant's name of the payment: ours is random, and the same seed would not give the same again.
    static async ValueTask<string?> ReferenceOf(EndpointFilterInvocationContext call)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument is ChargeRequest charge) return charge.Reference;
            if (argument is OpenPaymentRequest open) return open.Reference;
        }
        if (call.HttpContext.Request.RouteValues["paymentKey"] is not string key) return null;
        var db = call.HttpContext.RequestServices.GetRequiredService<SandboxPayDb>();
        return await db.Payments.Where(p => p.Key == key).Select(p => p.Reference).FirstOrDefaultAsync(call.HttpContext.RequestAborted);
    }
}

/// <summary>GET and PUT /sandbox-pay/api/misbehaviour: how the provider misbehaves from now on; nothing in it, and it behaves.</summary>
static class ChooseMisbehaviour
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/misbehaviour", Ok<Misbehaviour> (Mischief mischief) => TypedResults.Ok(mischief.Current ?? new())).WithName("sandboxpay-misbehaviour").WithSummary("How the provider misbehaves on purpose.");
        api.MapPut("/misbehaviour", NoContent (Misbehaviour chosen, Mischief mischief) =>
        {
            mischief.Choose(chosen);
            return TypedResults.NoContent();
        }).WithName("sandboxpay-misbehave").WithSummary("Chooses how the provider misbehaves; the same seed gives the same again.");
    }
}
