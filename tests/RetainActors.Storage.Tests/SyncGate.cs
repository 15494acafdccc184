namespace RetainActors.Storage.Tests;

/// <summary>Holds every thread, or one of a name, before its next file sync.</summary>
internal sealed class SyncGate : IDisposable
{
    private readonly ManualResetEventSlim _reached = new();
    private readonly ManualResetEventSlim _open = new();
    private int _syncs;

    internal SyncGate(MemoryFileSystem fileSystem, string? thread = null) => fileSystem.Before = (operation, _) =>
    {
        if (operation != FileOperation.Sync || (thread is not null && Thread.CurrentThread.Name != thread)) return;
        Interlocked.Increment(ref _syncs);
        _reached.Set();
        _open.Wait();
    };

    internal int Syncs => Volatile.Read(ref _syncs);

    internal void WaitUntilReached() => Assert.True(_reached.Wait(TimeSpan.FromSeconds(20)));

    internal void Open() => _open.Set();

    // The log is disposed after this and syncs then, so the gate only has to stay open.
    public void Dispose() => _open.Set();
}
