using RetainActors.Json;
using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary>
/// The folder that checkpoint files are written to, and nothing outside it: links in it are not followed. A file is written beside its place,
/// synced and renamed, so after a crash there is the old file, the new one, or none.
/// </summary>
internal sealed class ExportFolder(IFileSystem files, string folder)
{
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);

    /// <summary>Whether the bytes were there already, were written now, or why they were not.</summary>
    /// <param name="path">Below the folder: a directory and a file, with a slash.</param>
    /// <param name="bytes">The content.</param>
    /// <param name="overwrite">Whether another file of that name may be replaced.</param>
    public (bool IsUnchanged, AstrocyteFileProblem? Problem) Write(string path, byte[] bytes, bool overwrite)
    {
        var target = Path.Combine(folder, path);
        try
        {
            if (MakeDirectory(Path.GetDirectoryName(target)!) is { } problem) return (false, problem);
            switch (Compare(target, bytes))
            {
                case true:
                    return (true, null);
                case false when !overwrite:
                    return (false, new(AstrocyteFileReason.Exists, "another file of that name is there; give --overwrite to replace it"));
            }

            var temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.tmp");
            files.Delete(temporary);
            using (var file = files.Open(temporary, FileOpening.CreateNew))
            {
                file.Write(0, bytes);
                file.Sync();
            }

            files.Rename(temporary, target);
            return (false, null);
        }
        catch (FileSystemException e)
        {
            return (false, new(AstrocyteFileReason.Unavailable, e.Message));
        }
    }

    /// <summary>Makes the names of all files durable.</summary>
    /// <exception cref="CommandFailure">They are not.</exception>
    public void Sync()
    {
        try
        {
            foreach (var directory in _made) files.SyncDirectory(directory);
        }
        catch (FileSystemException e)
        {
            throw new CommandFailure("OutputUnavailable", $"{e.Message} Check the device, then run the same command again.", ExitCode.Failed, e);
        }
    }

    /// <summary>Whether there is a file and it holds these bytes; null when there is none.</summary>
    private bool? Compare(string path, byte[] bytes)
    {
        try
        {
            using var file = files.Open(path, FileOpening.Read);
            if (file.Length != bytes.Length) return false;
            var there = new byte[bytes.Length];
            return file.Read(0, there) == there.Length && there.AsSpan().SequenceEqual(bytes);
        }
        catch (FileSystemException e) when (e.Error == FileSystemError.NotFound)
        {
            return null;
        }
        // A link, a directory or a file of somebody else.
        catch (FileSystemException)
        {
            return false;
        }
    }

    private AstrocyteFileProblem? MakeDirectory(string path)
    {
        if (_made.Contains(path)) return null;
        switch (files.InspectDirectory(path))
        {
            case DirectoryState.Missing:
                if (Path.GetDirectoryName(path) is { } parent)
                {
                    if (MakeDirectory(parent) is { } problem) return problem;
                    files.CreateDirectory(path);
                    files.SyncDirectory(parent);
                }

                break;
            // The folder itself, and what is above it, is the caller's choice.
            case DirectoryState.SymbolicLink when path.Length <= folder.Length:
                break;
            case DirectoryState.SymbolicLink or DirectoryState.NotADirectory:
                return new(AstrocyteFileReason.Unavailable, $"{path} is a symbolic link or a file where a directory is expected; move it away");
        }

        if (path.Length >= folder.Length) _made.Add(path);
        return null;
    }
}
