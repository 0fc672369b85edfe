using System.Collections.Concurrent;
using Jangteo.Payments.Contracts;
using Jangteo.Platform;
using Jangteo.Platform.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jangteo.Payments.Tests;

public class ProviderSettingsTests
{
    [Theory]
    [InlineData("Payments:Provider is unknown", "Payments:Provider=bitcoin")]
    [InlineData("Payments:Toss:SecretKey is missing", "Payments:Provider=toss")]
    [InlineData("Payments:Toss:SecretKey is no secret key", "Payments:Provider=toss", "Payments:Toss:SecretKey=test_ck_forgotten")]
    [InlineData("Payments:Toss:ApiBase is no address", "Payments:Provider=toss", "Payments:Toss:SecretKey=test_sk_a", "Payments:Toss:ApiBase=api")]
    [InlineData("paid in KRW", "Payments:Provider=toss", "Payments:Toss:SecretKey=test_sk_a", "Mall:Currency=USD")]
    [InlineData("Payments:Stripe:SecretKey is missing", "Payments:Provider=stripe", "Payments:Stripe:WebhookSecret=whsec_a")]
    [InlineData("Payments:Stripe:SecretKey is no secret key", "Payments:Provider=stripe", "Payments:Stripe:SecretKey=pk_live_forgotten", "Payments:Stripe:WebhookSecret=whsec_a")]
    [InlineData("Payments:Stripe:WebhookSecret is missing", "Payments:Provider=stripe", "Payments:Stripe:SecretKey=sk_test_a")]
    [InlineData("Payments:Stripe:WebhookSecret is no signing secret", "Payments:Provider=stripe", "Payments:Stripe:SecretKey=sk_test_a", "Payments:Stripe:WebhookSecret=forgotten")]
    [InlineData("Payments:BankTransfer:AccountNumber is missing", "Payments:BankTransfer:Bank=국민은행")]
    [InlineData("Payments:BankTransfer:AccountNumber holds digits", "Payments:BankTransfer:AccountNumber=forgotten")]
    public async Task That_are_wrong_stop_the_start_with_a_clear_line_that_tells_no_secret(string line, params string[] settings)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestService<PaymentsDb>.Start("payments", b => b.AddPayments(), a => a.MapPayments(), null,
            [.. settings.Select(s => s.Split('=')).Select(s => (s[0], s[1]))]));
        Assert.Contains(line, refused.Message);
        Assert.DoesNotContain("forgotten", refused.Message);
    }
}

/// <summary>Hears every line of the log.</summary>
sealed class Listener : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // What is structured is written, too: a sink may show the values that the text leaves out.
        var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(p => $"{p.Key}={p.Value}")) : "";
        Lines.Enqueue($"{eventId.Name} {formatter(state, exception)} {values} {exception}");
    }

    public void Dispose() { }
}
