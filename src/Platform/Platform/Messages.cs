using System.Text.Json;

namespace Jangteo.Platform;

/// <summary>A fact or request that a module announces on its feed. Changed only by addition.</summary>
public interface IMessage
{
    /// <summary>What belongs together (an order id, a product id …): messages of one key are handled in order, and parked together.</summary>
    string Key { get; }
}

/// <summary>Handles one type of message. State changed on the module's database commits with the cursor; nothing else may be touched.</summary>
public interface IHandle<in TMessage> where TMessage : IMessage
{
    /// <summary>Applies the message. Must be safe when repeated, late or out of order, and must not call over the network.</summary>
    Task Handle(TMessage message, CancellationToken ct);
}

/// <summary>How messages are named and written.</summary>
public static class MessageFormat
{
    /// <summary>The one JSON dialect of messages, stored answers and HTTP bodies.</summary>
    public static readonly JsonSerializerOptions Json = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>The stable name of a message type: StockReserved is "stock-reserved".</summary>
    public static string NameOf(Type message) => JsonNamingPolicy.KebabCaseLower.ConvertName(message.Name);

    /// <summary>Strict numbers, named enums, and nothing required may be missing.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions json)
    {
        json.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        json.RespectNullableAnnotations = true;
        json.RespectRequiredConstructorParameters = true;
        json.MaxDepth = 32;
        // Korean goes out as it is, not as six bytes of escape for three; what HTML could mistake for markup stays escaped.
        json.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All);
        json.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return json;
    }
}
