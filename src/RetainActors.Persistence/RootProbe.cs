using System.Text;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>What a try of a root found out.</summary>
/// <param name="Root">The directory of the data.</param>
/// <param name="FreeBytes">The space that is left for this user there; null in memory.</param>
public sealed record RootProbe(string Root, long? FreeBytes)
{
    /// <summary>Writes a small file, syncs it, reads it back and deletes it, unless it is null. One at a time per file.</summary>
    internal static RootProbe Run(IFileSystem fileSystem, string root, string? fileName)
    {
        try
        {
            if (fileName is not null) Create(fileSystem, root);
            if (fileSystem.InspectDirectory(root) != DirectoryState.Private)
                throw new RootUnavailableException($"{root} is not a directory that only its owner can write in.");
            if (fileName is not null) WriteAndRead(fileSystem, Path.Combine(root, fileName));
            return new RootProbe(root, fileSystem is PosixFileSystem ? new DriveInfo(root).AvailableFreeSpace : null);
        }
        catch (FileSystemException failure)
        {
            throw failure.Error == FileSystemError.NoSpace
                ? new JournalFullException(failure.Message, failure)
                : new RootUnavailableException(failure.Message, failure);
        }
    }

    /// <summary>A snapshot store makes its root with the first snapshot only; the plugins sync the names of what they find.</summary>
    private static void Create(IFileSystem fileSystem, string directory)
    {
        if (fileSystem.InspectDirectory(directory) != DirectoryState.Missing || Path.GetDirectoryName(directory) is not { } parent) return;
        Create(fileSystem, parent);
        try
        {
            fileSystem.CreateDirectory(directory);
        }
        catch (FileSystemException) when (fileSystem.InspectDirectory(directory) != DirectoryState.Missing)
        {
            // A plugin, or another probe, was faster.
        }
    }

    private static void WriteAndRead(IFileSystem fileSystem, string path)
    {
        // A process that was killed may have left it.
        fileSystem.Delete(path);
        var bytes = Encoding.UTF8.GetBytes($"probe {Guid.NewGuid()}");
        using (var file = fileSystem.Open(path, FileOpening.CreateNew))
        {
            file.Write(0, bytes);
            file.Sync();
        }

        var read = new byte[bytes.Length + 1];
        int count;
        using (var file = fileSystem.Open(path, FileOpening.Read)) count = file.Read(0, read);
        if (!read.AsSpan(0, count).SequenceEqual(bytes))
            throw new SegmentCorruptException(path, 0, "the bytes that were just written");
        fileSystem.Delete(path);
    }
}
