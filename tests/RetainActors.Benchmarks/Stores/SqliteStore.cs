using System.Buffers.Binary;
using System.Text;
using Microsoft.Data.Sqlite;

namespace RetainActors.Benchmarks.Stores;

/// <summary>SQLite in WAL mode with <c>synchronous = FULL</c>: a commit is synced.</summary>
internal sealed class SqliteBatchedStore : BatchedStore
{
    private SqliteTable _table;

    public SqliteBatchedStore() => _table = new SqliteTable(Folder);

    public override string Name => "SQLite WAL FULL, batched transactions";

    protected override void Open() => _table = new SqliteTable(Folder);

    protected override void Close() => _table.Dispose();

    protected override void Commit(IReadOnlyList<byte[]> keys) => _table.Commit(keys);

    protected override int Read(byte[] key) => _table.Read(key);
}

/// <summary>The same, each save a transaction of its own: what is written without thinking of batches.</summary>
internal sealed class SqliteStore : IStore
{
    private readonly BenchDirectory _folder = new();
    private readonly SqliteTable _table;

    public SqliteStore() => _table = new SqliteTable(_folder);

    public string Name => "SQLite WAL FULL, one transaction per save";

    public bool IsSafe => true;

    public long? DiskBytes => _folder.Bytes;

    public Task SaveAsync(int key, int version)
    {
        _table.Commit([Encoding.UTF8.GetBytes(Documents.KeyOf(key).PersistenceId)]);
        return Task.CompletedTask;
    }

    public Task<int> LoadAsync(int key) => throw new NotSupportedException("Reads as the batched one does.");

    public Task ReopenAsync() => throw new NotSupportedException("Reads as the batched one does.");

    public ValueTask DisposeAsync()
    {
        _table.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>One table of blobs by key, on one connection.</summary>
internal sealed class SqliteTable : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _write;
    private readonly SqliteCommand _read;
    private readonly byte[] _value = [.. Documents.Payload];
    private long _version;

    public SqliteTable(BenchDirectory folder)
    {
        _connection = new SqliteConnection($"Data Source={folder.File("store.db")};Pooling=false");
        _connection.Open();
        using var set = _connection.CreateCommand();
        set.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS store (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID";
        set.ExecuteNonQuery();
        (_write, _read) = (_connection.CreateCommand(), _connection.CreateCommand());
        _write.CommandText = "INSERT INTO store VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        _write.Parameters.Add("$key", SqliteType.Blob);
        _write.Parameters.Add("$value", SqliteType.Blob).Value = _value;
        _read.CommandText = "SELECT value FROM store WHERE key = $key";
        _read.Parameters.Add("$key", SqliteType.Blob);
    }

    public void Commit(IReadOnlyList<byte[]> keys)
    {
        lock (_connection)
        {
            using var transaction = _connection.BeginTransaction();
            _write.Transaction = transaction;
            foreach (var key in keys)
            {
                // Another value each time: SQLite writes and syncs nothing for one that is there already.
                BinaryPrimitives.WriteInt64LittleEndian(_value, ++_version);
                _write.Parameters[0].Value = key;
                _write.ExecuteNonQuery();
            }

            transaction.Commit();
        }
    }

    public int Read(byte[] key)
    {
        lock (_connection)
        {
            _read.Parameters[0].Value = key;
            return _read.ExecuteScalar() is byte[] value ? value.Length : 0;
        }
    }

    public void Dispose() => _connection.Dispose();
}
