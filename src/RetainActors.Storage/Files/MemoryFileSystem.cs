namespace RetainActors.Storage;

/// <summary>
/// A file system in memory that tells synced from unsynced: <see cref="Crash"/> gives what would be left after a power cut. With
/// <see cref="FailNth"/> any call can be made to fail. Deterministic; safe for several threads.
/// </summary>
public sealed class MemoryFileSystem : IFileSystem
{
    private readonly object _gate = new();
    private readonly Dictionary<string, MemoryInode> _live = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemoryInode> _durable = new(StringComparer.Ordinal);
    private readonly HashSet<string> _liveDirectories = new(StringComparer.Ordinal);
    private readonly HashSet<string> _durableDirectories = new(StringComparer.Ordinal);
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);
    private readonly FaultPlan _faults = new();

    /// <summary>Called before every operation, for tests that look at each point a crash can hit.</summary>
    internal Action<FileOperation, string>? Before { get; set; }

    /// <summary>
    /// What is left after a power cut now, as a new file system without locks and faults: bytes and names that were synced.
    /// With a seed every unsynced write and name is kept, dropped or torn (anywhere, or into sectors of 512 or 4,096 bytes) on its
    /// own, the same way for the same seed.
    /// </summary>
    public MemoryFileSystem Crash(int? seed = null)
    {
        lock (_gate)
        {
            var random = seed is { } value ? new Random(value) : null;
            var after = new MemoryFileSystem();
            foreach (var directory in Survivors(_liveDirectories, _durableDirectories, random))
                if (after.IsDirectory(Parent(directory))) after.AddDirectory(directory);
            foreach (var path in Survivors(_live.Keys, _durable.Keys, random))
            {
                if (!after.IsDirectory(Parent(path))) continue;
                // A name may lead to the new file, or, when a rename over it was not synced, still to the old one.
                var inode = random is not null && _live.TryGetValue(path, out var current) && random.Next(2) == 0
                    ? current
                    : _durable.GetValueOrDefault(path) ?? _live[path];
                after.AddFile(path, new MemoryInode(inode.AfterCrash(random)));
            }

            return after;
        }
    }

    /// <summary>Makes the n-th next call of an operation fail (1 is the very next), once or from then on.</summary>
    public void FailNth(FileOperation operation, int nth, FileSystemError error, bool sticky = false)
    {
        lock (_gate) _faults.Add(operation, nth, error, sticky);
    }

    /// <summary>Makes the next call of an operation fail, once or from then on.</summary>
    public void FailNext(FileOperation operation, FileSystemError error, bool sticky = false) =>
        FailNth(operation, 1, error, sticky);

    /// <summary>Ends all failures.</summary>
    public void Heal()
    {
        lock (_gate) _faults.Clear();
    }

    /// <inheritdoc/>
    public DirectoryState InspectDirectory(string path) => Run(FileOperation.Inspect, path, () =>
        IsDirectory(path) ? DirectoryState.Private
        : _live.ContainsKey(path) ? DirectoryState.NotADirectory
        : DirectoryState.Missing);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Run(FileOperation.CreateDirectory, path, () =>
    {
        if (!IsDirectory(Parent(path))) throw NotFound(FileOperation.CreateDirectory, path);
        return _liveDirectories.Add(path);
    });

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory) => Run(FileOperation.List, directory, () =>
        IsDirectory(directory)
            ? _live.Keys.Where(path => Parent(path) == directory).Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal).ToArray()
            : throw NotFound(FileOperation.List, directory));

    /// <inheritdoc/>
    public IStorageFile Open(string path, FileOpening opening) => Run(FileOperation.Open, path, () =>
    {
        if (opening == FileOpening.CreateNew)
        {
            if (!IsDirectory(Parent(path))) throw NotFound(FileOperation.Open, path);
            if (!_live.TryAdd(path, new MemoryInode([])))
                throw new FileSystemException(FileOperation.Open, path, FileSystemError.AlreadyExists, "EEXIST");
        }

        var inode = Find(FileOperation.Open, path);
        inode.Opened();
        return new MemoryFile(this, path, inode, opening != FileOpening.Read);
    });

    /// <inheritdoc/>
    public void Rename(string from, string to) => Run(FileOperation.Rename, to, () =>
    {
        _live[to] = Find(FileOperation.Rename, from);
        return _live.Remove(from);
    });

    /// <inheritdoc/>
    public void Delete(string path) => Run(FileOperation.Delete, path, () => _live.Remove(path));

    /// <inheritdoc/>
    public bool IsOpen(string path) => Run(FileOperation.Inspect, path, () => Find(FileOperation.Inspect, path).Handles > 0);

    /// <inheritdoc/>
    public void SyncDirectory(string path) => Run(FileOperation.SyncDirectory, path, () =>
    {
        if (!IsDirectory(path)) throw NotFound(FileOperation.SyncDirectory, path);
        var gone = _durable.Keys.Where(name => Parent(name) == path && !_live.ContainsKey(name)).ToArray();
        foreach (var name in gone) _durable.Remove(name);
        foreach (var (name, inode) in _live.Where(pair => Parent(pair.Key) == path)) _durable[name] = inode;
        _durableDirectories.UnionWith(_liveDirectories.Where(name => Parent(name) == path));
        return true;
    });

    /// <inheritdoc/>
    public IDisposable? TryLockDirectory(string path) => Run(FileOperation.Lock, path, () =>
        !IsDirectory(path) ? throw NotFound(FileOperation.Lock, path)
        : _locked.Add(path) ? new HeldLock(this, path)
        : null);

    /// <summary>Runs one call: observers and planned failures first, then the call itself, all under one lock.</summary>
    internal T Run<T>(FileOperation operation, string path, Func<T> call, Action? onFailure = null)
    {
        Before?.Invoke(operation, path);
        lock (_gate)
        {
            if (_faults.Next(operation) is not { } error) return call();
            onFailure?.Invoke();
            throw new FileSystemException(operation, path, error, $"injected {error}");
        }
    }

    private static IEnumerable<string> Survivors(IEnumerable<string> live, IEnumerable<string> durable, Random? random)
    {
        var both = durable.ToHashSet(StringComparer.Ordinal);
        if (random is null) return both.Order(StringComparer.Ordinal);

        var alive = live.ToHashSet(StringComparer.Ordinal);
        return both.Union(alive, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(name => (both.Contains(name) && alive.Contains(name)) || random.Next(2) == 0).ToArray();
    }

    private static string Parent(string path) => Path.GetDirectoryName(path) ?? "";

    private static FileSystemException NotFound(FileOperation operation, string path) =>
        new(operation, path, FileSystemError.NotFound, "ENOENT");

    private bool IsDirectory(string path) => Parent(path).Length == 0 || _liveDirectories.Contains(path);

    private MemoryInode Find(FileOperation operation, string path) =>
        _live.TryGetValue(path, out var inode) ? inode : throw NotFound(operation, path);

    private void AddDirectory(string path)
    {
        _liveDirectories.Add(path);
        _durableDirectories.Add(path);
    }

    private void AddFile(string path, MemoryInode inode)
    {
        _live.Add(path, inode);
        _durable.Add(path, inode);
    }

    private sealed class HeldLock(MemoryFileSystem owner, string path) : IDisposable
    {
        private bool _released;

        public void Dispose()
        {
            lock (owner._gate)
            {
                if (!_released) owner._locked.Remove(path);
                _released = true;
            }
        }
    }
}
