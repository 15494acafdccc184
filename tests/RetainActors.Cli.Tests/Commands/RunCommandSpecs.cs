using System.Text;
using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Commands;

public sealed class RunCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "retain run --json should write exactly the approved lines, the first time and when nothing changed")]
    public async Task Json()
    {
        var first = await RunAsync(Handbook.Folder, "--parallel", "1");
        var second = await RunAsync(Handbook.Folder, "--parallel", "1");

        Assert.Equal(ExitCode.Ok, first.ExitCode);
        Assert.Equal(ExitCode.Ok, second.ExitCode);
        Approval.Verify(JsonShape.Of(first.Output + second.Output), Handbook.ApprovedFile("run.jsonl"));
        Assert.Equal("", first.Error + second.Error);
    }

    [Fact(DisplayName = "retain run should leave the approved bank")]
    public async Task Bank()
    {
        await RunAsync(Handbook.Folder);

        Assert.Equal(await Handbook.UndisturbedOutputAsync(Handbook.Texts, "b"), BankOutput.Of(Root, "b"));
    }

    [Fact(DisplayName = "retain run should tell people how many sources completed and where to read on")]
    public async Task Text()
    {
        var result = await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root);

        Assert.Matches(@"^b: 3 completed, 0 up to date, 0 failed, in \d+\.\d s\nRead .*/banks/b/index\.md\n$", result.Output);
        Assert.Equal("", result.Error);
    }

    [Fact(DisplayName = "After a file was edited exactly that source should run again, from its first state")]
    public async Task Edited()
    {
        var folder = CopyOfHandbook();
        await RunAsync(folder);
        File.AppendAllText(Path.Combine(folder, "tides.md"), "\nThe South Pier is new.\n");

        var result = await RunAsync(folder);

        Assert.Equal((1, 0, 2, 0), result.Counts);
        Assert.Equal("completed", result.Sources["tides.md"].GetProperty("outcome").GetString());
        Assert.Equal(10, result.Sources["tides.md"].GetProperty("statesRun").GetArrayLength());
        Assert.True(File.Exists(Path.Combine(Root, "banks", "b", "wiki", "south-pier.md")));
    }

    [Fact(DisplayName = "A contribution that somebody took away should be made again")]
    public async Task Lost_contribution()
    {
        await RunAsync(Handbook.Folder);
        var before = BankOutput.Of(Root, "b");
        Directory.Delete(Path.Combine(Root, "banks"), recursive: true);

        var result = await RunAsync(Handbook.Folder);

        Assert.Equal((3, 0, 0, 0), result.Counts);
        Assert.Equal(before, BankOutput.Of(Root, "b"));
    }

    [Fact(DisplayName = "Bad documents should fail by name while the others finish, and exit 2")]
    public async Task Bad_documents()
    {
        var folder = CopyOfHandbook();
        File.WriteAllText(Path.Combine(folder, "empty.md"), "");
        File.WriteAllText(Path.Combine(folder, "blank.md"), " \n\t\n");
        File.WriteAllBytes(Path.Combine(folder, "latin1.md"), Encoding.Latin1.GetBytes("# Caf\u00e9\n"));
        File.WriteAllBytes(Path.Combine(folder, "utf16.md"), [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("# Hi")]);
        File.WriteAllText(Path.Combine(folder, "bom.md"), "# Good", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        File.WriteAllText(Path.Combine(folder, "nested.md"), string.Concat(Enumerable.Repeat("> ", 5000)) + "deep");
        using (var huge = File.Create(Path.Combine(folder, "huge.md"))) huge.SetLength(Cli.Sources.SourceReader.MaxSizeBytes + 1);
        var deep = string.Join('/', Enumerable.Repeat(new string('d', 200), 6));
        Directory.CreateDirectory(Path.Combine(folder, deep));
        File.WriteAllText(Path.Combine(folder, deep, "x.md"), "# Deep");

        var result = await RunAsync(folder);

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Equal((4, 7, 0, 0), result.Counts);
        string ReasonOf(string source) => result.Sources[source].GetProperty("error").GetProperty("reason").GetString()!;
        Assert.Equal("Empty", ReasonOf("empty.md"));
        Assert.Equal("Empty", ReasonOf("blank.md"));
        Assert.Equal("NotUtf8", ReasonOf("latin1.md"));
        Assert.Contains("at byte 5", result.Error, StringComparison.Ordinal);
        Assert.Equal("NotUtf8", ReasonOf("utf16.md"));
        Assert.Equal("StateFailed", ReasonOf("nested.md"));
        Assert.Equal("TooLarge", ReasonOf("huge.md"));
        Assert.Equal("IdInvalid", ReasonOf(deep + "/x.md"));
        Assert.Equal("completed", result.Sources["bom.md"].GetProperty("outcome").GetString());
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal(7, result.Error.Split('\n').Count(line => line.StartsWith("failed ", StringComparison.Ordinal)));
    }

    [Fact(DisplayName = "Dot-folders, symbolic links, other files and roots below the folder should be left out")]
    public async Task Skipped()
    {
        var folder = CopyOfHandbook();
        Directory.CreateDirectory(Path.Combine(folder, ".git"));
        File.WriteAllText(Path.Combine(folder, ".git", "a.md"), "# No");
        File.WriteAllText(Path.Combine(folder, ".hidden.md"), "# No");
        File.CreateSymbolicLink(Path.Combine(folder, "link.md"), Path.Combine(folder, "tides.md"));
        File.CreateSymbolicLink(Path.Combine(folder, "dangling.md"), "/no/such");
        Directory.CreateSymbolicLink(Path.Combine(folder, "loop"), folder);
        var root = Path.Combine(folder, "retain \"data\" ${x} #1");
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Path.Combine(folder, "another-root"));

        var first = await RetainCli.RunAsync("run", folder, "--bank", "b", "--root", root, "--json");
        var second = await RetainCli.RunAsync("run", folder, "--bank", "b", "--root", root, "--json");

        Assert.Equal(["README.md", "guide/pilots.md", "tides.md"], first.Sources.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((0, 0, 3, 0), second.Counts);
    }

    [Fact(DisplayName = "The root of --config should be used, and --root should win over it")]
    public async Task Config()
    {
        var (one, other) = (_directory.File("one"), _directory.File("other"));
        var file = _directory.Write("my.conf", $"akka.persistence.journal.retain-file.root = \"{one}\"");

        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--config", file);
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--config", file, "--root", other);

        Assert.True(File.Exists(Path.Combine(one, "banks", "b", "index.md")));
        Assert.True(File.Exists(Path.Combine(other, "banks", "b", "index.md")));
    }

    [Fact(DisplayName = "An empty folder should complete nothing and exit 0")]
    public async Task Empty_folder()
    {
        var folder = Directory.CreateDirectory(_directory.File("empty")).FullName;

        var result = await RunAsync(folder);

        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Equal((0, 0, 0, 0), result.Counts);
    }

    [Theory(DisplayName = "A damaged journal or contribution should be named and exit 3")]
    [InlineData("journal")]
    [InlineData("sources")]
    public async Task Damaged(string what)
    {
        await RunAsync(Handbook.Folder);
        var file = what == "journal"
            ? Directory.GetFiles(Path.Combine(Root, "journal"), "*.segment").Single()
            : Path.Combine(Root, "banks", "b", "sources", "tides.md.json");
        var bytes = File.ReadAllBytes(file);
        bytes[^200] ^= 0x80;
        File.WriteAllBytes(file, bytes);

        var result = await RunAsync(Handbook.Folder);

        Assert.Equal(ExitCode.Corrupt, result.ExitCode);
        Assert.Contains(file, result.Error, StringComparison.Ordinal);
        Assert.Equal(what == "journal" ? "SegmentCorrupt" : "BankDamaged", result.Lines[^1].GetProperty("error").GetProperty("reason").GetString());
        Assert.Equal(bytes, File.ReadAllBytes(file));
    }

    [Theory(DisplayName = "A root that is a symbolic link, a file, or writable by others should be refused by name")]
    [InlineData("link", "RootUnsafe")]
    [InlineData("file", "RootUnavailable")]
    [InlineData("open", "RootUnsafe")]
    public async Task Unsafe_root(string kind, string reason)
    {
        Requires.Linux();
        var real = Directory.CreateDirectory(_directory.File("real")).FullName;
        if (kind == "link") Directory.CreateSymbolicLink(Root, real);
        else if (kind == "file") File.WriteAllText(Root, "");
        else Directory.CreateDirectory(Root);
        if (kind == "open" && !OperatingSystem.IsWindows()) File.SetUnixFileMode(Root, (UnixFileMode)0b111_111_111);

        var result = await RunAsync(Handbook.Folder);

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Equal(reason, result.Lines[^1].GetProperty("error").GetProperty("reason").GetString());
        Assert.Contains(Root, result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(string folder, params string[] more) =>
        RetainCli.RunAsync(["run", folder, "--bank", "b", "--root", Root, "--json", .. more]);

    private string CopyOfHandbook()
    {
        foreach (var (source, text) in Handbook.Texts) _directory.Write($"folder/{source}", text);
        return _directory.File("folder");
    }
}
