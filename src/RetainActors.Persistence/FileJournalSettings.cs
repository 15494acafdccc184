using Akka.Configuration;
using RetainActors.Storage;
using static RetainActors.Persistence.SectionReader;

namespace RetainActors.Persistence;

/// <summary>The settings of one journal section; <c>reference.conf</c> explains the keys and holds the defaults.</summary>
public sealed record FileJournalSettings
{
    private const long Kibibyte = 1024;
    private const long Gibibyte = 1024 * 1024 * Kibibyte;

    // Made by From only, so that a new key breaks nobody.
    internal FileJournalSettings()
    {
    }

    /// <summary>Absolute path of the directory the data lives in.</summary>
    public required string Root { get; init; }

    /// <summary>Whether the log is only read, beside a running owner.</summary>
    public required bool ReadOnly { get; init; }

    /// <summary>Whether the log is on the disk or in memory.</summary>
    public required JournalFileSystem FileSystem { get; init; }

    /// <summary>Size at which the log starts a new segment.</summary>
    public required long SegmentSizeBytes { get; init; }

    /// <summary>Largest atomic write.</summary>
    public required int MaxUnitSizeBytes { get; init; }

    /// <summary>Bytes that may wait for the disk.</summary>
    public required long MaxQueuedBytes { get; init; }

    /// <summary>Whether space of deleted events is given back.</summary>
    public required bool CompactionEnabled { get; init; }

    /// <summary>Segments of which less than this share is live are rewritten.</summary>
    public required double CompactionLiveShare { get; init; }

    /// <summary>Size of the log above which the journal is degraded; 0 for never.</summary>
    public required long TotalSizeWarningBytes { get; init; }

    /// <summary>How often all sealed segments are read in search of damage; null for never.</summary>
    public required TimeSpan? ScrubInterval { get; init; }

    /// <summary>Files of emptied segments that are kept to be used again.</summary>
    public required int SpareSegments { get; init; }

    /// <summary>First wait before opening is tried again.</summary>
    public required TimeSpan OpenRetryMinBackoff { get; init; }

    /// <summary>Longest wait before opening is tried again.</summary>
    public required TimeSpan OpenRetryMaxBackoff { get; init; }

    /// <summary>Serializer of event types without a binding; empty for the one bound to <see cref="object"/>.</summary>
    public required string Serializer { get; init; }

    /// <summary>Directory of the log: <c>ROOT/journal</c>.</summary>
    public string LogDirectory => Path.Combine(Root, "journal");

    /// <summary>Reads a complete section, one with the reference configuration below it.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names the key.</exception>
    public static FileJournalSettings From(Config section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var unit = (int)Size(section, "max-unit-size", Kibibyte, Gibibyte);
        var minBackoff = Wait(section, "open-retry.min-backoff", TimeSpan.FromMilliseconds(1));
        return new FileJournalSettings
        {
            Root = SectionReader.Root(section),
            ReadOnly = Read(section, "read-only", key => section.GetBoolean(key)),
            FileSystem = SectionReader.FileSystem(section),
            SegmentSizeBytes = Size(section, "segment-size", 4 * Kibibyte, Gibibyte),
            MaxUnitSizeBytes = unit,
            MaxQueuedBytes = Size(section, "max-queued-bytes", unit, long.MaxValue),
            CompactionEnabled = Read(section, "compaction.enabled", key => section.GetBoolean(key)),
            CompactionLiveShare = Share(section, "compaction.live-share"),
            TotalSizeWarningBytes = Size(section, "total-size-warning", 0, long.MaxValue),
            ScrubInterval = WaitOrOff(section, "scrub-interval", TimeSpan.FromMilliseconds(1)),
            SpareSegments = Count(section, "spare-segments", 0, 16),
            OpenRetryMinBackoff = minBackoff,
            OpenRetryMaxBackoff = Wait(section, "open-retry.max-backoff", minBackoff),
            Serializer = Read(section, "serializer", key => section.GetString(key)),
        };
    }

    internal FileLogSettings ToLogSettings() => new()
    {
        Directory = LogDirectory,
        SegmentSizeBytes = SegmentSizeBytes,
        MaxUnitSizeBytes = MaxUnitSizeBytes,
        MaxQueuedBytes = MaxQueuedBytes,
        CompactionLiveShare = CompactionEnabled ? CompactionLiveShare : 0,
        TotalSizeWarningBytes = TotalSizeWarningBytes,
        ScrubInterval = ScrubInterval ?? TimeSpan.Zero,
        SpareSegments = SpareSegments,
        ReadOnly = ReadOnly,
    };
}
