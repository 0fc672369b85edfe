using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Jangteo.Platform;

static class Telemetry
{
    /// <summary>Traces, metrics and logs over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; nothing is collected for nobody.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, string name)
    {
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not { Length: > 0 }) return;
        // Tracing everything costs a third of a trivial endpoint's throughput, 5 % of it is hardly felt.
        var ratio = builder.Configuration.GetValue("Telemetry:TraceRatio", 0.05);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService($"jangteo-{name.ToLowerInvariant()}"))
            .WithTracing(traces => traces.AddSource(FeedTelemetry.Name).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation()
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(ratio))))
            .WithMetrics(metrics => metrics.AddMeter(FeedTelemetry.Name).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation())
            .WithLogging()
            .UseOtlpExporter();
    }
}
