using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Akka.Configuration;
using RetainActors.Runs;

namespace RetainActors.Diagnostics;

/// <summary>The instruments of runs. Without a listener they cost a comparison each, and no memory.</summary>
internal sealed record RunTelemetry(KeyTags KeyTags)
{
    private static readonly Counter<long> Count = Instruments.Meter.CreateCounter<long>(
        "retain.run.count", "{run}", "Starts of runs that were answered, by how.");
    private static readonly Histogram<double> Duration = Instruments.Meter.CreateHistogram<double>(
        "retain.run.duration", "s", "How long runs were live.");
    private static readonly Histogram<double> StateDuration = Instruments.Meter.CreateHistogram<double>(
        "retain.run.state.duration", "s", "How long states and branches took that came to an end of their own.");
    private static readonly Counter<long> Resumed = Instruments.Meter.CreateCounter<long>(
        "retain.run.resumed", "{run}", "Runs that went on from a checkpoint.");
    private static readonly Counter<long> Skipped = Instruments.Meter.CreateCounter<long>(
        "retain.run.state.skipped", "{state}", "States and branches that resumed runs did not run again, since they were done.");
    private static readonly Counter<long> Retried = Instruments.Meter.CreateCounter<long>(
        "retain.run.retried", "{retry}", "Failures of states and branches that are entered again after a wait.");
    private static readonly Counter<long> Parked = Instruments.Meter.CreateCounter<long>(
        "retain.run.parked", "{run}", "Runs that were parked, by the state or branch that failed too often.");

    public static RunTelemetry From(Config root) => new(KeyTagsSetting.From(root));

    /// <summary>A start was answered.</summary>
    /// <param name="result">The answer.</param>
    /// <param name="lived">How long the run was live; null when it never was.</param>
    public void OnEnded(RunResult result, TimeSpan? lived)
    {
        if (!Count.Enabled && !Duration.Enabled) return;
        var tags = KeyTags.TagsOf(result.Key);
        tags.Add(Instruments.OutcomeTag, NameOf(result.Outcome));
        if (lived is { } time) Duration.Record(time.TotalSeconds, tags);
        if (result.Error is { } error) tags.Add(Instruments.ReasonTag, error.Reason);
        Count.Add(1, tags);
    }

    public void OnLeft(CheckpointKey key, string state, TimeSpan duration, bool succeeded)
    {
        if (!StateDuration.Enabled) return;
        var tags = TagsOf(key, state);
        tags.Add(Instruments.OutcomeTag, Instruments.OfStep(succeeded));
        StateDuration.Record(duration.TotalSeconds, tags);
    }

    /// <param name="key">The key.</param>
    /// <param name="states">Done before, by the step log.</param>
    /// <param name="branches">Done before, of the fork that is open.</param>
    public void OnResumed(CheckpointKey key, int states, int branches)
    {
        if (Resumed.Enabled) Resumed.Add(1, KeyTags.TagsOf(key));
        if (Skipped.Enabled) Skipped.Add(states + branches, KeyTags.TagsOf(key));
    }

    public void OnRetried(CheckpointKey key, string state)
    {
        if (Retried.Enabled) Retried.Add(1, TagsOf(key, state));
    }

    public void OnParked(CheckpointKey key, string state)
    {
        if (Parked.Enabled) Parked.Add(1, TagsOf(key, state));
    }

    /// <summary>The word that the JSON of the command line has for it.</summary>
    public static string NameOf(RunOutcome outcome) => JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString());

    private TagList TagsOf(CheckpointKey key, string state)
    {
        var tags = KeyTags.TagsOf(key);
        tags.Add(Instruments.StateTag, state);
        return tags;
    }
}
