using Microsoft.Extensions.Configuration;
using RetainActors.Hosting;

namespace RetainActors.Release.Tests.Snippets;

/// <summary>Nothing that a page shows is only written: it is compiled, run, replayed, or read by what it is meant for.</summary>
public sealed class SnippetSpecs
{
    /// <summary>Pages whose consoles are replayed: by the tests of the tours.</summary>
    private static readonly string[] Tours = ["docs/tour.md", "docs/tour-python.md"];

    public static TheoryData<string, int> Blocks { get; } = Read();

    [Theory(DisplayName = "Every block of a page should be covered by what its language asks for")]
    [MemberData(nameof(Blocks))]
    public void Covered(string page, int line)
    {
        var block = CodeBlock.Of(page).Single(block => block.Line == line);
        switch (block.Language)
        {
            case "csharp":
                Assert.True(CompiledSamples.Contain(block), $"{block.Place} shows code that no sample among the tests has, word for word");
                break;
            case "sh":
                Assert.All(block.Lines, text => Assert.Null(ShellLine.ProblemOf(text)));
                break;
            case "console":
                Assert.Contains(page, Tours);
                break;
            case "hocon":
                Assert.Empty(KnownKeys.UnknownIn(block.Text));
                break;
            case "json":
                Bind(block.Text);
                break;
            case "jsonl":
                Assert.All(block.Lines, text => Assert.True(JsonLine.IsPrinted(text), $"{block.Place}: no approved output has the members of {text}"));
                break;
            case "text":
                // A drawing, or bytes that a test of their own compares.
                break;
            default:
                Assert.Fail($"{block.Place} is '{block.Language}': say what it is, and here how it is covered");
                break;
        }
    }

    [Theory(DisplayName = "A block that is wrong should be noticed, whatever its language")]
    [InlineData("retain run docs --bank demo", true)]
    [InlineData("retain run docs --bonk demo", false)]
    [InlineData("retain log dump --root r | retain lost", false)]
    [InlineData("dotnet run --project src/RetainActors.Cli -- list --json > list.json", true)]
    [InlineData("dotnet cake --target Pack", true)]
    [InlineData("dotnet cake --target Parcel", false)]
    [InlineData("rm -rf retain-data", false)]
    public void Shell(string line, bool isRight) => Assert.Equal(isRight, ShellLine.ProblemOf(line) is null);

    [Fact(DisplayName = "A key that nothing reads, a line that nothing prints, an option that nothing binds, and code that is not compiled should be noticed")]
    public void Controls()
    {
        Assert.Equal(["retain.run.max-life-runs"], KnownKeys.UnknownIn("retain.run { max-live-runs = 1, max-life-runs = 2 }"));
        Assert.False(JsonLine.IsPrinted("""{"schemaVersion":1,"bank":"b","origin":"s"}"""));
        Assert.ThrowsAny<Exception>(() => Bind("""{ "Retain": { "Rood": "r" } }"""));
        Assert.False(CompiledSamples.Contain(new CodeBlock("README.md", 1, "csharp", "var nothing = compiled;")));
    }

    /// <summary>Settings of a service, as the Hosting package takes them.</summary>
    private static void Bind(string json)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        var section = new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("Retain");
        Assert.NotEmpty(section.GetChildren());
        section.Bind(new RetainFilePersistenceOptions(), binder => binder.ErrorOnUnknownConfiguration = true);
    }

    private static TheoryData<string, int> Read()
    {
        var blocks = new TheoryData<string, int>();
        foreach (var block in CodeBlock.Pages.SelectMany(CodeBlock.Of)) blocks.Add(block.Page, block.Line);
        return blocks;
    }
}
