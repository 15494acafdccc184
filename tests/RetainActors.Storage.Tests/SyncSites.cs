using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RetainActors.Storage.Tests;

/// <summary>A file system that knows from which place in the code each sync comes, and swallows those of one place.</summary>
internal sealed class SyncSites(IFileSystem inner, string? swallowed, ISet<string> seen) : IFileSystem
{
    public DirectoryState InspectDirectory(string path) => inner.InspectDirectory(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    public IStorageFile Open(string path, FileOpening opening) => new SyncedFile(inner.Open(path, opening), this);

    public bool IsOpen(string path) => inner.IsOpen(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void SyncDirectory(string path)
    {
        if (!IsSwallowed()) inner.SyncDirectory(path);
    }

    public IDisposable? TryLockDirectory(string path) => inner.TryLockDirectory(path);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsSwallowed()
    {
        // This method, the one that implements the interface, and the caller.
        var caller = new StackFrame(2);
        var method = caller.GetMethod()!;
        var site = $"{method.DeclaringType!.Name}.{method.Name} at {caller.GetILOffset():x}";
        lock (seen) seen.Add(site);
        return site == swallowed;
    }

    private sealed class SyncedFile(IStorageFile file, SyncSites sites) : IStorageFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

        public void SetLength(long length) => file.SetLength(length);

        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Sync()
        {
            if (!sites.IsSwallowed()) file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
