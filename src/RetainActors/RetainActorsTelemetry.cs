namespace RetainActors;

/// <summary>The names under which RetainActors tells what it does; <c>docs/telemetry.md</c> lists instruments and spans.</summary>
public static class RetainActorsTelemetry
{
    /// <summary>Name of every activity source of RetainActors.</summary>
    public const string ActivitySourceName = "RetainActors";

    /// <summary>Name of every meter of RetainActors.</summary>
    public const string MeterName = "RetainActors";
}
