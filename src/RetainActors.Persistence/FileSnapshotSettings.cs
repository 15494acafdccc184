using Akka.Configuration;

namespace RetainActors.Persistence;

/// <summary>The settings of one section of a snapshot store; <c>reference.conf</c> explains the keys and holds the defaults.</summary>
internal sealed record FileSnapshotSettings(string Root, JournalFileSystem FileSystem, long MaxSizeBytes, string Serializer)
{
    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names the key.</exception>
    public static FileSnapshotSettings From(Config section) => new(
        SectionReader.Root(section),
        SectionReader.FileSystem(section),
        SectionReader.Size(section, "max-snapshot-size", 1024, 1024 * 1024 * 1024),
        SectionReader.Read(section, "serializer", key => section.GetString(key)));
}
