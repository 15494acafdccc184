namespace RetainActors.Benchmarks.Stores;

/// <summary>
/// Something that keeps the newest checkpoint of many keys. All of them get the same work: a save completes when the store calls
/// it done, and a key has one save under way at a time unless a workload says otherwise.
/// </summary>
internal interface IStore : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Whether a save is done only after a data sync.</summary>
    bool IsSafe { get; }

    /// <summary>Saves a version of a key's document.</summary>
    Task SaveAsync(int key, int version);

    /// <summary>Loads the newest document of a key and returns its version, or -1 when the store keeps bytes that it does not look into.</summary>
    Task<int> LoadAsync(int key);

    /// <summary>Closes the store and opens it again, with nothing of it in the memory of this process.</summary>
    Task ReopenAsync();

    /// <summary>Bytes on the disk now; null for a store in memory.</summary>
    long? DiskBytes { get; }
}
