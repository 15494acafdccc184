using Akka.Configuration;

namespace RetainActors.Hosting;

/// <summary>When the health check of checkpoints is not healthy. Bindable from appsettings.</summary>
public sealed class CheckpointHealthOptions
{
    /// <summary>With a request that waits longer than this for its answer the check is degraded; greater than zero.</summary>
    public TimeSpan MaxRequestAge { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After this many requests in a row that the journal failed the check fails; at least 1.</summary>
    public int MaxFailuresInRow { get; set; } = 3;

    /// <summary>
    /// How long failures count when nothing is asked after them; greater than zero. So a service that gets no work while it is not
    /// ready comes back to try.
    /// </summary>
    public TimeSpan FailureMemory { get; set; } = TimeSpan.FromSeconds(60);

    internal CheckpointHealthOptions Checked()
    {
        Threshold.Require(MaxRequestAge > TimeSpan.Zero, nameof(CheckpointHealthOptions), nameof(MaxRequestAge), "greater than zero", MaxRequestAge);
        Threshold.Require(MaxFailuresInRow >= 1, nameof(CheckpointHealthOptions), nameof(MaxFailuresInRow), "at least 1", MaxFailuresInRow);
        Threshold.Require(FailureMemory > TimeSpan.Zero, nameof(CheckpointHealthOptions), nameof(FailureMemory), "greater than zero", FailureMemory);
        return this;
    }
}

/// <summary>When the health check of runs is not healthy. Bindable from appsettings.</summary>
public sealed class RunHealthOptions
{
    /// <summary>
    /// With a live run that made no progress for this long the check is degraded; greater than zero. Longer than the longest state
    /// and the longest wait between its retries.
    /// </summary>
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>With more keys parked than this the check is degraded; at least 0.</summary>
    public int MaxParked { get; set; }

    internal RunHealthOptions Checked()
    {
        Threshold.Require(StuckAfter > TimeSpan.Zero, nameof(RunHealthOptions), nameof(StuckAfter), "greater than zero", StuckAfter);
        Threshold.Require(MaxParked >= 0, nameof(RunHealthOptions), nameof(MaxParked), "at least 0", MaxParked);
        return this;
    }
}

internal static class Threshold
{
    public static void Require(bool condition, string options, string key, string range, object value)
    {
        if (!condition) throw new ConfigurationException($"{options}.{key} must be {range}; it is {value}.");
    }
}
