using System.Collections.Concurrent;
using Akka.Persistence;
using RetainActors.Storage;

namespace RetainActors.Persistence.Snapshots;

/// <summary>
/// The files of the snapshots. A snapshot is whole and durable under its name or not there at all: it is written to a file of
/// its own, synced, renamed, and the folder synced. Blocks; calls for one id must not overlap, others may.
/// </summary>
internal sealed class SnapshotDirectory(string root, IFileSystem fileSystem, Action<string, string> warn)
{
    /// <summary>No snapshot can be larger: it is one array.</summary>
    private const long MaxFileLength = int.MaxValue - 1024;

    private readonly string _directory = Path.Combine(root, "snapshots");

    // Folders whose names this instance has synced: one that exists may come from a save that failed before its sync.
    private readonly ConcurrentDictionary<string, bool> _durable = new(StringComparer.Ordinal);

    /// <summary>Stores a snapshot, replacing one of the same number.</summary>
    public void Save(string persistenceId, long sequenceNr, byte[] file)
    {
        var name = new SnapshotName(_directory, persistenceId);
        EnsureFolder(name.Folder);
        var temporary = name.NewTemporaryPath();
        try
        {
            using (var opened = fileSystem.Open(temporary, FileOpening.CreateNew))
            {
                opened.Write(0, file);
                opened.Sync();
            }
            fileSystem.Rename(temporary, name.PathOf(sequenceNr));
        }
        catch
        {
            _durable.Clear();
            TryDelete(temporary);
            throw;
        }
        fileSystem.SyncDirectory(name.Folder);
    }

    /// <summary>The newest valid snapshot that matches; null when there is none. Each damaged one on the way is named.</summary>
    /// <exception cref="SnapshotUnreadableException">There are snapshots, and all of them are damaged.</exception>
    public SnapshotRecord? FindNewest(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        var name = new SnapshotName(_directory, persistenceId);
        string? damage = null;
        foreach (var sequenceNr in Numbers(name, criteria).OrderDescending())
        {
            var record = Read(name, persistenceId, sequenceNr, out var problem);
            if (record is not null)
            {
                if (criteria.Includes(record)) return record;
                continue;
            }
            if (problem.Length == 0) continue;
            warn(name.PathOf(sequenceNr), problem);
            damage ??= $"{name.PathOf(sequenceNr)}: {problem}";
        }
        return damage is null ? null : throw new SnapshotUnreadableException(persistenceId, $"no valid snapshot is left; {damage}");
    }

    /// <summary>Deletes one snapshot; with a timestamp only if it has exactly that one. False when nothing was deleted.</summary>
    public bool Delete(SnapshotMetadata metadata)
    {
        var name = new SnapshotName(_directory, metadata.PersistenceId);
        if (!Numbers(name, new SnapshotSelectionCriteria(metadata.SequenceNr)).Contains(metadata.SequenceNr)) return false;
        if (metadata.Timestamp != DateTime.MinValue
            && Read(name, metadata.PersistenceId, metadata.SequenceNr, out _)?.TimestampTicks != metadata.Timestamp.Ticks)
            return false;
        return Delete(name, [metadata.SequenceNr]);
    }

    /// <summary>Deletes all that match. A damaged one has no known timestamp: it goes only when the criteria name none.</summary>
    public bool Delete(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        var name = new SnapshotName(_directory, persistenceId);
        var numbers = Numbers(name, criteria);
        if (!criteria.IsAnyTime())
            numbers = [.. numbers.Where(number => Read(name, persistenceId, number, out _) is { } record && criteria.Includes(record))];
        return Delete(name, numbers);
    }

    /// <summary>Why nothing can be stored here, without trying; null when it can.</summary>
    public string? Defect() =>
        DefectOf(fileSystem.InspectDirectory(_directory)) is { } defect ? $"{_directory} {defect}." : null;

    /// <summary>Creates a folder and those above it, and makes their names durable.</summary>
    private void EnsureFolder(string folder)
    {
        if (Path.GetDirectoryName(folder) is not { } above || _durable.ContainsKey(folder)) return;
        EnsureFolder(above);
        var state = fileSystem.InspectDirectory(folder);
        if (state == DirectoryState.Missing) fileSystem.CreateDirectory(folder);
        else if (folder.Length >= root.Length) RequireSafe(folder, state);
        try
        {
            fileSystem.SyncDirectory(above);
        }
        catch (FileSystemException e) when (e.Error is FileSystemError.AccessDenied or FileSystemError.ReadOnlyFileSystem)
        {
            // A folder that this user cannot read was not made by this store either.
        }
        _durable.TryAdd(folder, true);
    }

    private static void RequireSafe(string folder, DirectoryState state)
    {
        if (DefectOf(state) is { } defect) throw new RootUnsafeException(folder, defect);
    }

    private static string? DefectOf(DirectoryState state) => state switch
    {
        DirectoryState.Private or DirectoryState.Missing => null,
        DirectoryState.SymbolicLink => "is a symbolic link",
        DirectoryState.WritableByOthers => "can be written by group or others",
        _ => "is no folder",
    };

    private List<long> Numbers(SnapshotName name, SnapshotSelectionCriteria criteria)
    {
        if (fileSystem.InspectDirectory(name.Folder) == DirectoryState.Missing) return [];
        var numbers = new List<long>();
        foreach (var file in fileSystem.ListFiles(name.Folder))
        {
            if (name.SequenceNrOf(file) is { } number && number >= criteria.MinSequenceNr && number <= criteria.MaxSequenceNr)
                numbers.Add(number);
            // Left behind by a crash: no other save of this id runs.
            else if (name.IsTemporary(file)) TryDelete(Path.Combine(name.Folder, file));
        }
        return numbers;
    }

    /// <summary>The snapshot, or null with its problem; null without a problem when the file is gone meanwhile.</summary>
    private SnapshotRecord? Read(SnapshotName name, string persistenceId, long sequenceNr, out string problem)
    {
        problem = "";
        byte[] bytes;
        try
        {
            using var file = fileSystem.Open(name.PathOf(sequenceNr), FileOpening.Read);
            if (file.Length > MaxFileLength)
            {
                problem = $"it has {file.Length} bytes";
                return null;
            }
            bytes = new byte[file.Length];
            var read = file.Read(0, bytes);
            bytes = bytes[..read];
        }
        catch (FileSystemException e) when (e.Error == FileSystemError.NotFound)
        {
            return null;
        }

        var record = SnapshotCodec.Decode(bytes, out problem);
        if (record is null || (record.PersistenceId == persistenceId && record.SequenceNr == sequenceNr)) return record;
        problem = $"it holds snapshot {record.SequenceNr} of '{record.PersistenceId}'";
        return null;
    }

    private bool Delete(SnapshotName name, List<long> sequenceNrs)
    {
        if (sequenceNrs.Count == 0) return false;
        // Ascending, so that a deletion that a crash cuts short leaves the newest ones.
        foreach (var sequenceNr in sequenceNrs.Order()) fileSystem.Delete(name.PathOf(sequenceNr));
        fileSystem.SyncDirectory(name.Folder);
        return true;
    }

    private void TryDelete(string path)
    {
        try
        {
            fileSystem.Delete(path);
        }
        catch (FileSystemException)
        {
            // A left-over file of this kind is never read, and tried again later.
        }
    }
}
