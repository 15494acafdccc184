using System.Text;
using Akka.Configuration;
using Akka.Persistence.Hosting;
using RetainActors.Persistence;

namespace RetainActors.Hosting;

/// <summary>
/// The keys of a file snapshot store that code or appsettings set. A property left null leaves the key to HOCON and its default
/// in <c>reference.conf</c>; one that is set lies over the HOCON that was added before.
/// </summary>
/// <param name="isDefaultPlugin">Whether persistent actors without a snapshot store of their own use this one.</param>
public sealed class RetainFileSnapshotOptions(bool isDefaultPlugin) : SnapshotOptions(isDefaultPlugin)
{
    /// <summary>Options of the default snapshot store.</summary>
    public RetainFileSnapshotOptions()
        : this(isDefaultPlugin: true)
    {
    }

    /// <summary>Last part of the plugin id <c>akka.persistence.snapshot-store.IDENTIFIER</c>.</summary>
    public override string Identifier { get; set; } = "retain-file";

    /// <summary>Directory the data lives in, best that of the journal; snapshots are in <c>ROOT/snapshots</c>.</summary>
    public string? Root { get; set; }

    /// <summary>Whether snapshots are on the disk or in memory.</summary>
    public JournalFileSystem? FileSystem { get; set; }

    /// <summary>Largest snapshot with its header, from 1 KiB to 1 GiB.</summary>
    public long? MaxSnapshotSizeBytes { get; set; }

    /// <summary>Whether an actor whose snapshots cannot be read recovers from its events alone.</summary>
    public bool? SnapshotIsOptional { get; set; }

    /// <summary>How long a request may take (<c>circuit-breaker.call-timeout</c>).</summary>
    public TimeSpan? CallTimeout { get; set; }

    /// <inheritdoc/>
    /// <remarks>Only the class: the defaults of all keys lie below all HOCON, put there when the actor system starts.</remarks>
    protected override Config InternalDefaultConfig => ConfigurationFactory.ParseString(HoconText.ClassKey<FileSnapshotStore>());

    /// <inheritdoc/>
    protected override StringBuilder Build(StringBuilder sb)
    {
        ArgumentNullException.ThrowIfNull(sb);
        sb.AppendLine(HoconText.ClassKey<FileSnapshotStore>());
        sb.AppendKey("root", Root).AppendKey("file-system", FileSystem?.ToString().ToLowerInvariant());
        sb.AppendKey("max-snapshot-size", MaxSnapshotSizeBytes).AppendKey("snapshot-is-optional", SnapshotIsOptional);
        sb.AppendKey("circuit-breaker.call-timeout", CallTimeout);
        return base.Build(sb).WithoutUnset(AutoInitialize, Serializer);
    }
}
