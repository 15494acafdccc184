using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.EndToEnd;

/// <summary>A folder of real documents: the handbook and this repository's own pages, several times over.</summary>
internal static class Documents
{
    public static string Folder(TempDirectory directory, int copies = 3)
    {
        var pages = Directory.GetFiles(Repository.File("docs"), "*.md").Select(path => (Name: Path.GetFileName(path), Text: File.ReadAllText(path)))
            .Concat(Handbook.Texts.Select(pair => (Name: pair.Key, Text: pair.Value))).ToArray();
        for (var copy = 0; copy < copies; copy++)
            foreach (var (name, text) in pages)
                directory.Write($"folder/part-{copy}/{name}", text);
        return directory.File("folder");
    }

    public static string[] Sources(string folder) =>
        [.. Cli.Sources.SourceFolder.Find(folder, root: "").Select(entry => entry.Source)];
}
