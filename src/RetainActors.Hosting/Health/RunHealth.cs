using Microsoft.Extensions.Diagnostics.HealthChecks;
using RetainActors.Runs;

namespace RetainActors.Hosting;

/// <summary>What the state of the runs means for health: the worst of it. Pure.</summary>
internal static class RunHealth
{
    public static HealthCheckResult Of(RunsStatus status, RunHealthOptions options)
    {
        var data = new Dictionary<string, object>
        {
            ["live"] = status.Live,
            ["waiting"] = status.Waiting,
            ["stuck"] = status.Stuck,
            ["parked"] = status.Parked,
        };
        var problems = new List<string>();
        if (status.Stuck > 0)
            problems.Add(
                $"{status.Stuck} of {status.Live} live runs made no progress for {options.StuckAfter}: "
                + $"{string.Join("; ", status.MostStuck.Select(run => $"{run.Key} {run.Doing} for {run.Age.TotalSeconds:0} s"))}. "
                + "Look at what the state calls, stop the run, or give the state a timeout.");
        if (status.Parked > options.MaxParked)
            problems.Add(
                $"{status.Parked} runs are parked: {string.Join("; ", status.SomeParked)}. Mend what failed, then unpark them.");
        return problems.Count > 0
            ? HealthCheckResult.Degraded(string.Join(" ", problems), data: data)
            : HealthCheckResult.Healthy($"{status.Live} runs are live, {status.Waiting} wait for their turn.", data);
    }
}
