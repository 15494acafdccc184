using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akka.Configuration;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Diagnostics;

/// <summary>A request that is measured, from its arrival at the client to its answer.</summary>
internal readonly record struct MeasuredRequest(long StartedAt, Activity? Span);

/// <summary>The instruments and spans of checkpoints. Without a listener they cost a comparison each, and no memory.</summary>
internal sealed record CheckpointTelemetry(KeyTags KeyTags)
{
    private static readonly Histogram<double> SaveDuration = Instruments.Meter.CreateHistogram<double>(
        "retain.checkpoint.save.duration", "s", "How long saves took, from the client back to the client.");
    private static readonly Counter<long> SaveCount = Instruments.Meter.CreateCounter<long>(
        "retain.checkpoint.save.count", "{checkpoint}", "Saves, saved branches, rewinds and copies that were answered.");
    private static readonly Histogram<double> LoadDuration = Instruments.Meter.CreateHistogram<double>(
        "retain.checkpoint.load.duration", "s", "How long loads took, from the client back to the client.");
    private static readonly Histogram<double> QueueDuration = Instruments.Meter.CreateHistogram<double>(
        "retain.checkpoint.queue.duration", "s", "How long requests waited at the actor of their key for the write before them.");
    private static readonly Counter<long> Coalesced = Instruments.Meter.CreateCounter<long>(
        "retain.checkpoint.coalesced", "{request}", "Requests that went to the journal in the write of an earlier one.");

    public static CheckpointTelemetry From(Config root) => new(KeyTagsSetting.From(root));

    /// <summary>When something is to be measured from now on; 0 when nobody asks.</summary>
    public static long QueuedNow => QueueDuration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>A request came to the client.</summary>
    public static MeasuredRequest Begin(ICheckpointCommand command, ActivityContext caller) => new(
        SaveDuration.Enabled || LoadDuration.Enabled ? Stopwatch.GetTimestamp() : 0,
        SpanOf(command) is { } name ? Spans.Start(name, caller, command.Key) : null);

    /// <summary>The client is about to answer it.</summary>
    public void End(MeasuredRequest request, ICheckpointCommand command, ICheckpointReply reply)
    {
        if (request.Span is null && !SaveDuration.Enabled && !SaveCount.Enabled && !LoadDuration.Enabled) return;
        var (outcome, reason, detail) = OutcomeOf(reply);
        if (command is ISaveCommand or Load)
        {
            var tags = KeyTags.TagsOf(command.Key);
            tags.Add(Instruments.OutcomeTag, outcome);
            if (reason is not null) tags.Add(Instruments.ReasonTag, reason);
            if (command is Load) Record(LoadDuration, request.StartedAt, tags);
            else
            {
                SaveCount.Add(1, tags);
                Record(SaveDuration, request.StartedAt, tags);
            }
        }

        if (request.Span is not { } span) return;
        span.SetTag(Instruments.OutcomeTag, outcome);
        if (reason is not null) span.SetTag(Instruments.ReasonTag, reason);
        Spans.End(span, detail);
    }

    /// <summary>The actor of the key has turned to a request.</summary>
    public void Dequeued(long queuedAt, CheckpointKey key)
    {
        if (QueueDuration.Enabled) Record(QueueDuration, queuedAt, KeyTags.TagsOf(key));
    }

    /// <summary>The records of a batch go to the journal.</summary>
    /// <param name="key">The key.</param>
    /// <param name="records">How many.</param>
    /// <param name="bytes">Their size.</param>
    /// <param name="traces">The traces of the requests; null when none has one.</param>
    public Activity? BeginWrite(CheckpointKey key, int records, long bytes, IReadOnlyList<ActivityContext>? traces)
    {
        if (records > 1 && Coalesced.Enabled) Coalesced.Add(records - 1, KeyTags.TagsOf(key));
        // Under the first request, and linked to those that went with it.
        return Spans.Start("checkpoint.write", traces?[0] ?? default, key, traces?.Skip(1).Select(trace => new ActivityLink(trace)))
            ?.SetTag("retain.checkpoint.records", records).SetTag("retain.checkpoint.bytes", bytes);
    }

    private static string? SpanOf(ICheckpointCommand command) => command switch
    {
        ISaveCommand => "checkpoint.save",
        Load => "checkpoint.load",
        Claim => "checkpoint.claim",
        Delete => "checkpoint.delete",
        _ => null,
    };

    private static (string Outcome, string? Reason, string? Detail) OutcomeOf(ICheckpointReply reply) => reply switch
    {
        SaveRefused refused => ("refused", refused.Reason.ToString(), refused.Detail),
        ClaimRefused refused => ("refused", refused.Reason.ToString(), refused.Detail),
        SaveUnknown unknown => ("unknown", null, unknown.Detail),
        Unavailable unavailable => ("unavailable", unavailable.Reason, unavailable.Detail),
        Corrupt corrupt => ("corrupt", null, corrupt.Detail),
        TooNew newer => ("tooNew", null, $"schema version {newer.SchemaVersion}"),
        NotFound => ("notFound", null, null),
        _ => (Instruments.Success, null, null),
    };

    /// <summary>What began before anybody listened has no duration.</summary>
    private static void Record(Histogram<double> histogram, long startedAt, in TagList tags)
    {
        if (startedAt != 0) histogram.Record(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, tags);
    }
}
