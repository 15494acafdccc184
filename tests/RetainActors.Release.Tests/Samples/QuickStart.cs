using RetainActors.Release.Tests.Snippets;

namespace RetainActors.Release.Tests.Samples;

/// <summary>The first command of the README, by the tool as it was built.</summary>
public sealed class QuickStart : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "The README's first command should retain the pages of docs, and given again find them up to date; the second is what runs this")]
    public async Task Runs()
    {
        var commands = CodeBlock.Of("README.md").First(block => block.Language == "sh").Lines.ToList();
        Assert.Equal((2, "dotnet test"), (commands.Count, commands[1]));
        foreach (var page in Directory.GetFiles(Repository.File("docs"), "*.md")) _directory.Write($"docs/{Path.GetFileName(page)}", await File.ReadAllTextAsync(page));

        var (first, second) = (await RetainAsync(), await RetainAsync());

        var pages = Directory.GetFiles(_directory.File("docs")).Length;
        Assert.Contains($"demo: {pages} completed, 0 up to date, 0 failed", first, StringComparison.Ordinal);
        Assert.Contains($"demo: 0 completed, {pages} up to date, 0 failed", second, StringComparison.Ordinal);
        Assert.True(File.Exists(_directory.File("retain-data", "banks", "demo", "index.md")));

        Task<string> RetainAsync() => Sdk.RunAsync(_directory.Path, packages: null, [Path.Combine(AppContext.BaseDirectory, "retain.dll"), .. commands[0].Split(" -- ")[1].Split(' ')]);
    }
}
