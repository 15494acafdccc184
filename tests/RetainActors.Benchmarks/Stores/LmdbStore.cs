using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LightningDB;

namespace RetainActors.Benchmarks.Stores;

/// <summary>LMDB, a synced transaction for what waits.</summary>
internal sealed class LmdbStore : BatchedStore
{
    private const long MapBytes = 16L << 30;

    private LightningEnvironment _environment;
    private LightningDatabase _database;

    public LmdbStore() => (_environment, _database) = OpenIn(Folder);

    public override string Name => "LMDB, batched, synced";

    /// <summary>Whether the library can be loaded here; the one in the package needs a newer C library than some systems have.</summary>
    public static bool IsInstalled => NativeLibrary.TryLoad(SystemLibrary, out _);

    protected override void Open() => (_environment, _database) = OpenIn(Folder);

    protected override void Close()
    {
        _database.Dispose();
        _environment.Dispose();
    }

    protected override void Commit(IReadOnlyList<byte[]> keys)
    {
        using var transaction = _environment.BeginTransaction();
        foreach (var key in keys) transaction.Put(_database, key, Documents.Payload).ThrowOnError();
        transaction.Commit().ThrowOnError();
    }

    protected override int Read(byte[] key)
    {
        using var transaction = _environment.BeginTransaction(TransactionBeginFlags.ReadOnly);
        var (_, _, value) = transaction.Get(_database, key);
        return value.AsSpan().Length;
    }

    private const string SystemLibrary = "liblmdb.so.0";

    [ModuleInitializer]
    internal static void UseSystemLibrary() => NativeLibrary.SetDllImportResolver(
        typeof(LightningEnvironment).Assembly,
        (name, _, _) => name == "lmdb" && NativeLibrary.TryLoad(SystemLibrary, out var library) ? library : IntPtr.Zero);

    private static (LightningEnvironment Environment, LightningDatabase Database) OpenIn(BenchDirectory folder)
    {
        var path = folder.File("lmdb");
        Directory.CreateDirectory(path);
        var environment = new LightningEnvironment(path, new EnvironmentConfiguration { MapSize = MapBytes });
        environment.Open();
        using var transaction = environment.BeginTransaction();
        var database = transaction.OpenDatabase(configuration: new DatabaseConfiguration { Flags = DatabaseOpenFlags.Create });
        transaction.Commit().ThrowOnError();
        return (environment, database);
    }
}
