using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.Json;

namespace Jangteo.Platform;

/// <summary>A handler class, the feeds it hears, and how each of its message types reaches it.</summary>
sealed record Subscription(string Name, Type Handler, IReadOnlyList<string> Producers, IReadOnlyDictionary<string, Subscription.Invoke> Messages)
{
    /// <summary>The types of messages it handles, as a reader asks for them.</summary>
    public string Types { get; } = string.Join(',', Messages.Keys.Order());

    /// <summary>True when it handles messages of its own module, which alone can be due later.</summary>
    public bool HearsItself { get; } = MessagesOf(Handler).Any(message => message.Assembly == Handler.Assembly);

    /// <summary>How long the reader gathers messages after a batch.</summary>
    public TimeSpan Rest { get; init; }

    /// <summary>Hands one message, given as JSON, to a handler.</summary>
    public delegate Task Invoke(object handler, string json, CancellationToken ct);

    public static Subscription Of<THandler>(IReadOnlyList<string> producers) =>
        new(MessageFormat.NameOf(typeof(THandler)), typeof(THandler), producers, MessagesOf(typeof(THandler)).ToDictionary(MessageFormat.NameOf, InvokerOf));

    static IEnumerable<Type> MessagesOf(Type handler) => handler.GetInterfaces()
        .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IHandle<>)).Select(i => i.GetGenericArguments()[0]);

    static Invoke InvokerOf(Type message) => typeof(Subscription).GetMethod(nameof(InvokeTyped), BindingFlags.NonPublic | BindingFlags.Static)!
        .MakeGenericMethod(message).CreateDelegate<Invoke>();

    static Task InvokeTyped<TMessage>(object handler, string json, CancellationToken ct) where TMessage : IMessage =>
        ((IHandle<TMessage>)handler).Handle(JsonSerializer.Deserialize<TMessage>(json, MessageFormat.Json)!, ct);
}

/// <summary>What the platform measures and traces.</summary>
static class FeedTelemetry
{
    public const string Name = "Jangteo.Platform";
    public static readonly ActivitySource Source = new(Name);
    static readonly Meter Meter = new(Name);
    public static readonly Counter<long> Handled = Meter.CreateCounter<long>("jangteo.feed.handled", "{message}", "Messages handled");
    public static readonly Counter<long> Parked = Meter.CreateCounter<long>("jangteo.feed.parked", "{message}", "Messages parked");
}
