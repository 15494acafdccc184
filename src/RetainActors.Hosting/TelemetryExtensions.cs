using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace RetainActors.Hosting;

/// <summary>What RetainActors measures, for OpenTelemetry.</summary>
public static class TelemetryExtensions
{
    /// <summary>Collects the instruments of RetainActors.</summary>
    public static MeterProviderBuilder AddRetainActorsInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(RetainActorsTelemetry.MeterName);
    }

    /// <summary>Collects the spans of RetainActors.</summary>
    public static TracerProviderBuilder AddRetainActorsInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(RetainActorsTelemetry.ActivitySourceName);
    }
}
