namespace RetainActors.Benchmarks.Stores;

/// <summary>A directory of one store on the disk of the working directory: a temporary folder may lie in memory.</summary>
internal sealed class BenchDirectory : IDisposable
{
    public BenchDirectory()
    {
        Path = System.IO.Path.GetFullPath(System.IO.Path.Combine("artifacts", "bench", $"{Guid.NewGuid():N}"));
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public long Bytes => new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
