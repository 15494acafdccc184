namespace RetainActors.Cli.Tests.MarkdownPipeline;

/// <summary>The documents of the fixture folder.</summary>
internal static class Handbook
{
    public static string Folder { get; } = Repository.File("tests", "RetainActors.Cli.Tests", "Fixtures", "handbook");

    public static IReadOnlyDictionary<string, string> Texts { get; } =
        new[] { "README.md", "guide/pilots.md", "tides.md" }.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(Folder, name)));

    /// <summary>What a fresh bank shows after each of the documents was retained once, in any order.</summary>
    public static async Task<string> UndisturbedOutputAsync(IReadOnlyDictionary<string, string> texts, string bank = PipelineDriver.BankName)
    {
        await using var driver = new PipelineDriver(new Storage.MemoryFileSystem(), bank);
        foreach (var (source, text) in texts) await driver.RunAsync(source, text);
        if (texts.Count == 0) await driver.Writer.ReconcileAsync();
        return driver.Output();
    }

    public static string ApprovedFile(string name) => Repository.File("tests", "RetainActors.Cli.Tests", "Approved", name);
}
