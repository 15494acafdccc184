using System.Collections.Immutable;
using RetainActors.Json;

namespace RetainActors;

/// <summary>
/// The control plane of a run: what a checkpoint stores. Immutable; states return changed copies. Text, sections and
/// embeddings are derived data and are not part of it. Two contexts are equal when their stored forms are equal.
/// </summary>
public sealed record RetainContext(CheckpointKey Key)
{
    /// <summary>Length of the source text, in UTF-16 code units.</summary>
    public long TextLength { get; init; }

    /// <summary>SHA-256 of the source text's UTF-8 bytes, lower-case hex; null when unknown.</summary>
    public string? TextSha256 { get; init; }

    /// <summary>The date that the source speaks from, given by the caller.</summary>
    public Timestamp? ReferenceDate { get; init; }

    /// <summary>Id of the stored document, once a state has assigned it.</summary>
    public string? DocumentId { get; init; }

    /// <summary>Entities found.</summary>
    public ImmutableArray<string> Entities { get; init; } = [];

    /// <summary>Ids of the wiki pages made by this run.</summary>
    public ImmutableArray<string> WikisCreated { get; init; } = [];

    /// <summary>Ids of the wiki pages changed by this run.</summary>
    public ImmutableArray<string> WikisUpdated { get; init; } = [];

    /// <summary>Which item supersedes which.</summary>
    public ImmutableArray<SupersedesEdge> SupersedesEdges { get; init; } = [];

    /// <summary>The last state that was left with success; null before the first.</summary>
    public string? CompletedState { get; init; }

    /// <summary>The state that a resume enters; null when the run is completed.</summary>
    public string? NextState { get; init; }

    /// <summary>Where the run stands.</summary>
    public CheckpointStatus Status { get; init; }

    /// <summary>Number of the attempt, from 1; every resume counts.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The state table that the run last started or resumed with; null when unknown.</summary>
    public TableFingerprint? Table { get; init; }

    /// <summary>The attempt after which the run was last unparked: failures up to then count no more. 0 when it never was.</summary>
    public int UnparkedAfterAttempt { get; init; }

    /// <summary>The finished steps of all attempts, in the order they were stored.</summary>
    public ImmutableArray<StepLogEntry> StepLog { get; init; } = [];

    /// <summary>The errors of the current attempt, each <c>STATE: what</c>.</summary>
    public ImmutableArray<string> Errors { get; init; } = [];

    /// <summary>When the run was first started.</summary>
    public Timestamp? StartedAt { get; init; }

    /// <summary>When the run completed; null until then.</summary>
    public Timestamp? CompletedAt { get; init; }

    /// <summary>Members of the stored form that this version does not know; they are written back.</summary>
    public JsonMembers UnknownMembers { get; init; } = JsonMembers.Empty;

    /// <summary>Milliseconds spent in each state or branch, over all its steps that were measured.</summary>
    public ImmutableSortedDictionary<string, double> DurationMsByState() =>
        StepLog.Where(step => step.DurationMs is not null)
            .GroupBy(step => step.State)
            .ToImmutableSortedDictionary(steps => steps.Key, steps => steps.Sum(step => step.DurationMs!.Value), StringComparer.Ordinal);

    /// <summary>How often a state was left with success; tells one visit of a fork from the next.</summary>
    public int VisitsOf(string state) => StepLog.Count(step => step.State == state && step.Error is null);

    /// <inheritdoc/>
    public bool Equals(RetainContext? other) =>
        ReferenceEquals(this, other) || (other is not null && ContextJson.Encode(this).AsSpan().SequenceEqual(ContextJson.Encode(other)));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, CompletedState, NextState, Status, StepLog.Length, Attempt);
}
