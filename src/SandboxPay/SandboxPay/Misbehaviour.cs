using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
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

/// <summary>How often a scenario falls, from 0 (never) to 1 (always).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ShareAttribute() : RangeAttribute(0.0, 1.0);

/// <summary>
/// How the provider misbehaves on purpose; each share is from 0 (never) to 1 (always). Whether it does is decided by the seed,
/// the payment's reference, what is asked and how often it was asked: never by the clock, so a seed gives the same again.
/// </summary>
public sealed record Misbehaviour
{
    /// <summary>Chooses which calls meet what.</summary>
    public long Seed { get; init; }

    /// <summary>Each payment meets only one of the scenarios, chosen by seed and reference: so all can be tried at once, and each by itself.</summary>
    public bool OneForEach { get; init; }

    /// <summary>It misbehaves only the first so many times that something is asked, so that in the end all settles.</summary>
    [Range(1, 1_000_000)]
    public int Attempts { get; init; } = 3;

    /// <summary>Declines a charge of a good stored card.</summary>
    [Share] public double Declines { get; init; }

    /// <summary>Answers after <see cref="DelayMilliseconds"/>.</summary>
    [Share] public double Delays { get; init; }

    /// <summary>The length of a delay, and of what lets one notice overtake another.</summary>
    [Range(0, 60_000)]
    public int DelayMilliseconds { get; init; } = 300;

    /// <summary>Is down: answers 503 and does nothing.</summary>
    [Share] public double IsDown { get; init; }

    /// <summary>Drops the connection before it does anything.</summary>
    [Share] public double DropsTheCall { get; init; }

    /// <summary>Does what it is asked and loses its answer.</summary>
    [Share] public double LosesTheAnswer { get; init; }

    /// <summary>Does what it is asked and then lets the merchant wait for <c>SandboxPay:HangSeconds</c>.</summary>
    [Share] public double TimesOut { get; init; }

    /// <summary>Handles a call twice and gives the second answer.</summary>
    [Share] public double AnswersTwice { get; init; }

    /// <summary>Sends a notice <c>SandboxPay:LateSeconds</c> late.</summary>
    [Share] public double NotifiesLate { get; init; }

    /// <summary>Sends a notice twice.</summary>
    [Share] public double NotifiesTwice { get; init; }

    /// <summary>Lets the next notice overtake one.</summary>
    [Share] public double NotifiesOutOfOrder { get; init; }

    /// <summary>Somebody else sends a notice too, which is not signed with the secret.</summary>
    [Share] public double NotifiesForged { get; init; }

    /// <summary>Sends a notice that names another amount.</summary>
    [Share] public double NotifiesWrongAmount { get; init; }

    /// <summary>Sends no notice.</summary>
    [Share] public double NotifiesNever { get; init; }

    /// <summary>Whether a share falls on this attempt.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <param name="scenario">Its name, so that two scenarios do not fall on the same calls.</param>
    /// <param name="reference">The merchant's name of the payment.</param>
    /// <param name="operation">What is asked.</param>
    /// <param name="attempt">How often it was asked, from 1.</param>
    public bool Falls(double share, string scenario, string reference, string operation, int attempt)
    {
        if (share <= 0 || attempt > Attempts || OneForEach && scenario != ScenarioOf(reference)) return false;
        return Hash($"{Seed} {scenario} {reference} {operation} {attempt}") / (double)ulong.MaxValue < share;
    }

    /// <summary>The scenario that a payment meets when it meets only one; of those with a share.</summary>
    public string ScenarioOf(string reference)
    {
        var chosen = Scenarios.Where(s => (double)s.GetValue(this)! > 0).ToList();
        return chosen[(int)(Hash($"{Seed} {reference}") % (ulong)chosen.Count)].Name;
    }

    /// <summary>Whatever property has a share.</summary>
    public static IReadOnlyList<PropertyInfo> Scenarios { get; } = [.. typeof(Misbehaviour).GetProperties().Where(p => p.IsDefined(typeof(ShareAttribute)))];

    static ulong Hash(string text) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
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
    /// <param name="scenario">Where the share was read, "chosen.IsDown": the scenario's name is its end.</param>
    public bool Of(double share, [CallerArgumentExpression(nameof(share))] string scenario = "") =>
        Misbehaviour.Falls(share, scenario[(scenario.LastIndexOf('.') + 1)..], Reference, Operation, Attempt);
}

/// <summary>Around every call that the merchant makes about a payment. It costs nothing while no misbehaviour is chosen.</summary>
sealed class Misbehaves(Mischief mischief, IOptions<SandboxPayOptions> options, TimeProvider time) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        if (mischief.Current is not { } chosen || await ReferenceOf(call) is not { } reference) return await next(call);
        var http = call.HttpContext;
        var chance = mischief.Next(chosen, reference, $"{http.Request.Method} {http.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName}");
        if (chance.Of(chosen.IsDown)) return Problems.Of(503, "unavailable", "The provider is down on purpose.");
        if (chance.Of(chosen.DropsTheCall)) Drop(http);
        if (chance.Of(chosen.Delays)) await Task.Delay(chosen.DelayMilliseconds, CancellationToken.None);
        var answer = await next(call);
        if (chance.Of(chosen.AnswersTwice)) answer = await next(call);
        if (chance.Of(chosen.TimesOut)) await ChargeStoredCard.LoseAnswer(http, options.Value, time);
        if (chance.Of(chosen.LosesTheAnswer)) Drop(http);
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
