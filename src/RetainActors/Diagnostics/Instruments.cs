using System.Diagnostics.Metrics;

namespace RetainActors.Diagnostics;

/// <summary>The meter of this package. What its instruments are called is a contract, listed in <c>docs/telemetry.md</c>.</summary>
internal static class Instruments
{
    public const string OutcomeTag = "outcome";
    public const string ReasonTag = "reason";
    public const string StateTag = "state";

    public const string Success = "success";

    /// <summary>The outcome of a state or branch that came to an end of its own.</summary>
    public static string OfStep(bool succeeded) => succeeded ? Success : "failure";

    public static readonly string? Version = typeof(Instruments).Assembly.GetName().Version?.ToString(3);

    public static readonly Meter Meter = new(RetainActorsTelemetry.MeterName, Version);
}
