using RetainActors.Storage;

namespace RetainActors.Cli.Report;

/// <summary>
/// The file that a report goes to. It is written beside its place, synced and renamed, so there is always the old file, the new one, or
/// none; and only its owner can read it, as with the journal that it tells of.
/// </summary>
internal sealed class ReportFile
{
    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly bool _overwrite;

    private ReportFile(IFileSystem files, string path, bool overwrite) => (_files, _path, _overwrite) = (files, path, overwrite);

    /// <summary>Looks at the place before anything is read, so that a wrong one costs no time.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="output">What the user gave.</param>
    /// <param name="root">The root, which a report stays out of.</param>
    /// <param name="overwrite">Whether a file that is there may be replaced.</param>
    /// <exception cref="CommandFailure">Nothing can or may be written there.</exception>
    public static ReportFile At(IFileSystem files, string output, string root, bool overwrite)
    {
        string path;
        try
        {
            path = Path.GetFullPath(output);
        }
        catch (ArgumentException e)
        {
            throw Invalid($"--output is no file: {e.Message}");
        }

        if ((path + '/').StartsWith(Path.TrimEndingDirectorySeparator(root) + '/', StringComparison.Ordinal)) throw Invalid($"{path} is the root or lies in it.");
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(path)) throw Invalid($"{path} is a directory.");
        if (!Directory.Exists(Path.GetDirectoryName(path))) throw Invalid($"There is no directory {Path.GetDirectoryName(path)}.");
        if (new FileInfo(path) is { LinkTarget: not null } || !IsRegularOrMissing(path)) throw Invalid($"{path} is a symbolic link or no ordinary file.");
        if (File.Exists(path) && !overwrite) throw Exists(path);
        return new ReportFile(files, path, overwrite);
    }

    /// <exception cref="CommandFailure">It was not written; what was there before is there still.</exception>
    public void Write(byte[] bytes)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(_path)!, $".{Path.GetFileName(_path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = _files.Open(temporary, FileOpening.CreateNew))
            {
                file.Write(0, bytes);
                file.Sync();
            }

            if (_overwrite) _files.Rename(temporary, _path);
            // Refuses, also when another program made the file meanwhile.
            else File.Move(temporary, _path, overwrite: false);
            _files.SyncDirectory(Path.GetDirectoryName(_path)!);
        }
        catch (Exception e) when (e is FileSystemException or IOException or UnauthorizedAccessException)
        {
            Discard(temporary);
            throw !_overwrite && File.Exists(_path)
                ? Exists(_path)
                : new CommandFailure("OutputUnavailable", $"The report cannot be written: {e.Message} Check the device and the permissions, then run the same command again.", ExitCode.Failed, e);
        }
    }

    private void Discard(string temporary)
    {
        try
        {
            _files.Delete(temporary);
        }
        catch (FileSystemException)
        {
            // The failure that brought us here is what the user has to know.
        }
    }

    /// <summary>A pipe or a device must not be replaced by a file.</summary>
    private static bool IsRegularOrMissing(string path)
    {
        if (!File.Exists(path)) return true;
        if ((File.GetAttributes(path) & (FileAttributes.Device | FileAttributes.ReparsePoint)) != 0) return false;
        // Unix has no attribute for devices, pipes and sockets; none of them is in any directory that a report belongs in.
        return OperatingSystem.IsWindows() || !(path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal) || path.StartsWith("/sys/", StringComparison.Ordinal));
    }

    private static CommandFailure Invalid(string problem) => CommandFailure.Usage("OutputInvalid", $"{problem} Give --output a new file in a directory that is there.");

    private static CommandFailure Exists(string path) => CommandFailure.Usage("OutputExists", $"{path} is there already. Give --overwrite to replace it, or --output another file.");
}
