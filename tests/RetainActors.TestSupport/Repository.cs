namespace RetainActors.TestSupport;

/// <summary>Where the sources of this repository are, found from the test assembly upwards.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The shared material beside the checkout; tests that use it skip with a reason when it is absent.</summary>
    public static string Shared { get; } = Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (System.IO.File.Exists(Path.Combine(directory.FullName, "RetainActors.sln")))
                return directory.FullName;
        throw new DirectoryNotFoundException($"No RetainActors.sln above {AppContext.BaseDirectory}.");
    }
}
