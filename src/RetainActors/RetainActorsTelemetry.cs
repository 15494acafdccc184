using System.Diagnostics;
using RetainActors.Checkpoints;

namespace RetainActors;

/// <summary>The names under which RetainActors tells what it does; <c>docs/telemetry.md</c> lists instruments and spans.</summary>
public static class RetainActorsTelemetry
{
    /// <summary>Name of every activity source of RetainActors.</summary>
    public const string ActivitySourceName = "RetainActors";

    /// <summary>Name of every meter of RetainActors.</summary>
    public const string MeterName = "RetainActors";

    /// <summary>
    /// What the span of storing an event hangs under: for one of a checkpoint the span of its write, for every other the default.
    /// Journals do not know checkpoints; one that asks, as ours does by <c>FilePersistence.TraceOf</c>, gets its spans into their traces.
    /// </summary>
    public static ActivityContext TraceOf(object @event) => @event is CheckpointRecord record ? record.Trace : default;
}
