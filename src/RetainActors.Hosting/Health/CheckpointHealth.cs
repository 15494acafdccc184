using Microsoft.Extensions.Diagnostics.HealthChecks;
using RetainActors.Checkpoints;

namespace RetainActors.Hosting;

/// <summary>What the way that requests are served means for health: the worst of it. Pure.</summary>
internal static class CheckpointHealth
{
    public static HealthCheckResult Of(CheckpointsStatus status, CheckpointHealthOptions options, HealthStatus failureStatus)
    {
        var data = new Dictionary<string, object>
        {
            ["unanswered"] = status.Unanswered,
            ["oldest-age-seconds"] = status.OldestAge.TotalSeconds,
            ["failures-in-row"] = status.FailuresInRow,
        };
        if (status.FailuresInRow >= options.MaxFailuresInRow && status.LastFailureAge < options.FailureMemory)
            return new HealthCheckResult(
                failureStatus,
                $"The journal failed the last {status.FailuresInRow} requests: {status.LastFailure}. See to the journal; its own check and the log say more.",
                data: data);
        return status.OldestAge > options.MaxRequestAge
            ? HealthCheckResult.Degraded(
                $"A request of {status.OldestKey} waits for {status.OldestAge.TotalSeconds:0.##} s, and {status.Unanswered} requests altogether. The journal is "
                + "slow, or the key's actor rests after a failure: see the journal's check and retain.journal.operation.duration.",
                data: data)
            : HealthCheckResult.Healthy($"{status.Unanswered} requests are not answered yet, none for long.", data);
    }
}
