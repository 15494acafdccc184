using System.Collections.Immutable;

namespace RetainActors.Checkpoints;

/// <summary>What the journal holds of one key: enough to decide when a base is due and what may be trimmed.</summary>
/// <param name="First">The oldest revision that is stored; 0 when there is none.</param>
/// <param name="Bases">The base records, oldest first.</param>
/// <param name="BaseBytes">Size of the newest base.</param>
/// <param name="RecordsSince">Records after the newest base.</param>
/// <param name="BytesSince">Their size.</param>
internal sealed record StoredRecords(long First, ImmutableList<long> Bases, long BaseBytes, int RecordsSince, long BytesSince)
{
    /// <summary>The fewest records between two bases.</summary>
    public const int MinInterval = 16;

    /// <summary>The most, for the time of a replay.</summary>
    public const int MaxInterval = 1024;

    /// <summary>How much larger than the newest base the records after it may become before another one is due.</summary>
    private const int MaxReplay = 4;

    public static StoredRecords None { get; } = new(0, [], 0, 0, 0);

    /// <summary>
    /// Whether the next save should be a base. A base is as large as the context; written once the records since the last one
    /// are <see cref="MaxReplay"/> times as large, all bases together cost no more than a quarter of what changed, however long the run,
    /// and a replay decodes at most about five times what a base holds.
    /// </summary>
    public bool IsBaseDue => Bases.IsEmpty || (RecordsSince >= MinInterval && BytesSince >= MaxReplay * BaseBytes) || RecordsSince >= MaxInterval;

    public StoredRecords WithBase(long revision, int bytes) => new(FirstOr(revision), Bases.Add(revision), bytes, 0, 0);

    public StoredRecords With(long revision, int bytes) =>
        this with { First = FirstOr(revision), RecordsSince = RecordsSince + 1, BytesSince = BytesSince + bytes };

    /// <summary>The same without what is older than a base.</summary>
    public StoredRecords TrimmedTo(long revision) => this with { First = revision, Bases = Bases.RemoveAll(known => known < revision) };

    private long FirstOr(long revision) => First == 0 ? revision : First;
}
