using RocksDbSharp;

namespace RetainActors.Benchmarks.Stores;

/// <summary>RocksDB, a synced write batch for what waits.</summary>
internal sealed class RocksDbStore : BatchedStore
{
    private static readonly WriteOptions Synced = new WriteOptions().SetSync(true);

    private RocksDb _database;

    public RocksDbStore() => _database = OpenIn(Folder);

    public override string Name => "RocksDB, batched, synced";

    protected override void Open() => _database = OpenIn(Folder);

    protected override void Close() => _database.Dispose();

    protected override void Commit(IReadOnlyList<byte[]> keys)
    {
        using var batch = new WriteBatch();
        foreach (var key in keys) batch.Put(key, Documents.Payload);
        _database.Write(batch, Synced);
    }

    protected override int Read(byte[] key) => _database.Get(key)?.Length ?? 0;

    private static RocksDb OpenIn(BenchDirectory folder) =>
        RocksDb.Open(new DbOptions().SetCreateIfMissing(true).SetCompression(Compression.No), folder.File("rocks"));
}
