using RetainActors.Storage;

namespace RetainActors.Hosting.Tests;

/// <summary>A file system on which the files of probes do not answer while it hangs; all others do.</summary>
internal sealed class HangingFileSystem(IFileSystem inner) : IFileSystem, IDisposable
{
    private readonly ManualResetEventSlim _answers = new(initialState: true);

    public void Hang() => _answers.Reset();

    public void GoOn() => _answers.Set();

    public DirectoryState InspectDirectory(string path) => inner.InspectDirectory(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    public IStorageFile Open(string path, FileOpening opening)
    {
        if (path.EndsWith(".probe", StringComparison.Ordinal)) _answers.Wait();
        return inner.Open(path, opening);
    }

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IDisposable? TryLockDirectory(string path) => inner.TryLockDirectory(path);

    public void Dispose() => _answers.Dispose();
}
