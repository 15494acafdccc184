using System.Text;
using Akka.Configuration;
using Akka.Persistence.Hosting;
using RetainActors.Persistence;

namespace RetainActors.Hosting;

/// <summary>
/// The keys of a file journal that code or appsettings set. A property left null leaves the key to HOCON and its default in
/// <c>reference.conf</c>; one that is set lies over the HOCON that was added before.
/// </summary>
/// <param name="isDefaultPlugin">Whether persistent actors without a journal of their own use this one.</param>
public sealed class RetainFileJournalOptions(bool isDefaultPlugin) : JournalOptions(isDefaultPlugin)
{
    /// <summary>Options of the default journal.</summary>
    public RetainFileJournalOptions()
        : this(isDefaultPlugin: true)
    {
    }

    /// <summary>Last part of the plugin id <c>akka.persistence.journal.IDENTIFIER</c>; another one for each journal.</summary>
    public override string Identifier { get; set; } = "retain-file";

    /// <summary>Directory the data lives in; the log is in <c>ROOT/journal</c>. Relative to the working directory.</summary>
    public string? Root { get; set; }

    /// <summary>Whether the log is only read, beside a running owner.</summary>
    public bool? ReadOnly { get; set; }

    /// <summary>Whether the log is on the disk or in memory.</summary>
    public JournalFileSystem? FileSystem { get; set; }

    /// <summary>Size at which the log starts a new segment, from 4 KiB to 1 GiB.</summary>
    public long? SegmentSizeBytes { get; set; }

    /// <summary>Largest atomic write, from 1 KiB to 1 GiB.</summary>
    public long? MaxUnitSizeBytes { get; set; }

    /// <summary>Bytes that may wait for the disk; at least <see cref="MaxUnitSizeBytes"/>.</summary>
    public long? MaxQueuedBytes { get; set; }

    /// <summary>Whether the space of deleted events is given back.</summary>
    public bool? CompactionEnabled { get; set; }

    /// <summary>Segments of which less than this share is live are rewritten; above 0, at most 1.</summary>
    public double? CompactionLiveShare { get; set; }

    /// <summary>Size of the log above which the journal is degraded; 0 for never.</summary>
    public long? TotalSizeWarningBytes { get; set; }

    /// <summary>How often full segments are searched for damage; <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    public TimeSpan? ScrubInterval { get; set; }

    /// <summary>First wait before opening is tried again.</summary>
    public TimeSpan? OpenRetryMinBackoff { get; set; }

    /// <summary>Longest wait before opening is tried again.</summary>
    public TimeSpan? OpenRetryMaxBackoff { get; set; }

    /// <summary>How long a write may take (<c>circuit-breaker.call-timeout</c>); longer than the worst stall of a sync.</summary>
    public TimeSpan? CallTimeout { get; set; }

    /// <inheritdoc/>
    /// <remarks>Only the class: the defaults of all keys lie below all HOCON, put there when the actor system starts.</remarks>
    protected override Config InternalDefaultConfig => ConfigurationFactory.ParseString(HoconText.ClassKey<FileJournal>());

    /// <inheritdoc/>
    protected override StringBuilder Build(StringBuilder sb)
    {
        ArgumentNullException.ThrowIfNull(sb);
        sb.AppendLine(HoconText.ClassKey<FileJournal>());
        sb.AppendKey("root", Root).AppendKey("read-only", ReadOnly).AppendKey("file-system", FileSystem?.ToString().ToLowerInvariant());
        sb.AppendKey("segment-size", SegmentSizeBytes).AppendKey("max-unit-size", MaxUnitSizeBytes);
        sb.AppendKey("max-queued-bytes", MaxQueuedBytes).AppendKey("compaction.enabled", CompactionEnabled);
        sb.AppendKey("compaction.live-share", CompactionLiveShare).AppendKey("total-size-warning", TotalSizeWarningBytes);
        sb.AppendKey("scrub-interval", ScrubInterval).AppendKey("open-retry.min-backoff", OpenRetryMinBackoff);
        sb.AppendKey("open-retry.max-backoff", OpenRetryMaxBackoff).AppendKey("circuit-breaker.call-timeout", CallTimeout);
        return base.Build(sb).WithoutUnset(AutoInitialize, Serializer);
    }
}
