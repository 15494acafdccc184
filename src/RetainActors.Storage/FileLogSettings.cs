namespace RetainActors.Storage;

/// <summary>Where a log lives and how large its parts may grow. <see cref="FileLog.Open"/> validates it.</summary>
public sealed record FileLogSettings
{
    private const long MiB = 1024 * 1024;

    /// <summary>What a timer can count.</summary>
    private static readonly TimeSpan MaxInterval = TimeSpan.FromDays(49);

    /// <summary>The folder of the segments (<c>ROOT/journal</c>). It and its parent are created when absent.</summary>
    public required string Directory { get; init; }

    /// <summary>A segment that would grow above this is sealed and followed by a new one. 4 KiB to 1 GiB.</summary>
    public long SegmentSizeBytes { get; init; } = 64 * MiB;

    /// <summary>The largest atomic unit as it is stored; a larger one fails with <see cref="RecordTooLargeException"/>.</summary>
    public int MaxUnitSizeBytes { get; init; } = checked((int)(16 * MiB));

    /// <summary>How much the commit thread puts under one sync. A single unit may exceed it.</summary>
    public int MaxBatchSizeBytes { get; init; } = checked((int)(16 * MiB));

    /// <summary>Appends waiting for their sync may hold this much; above it they fail with <see cref="BusyException"/>.</summary>
    public long MaxQueuedBytes { get; init; } = 64 * MiB;

    /// <summary>
    /// Sealed segments in which less than this share of the record bytes is live are rewritten without the rest, in the
    /// background. From 0, which never does it by itself, to 1.
    /// </summary>
    public double CompactionLiveShare { get; init; } = 0.5;

    /// <summary>
    /// How many files of segments that compaction has emptied are kept to become segments again, which is faster than deleting
    /// them and growing new ones. From 0, which deletes them, to 16.
    /// </summary>
    public int SpareSegments { get; init; } = 2;

    /// <summary>How much the background work reads or writes at a time, so that commits never wait longer for it.</summary>
    public int CompactionSliceBytes { get; init; } = checked((int)MiB);

    /// <summary>
    /// How long after opening, and after the end of one scrub, the log reads every byte of its sealed segments by itself, in the
    /// background; see <see cref="FileLog.DamageFound"/>. Zero for never.
    /// </summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How fast a scrub in the background reads, in pieces of at most 256 KiB. 4 KiB to 1 GiB per second.</summary>
    public int ScrubBytesPerSecond { get; init; } = checked((int)(16 * MiB));

    /// <summary>The clock of <see cref="ScrubInterval"/> and <see cref="ScrubBytesPerSecond"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Above this size of all segments <see cref="LogStatistics.IsAboveWarning"/> says so; 0 for never.</summary>
    public long TotalSizeWarningBytes { get; init; }

    /// <summary>Opens for reading only: takes no lock, creates nothing and changes no byte.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>After how long without an append a watermark proves the last batch to readers; tests turn it off.</summary>
    internal int IdleMilliseconds { get; init; } = 100;

    /// <summary>The ids of new segments; tests give all the same one, which takes the seed from every checksum.</summary>
    internal Func<UInt128>? NewSegmentId { get; init; }

    internal void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Directory), nameof(Directory), "must name a folder");
        Require(!Directory.Contains('\0', StringComparison.Ordinal), nameof(Directory), "must not contain a NUL character");
        Require(
            SegmentSizeBytes is >= 4096 and <= SegmentFormat.MaxSegmentSize, nameof(SegmentSizeBytes),
            "must be from 4096 to 1073741824");
        Require(MaxUnitSizeBytes is >= 1024 and <= 1 << 30, nameof(MaxUnitSizeBytes), "must be from 1024 to 1073741824");
        Require(MaxBatchSizeBytes is >= 1024 and <= 1 << 30, nameof(MaxBatchSizeBytes), "must be from 1024 to 1073741824");
        Require(MaxQueuedBytes >= MaxUnitSizeBytes, nameof(MaxQueuedBytes), "must not be below " + nameof(MaxUnitSizeBytes));
        Require(CompactionLiveShare is >= 0 and <= 1, nameof(CompactionLiveShare), "must be from 0 to 1");
        Require(SpareSegments is >= 0 and <= 16, nameof(SpareSegments), "must be from 0 to 16");
        Require(CompactionSliceBytes is >= 4096 and <= 1 << 26, nameof(CompactionSliceBytes), "must be from 4096 to 67108864");
        Require(
            ScrubInterval >= TimeSpan.Zero && ScrubInterval <= MaxInterval, nameof(ScrubInterval), "must be from 0 to 49 days");
        Require(
            ScrubBytesPerSecond is >= 4096 and <= 1 << 30, nameof(ScrubBytesPerSecond), "must be from 4096 to 1073741824");
        Require(TimeProvider is not null, nameof(TimeProvider), "must be a clock");
        Require(TotalSizeWarningBytes >= 0, nameof(TotalSizeWarningBytes), "must not be negative");
    }

    private static void Require(bool satisfied, string property, string rule)
    {
        if (!satisfied) throw new ArgumentException($"{nameof(FileLogSettings)}.{property} {rule}.", property);
    }
}
