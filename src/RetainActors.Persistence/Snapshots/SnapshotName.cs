using System.Globalization;
using System.Security.Cryptography;

namespace RetainActors.Persistence.Snapshots;

/// <summary>
/// Where the snapshots of one id are: in one of 256 folders, under names that begin with the SHA-256 of the id. So every id is
/// a safe name of bounded length, and a folder has few enough files to be listed for each recovery.
/// </summary>
internal sealed class SnapshotName
{
    private const string Suffix = ".snapshot";
    private const string TemporarySuffix = ".tmp";

    private readonly string _prefix;

    public SnapshotName(string directory, string persistenceId)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(SnapshotCodec.IdBytes(persistenceId)));
        Folder = Path.Combine(directory, hash[..2]);
        _prefix = hash + ".";
    }

    public string Folder { get; }

    /// <summary>The name carries the number alone: saving it again replaces the file in one step.</summary>
    public string PathOf(long sequenceNr) =>
        Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{_prefix}{sequenceNr:D19}{Suffix}"));

    /// <summary>A name that nobody else writes.</summary>
    public string NewTemporaryPath() => Path.Combine(Folder, $"{_prefix}{Guid.NewGuid():N}{TemporarySuffix}");

    public bool IsTemporary(string file) => IsMine(file) && file.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    /// <summary>The number of a snapshot of this id; null for any other file.</summary>
    public long? SequenceNrOf(string file) =>
        IsMine(file) && file.EndsWith(Suffix, StringComparison.Ordinal)
        && long.TryParse(file.AsSpan(_prefix.Length..^Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private bool IsMine(string file) =>
        file.StartsWith(_prefix, StringComparison.Ordinal) && file.Length > _prefix.Length + Suffix.Length;
}
