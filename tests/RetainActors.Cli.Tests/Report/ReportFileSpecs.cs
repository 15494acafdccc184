using RetainActors.Cli.Report;
using RetainActors.Storage;

namespace RetainActors.Cli.Tests.Report;

public sealed class ReportFileSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "A report should be a file that only its owner reads, and leave nothing beside it")]
    public void New()
    {
        Write("report.html", "one");

        Assert.Equal("one", File.ReadAllText(_directory.File("report.html")));
        Assert.Single(Directory.GetFileSystemEntries(_directory.Path));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.File("report.html")));
    }

    [Fact(DisplayName = "A file that is there should stay unless it may be replaced, also when it comes while the report is made")]
    public void Existing()
    {
        Write("report.html", "one");
        Assert.Equal(("OutputExists", ExitCode.Usage), Refused(() => Write("report.html", "two")));
        Assert.Equal("one", File.ReadAllText(_directory.File("report.html")));
        Write("report.html", "two", overwrite: true);
        Assert.Equal("two", File.ReadAllText(_directory.File("report.html")));

        var late = ReportFile.At(PosixFileSystem.Instance, _directory.File("late.html"), Root, overwrite: false);
        _directory.Write("late.html", "of somebody else");
        Assert.Equal(("OutputExists", ExitCode.Usage), Refused(() => late.Write("three"u8.ToArray())));
        Assert.Equal("of somebody else", File.ReadAllText(_directory.File("late.html")));
        Assert.Equal(2, Directory.GetFileSystemEntries(_directory.Path).Length);
    }

    [Fact(DisplayName = "A place that is no file of its own should be refused, with leave to overwrite or without")]
    public void Places()
    {
        Directory.CreateDirectory(Root);
        _directory.Write("real.html", "mine");
        File.CreateSymbolicLink(_directory.File("link.html"), _directory.File("real.html"));
        File.CreateSymbolicLink(_directory.File("dangling.html"), _directory.File("nowhere"));
        foreach (var name in new[] { "root", "root/report.html", "missing/report.html", "link.html", "dangling.html", "", "new/" })
            foreach (var overwrite in new[] { false, true })
                Assert.Equal(("OutputInvalid", ExitCode.Usage), Refused(() => Write(name, "x", overwrite)));
        Assert.Equal("mine", File.ReadAllText(_directory.File("real.html")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(("OutputInvalid", ExitCode.Usage), Refused(() => ReportFile.At(PosixFileSystem.Instance, "/dev/null", Root, overwrite: true)));
    }

    [Fact(DisplayName = "A disk that refuses should leave the old file and nothing else, and be named")]
    public void Full_disk()
    {
        var files = new MemoryFileSystem();
        _directory.Write("report.html", "old");
        var file = ReportFile.At(files, _directory.File("report.html"), Root, overwrite: true);

        // The directory does not exist in memory, so that every call fails.
        Assert.Equal(("OutputUnavailable", ExitCode.Failed), Refused(() => file.Write("new"u8.ToArray())));
        Assert.Equal("old", File.ReadAllText(_directory.File("report.html")));
        Assert.Single(Directory.GetFileSystemEntries(_directory.Path));
    }

    private void Write(string name, string text, bool overwrite = false) =>
        ReportFile.At(PosixFileSystem.Instance, name.Length == 0 ? "" : $"{_directory.Path}/{name}", Root, overwrite).Write(System.Text.Encoding.UTF8.GetBytes(text));

    private static (string Reason, int ExitCode) Refused(Action write)
    {
        var failure = Assert.Throws<CommandFailure>(write);
        return (failure.Reason, failure.ExitCode);
    }
}
