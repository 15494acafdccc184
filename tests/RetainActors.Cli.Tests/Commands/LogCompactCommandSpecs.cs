using System.Text.RegularExpressions;
using RetainActors.Cli.Tests.MarkdownPipeline;
using RetainActors.Storage;

namespace RetainActors.Cli.Tests.Commands;

public sealed partial class LogCompactCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    private string Journal => _directory.File("root", "journal");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "retain log compact should win what its dry run said, keep every live record, and write the approved JSON")]
    public async Task Compacts()
    {
        await WriteAsync();
        var files = FileBytes.Of(Root);
        var planned = await RunAsync("--dry-run", "--json");
        var text = await RunAsync("--dry-run");
        Assert.Equal(files, FileBytes.Of(Root));
        var before = await LiveRecordsAsync();

        var done = await RunAsync("--json");

        Assert.Equal((0, 0, 0), (planned.ExitCode, text.ExitCode, done.ExitCode));
        Assert.Equal("", planned.Error + text.Error + done.Error);
        var plan = planned.Lines[0];
        Assert.Equal(
            plan.GetProperty("runs").EnumerateArray().Sum(run => run.GetProperty("files").GetArrayLength()),
            done.Lines[0].GetProperty("rewrittenSegments").GetInt32());
        var won = done.Lines[0].GetProperty("reclaimedBytes").GetInt64();
        Assert.InRange(plan.GetProperty("reclaimableBytes").GetInt64(), 900 * 5, won);
        Assert.Contains($"would rewrite {Journal}", text.Output, StringComparison.Ordinal);
        Assert.Contains($"at least {plan.GetProperty("reclaimableBytes")} of ", text.Output, StringComparison.Ordinal);
        Assert.Equal(before, await LiveRecordsAsync());
        Assert.Equal(ExitCode.Ok, (await RetainCli.RunAsync("log", "verify", "--root", Root)).ExitCode);
        Approval.Verify(Sizes().Replace(planned.Output + done.Output, "$1:0"), Handbook.ApprovedFile("log-compact.jsonl"));

        var again = await RunAsync();
        Assert.Contains("0 segments rewritten, 0 bytes won", again.Output, StringComparison.Ordinal);
        Assert.Contains("0 of ", (await RunAsync("--dry-run")).Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain log compact should rewrite what --live-share says, or else the configuration")]
    public async Task Live_share()
    {
        await WriteAsync();
        var config = _directory.Write("my.conf", "akka.persistence.journal.retain-file { segment-size = 4 KiB, compaction.live-share = 0.01 }");

        Assert.Equal(1, await PlannedAsync("--config", config));
        Assert.Equal(2, await PlannedAsync("--config", config, "--live-share", "0.9"));
        foreach (var share in new[] { "0", "1.1", "half" })
            Assert.Equal(ExitCode.Usage, (await RunAsync("--dry-run", "--live-share", share)).ExitCode);
        var wrong = await RunAsync("--config", _directory.Write("wrong.conf", "akka.persistence.journal.retain-file.segment-size = 1"));
        Assert.Equal(ExitCode.Usage, wrong.ExitCode);
        Assert.Contains("'segment-size'", wrong.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain log compact should refuse a root in use with exit 5, naming the owner; its dry run should work and change no byte")]
    public async Task In_use()
    {
        await WriteAsync();
        using var owner = FileLog.Open(Settings, PosixFileSystem.Instance);
        // The owner writes once by itself: the mark that proves its last batch, after 100 ms without a write.
        CliResult refused, planned;
        string files;
        var tries = 0;
        do
        {
            files = FileBytes.Of(Root);
            refused = await RunAsync("--json");
            planned = await RunAsync("--dry-run");
        }
        while (files != FileBytes.Of(Root) && ++tries < 3);

        Assert.Equal(ExitCode.RootInUse, refused.ExitCode);
        Assert.Equal("RootInUse", refused.Lines[0].GetProperty("error").GetProperty("reason").GetString());
        Assert.Contains($"process {Environment.ProcessId} ", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, planned.ExitCode);
        Assert.Contains($"note: process {Environment.ProcessId} owns the journal", planned.Output, StringComparison.Ordinal);
        Assert.Equal(files, FileBytes.Of(Root));
    }

    [Fact(DisplayName = "retain log compact should leave a damaged segment as it is, say so and exit 3")]
    public async Task Damaged()
    {
        await WriteAsync();
        var file = OddLogs.Damage(Journal);
        var bytes = File.ReadAllBytes(file);

        var planned = await RunAsync("--dry-run", "--json");
        var done = await RunAsync();

        Assert.Equal((ExitCode.Corrupt, ExitCode.Corrupt), (planned.ExitCode, done.ExitCode));
        Assert.DoesNotContain(Path.GetFileName(file), planned.Output, StringComparison.Ordinal);
        Assert.Contains("2.0.segment", planned.Output, StringComparison.Ordinal);
        Assert.Contains("segments with damage are not compacted", done.Error, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(file));
    }

    private FileLogSettings Settings => new() { Directory = Journal, SegmentSizeBytes = 4096, CompactionLiveShare = 0 };

    /// <summary>Two full segments, of the first nothing lives and of the second a third, and an active one.</summary>
    private async Task WriteAsync()
    {
        using var log = FileLog.Open(Settings, PosixFileSystem.Instance);
        for (var number = 1; number <= 7; number++) await log.AppendAsync([new LogEntry("a", number, new byte[900])]);
        await log.DeleteAsync("a", 5);
    }

    private async Task<int> PlannedAsync(params string[] options) =>
        (await RunAsync(["--dry-run", "--json", .. options])).Lines[0].GetProperty("runs").EnumerateArray()
            .Sum(run => run.GetProperty("files").GetArrayLength());

    private async Task<string> LiveRecordsAsync()
    {
        using var log = FileLog.Open(Settings with { ReadOnly = true }, PosixFileSystem.Instance);
        return string.Join('\n', log.Read("a", 1, 100, 100).Select(record => $"{record.SequenceNumber} at {record.Position}: {record.Payload.Length}"))
            + $"\nhighest {await log.GetHighestSequenceNumberAsync("a")}";
    }

    private Task<CliResult> RunAsync(params string[] options) => RetainCli.RunAsync(["log", "compact", "--root", Root, .. options]);

    [GeneratedRegex("""("sizeBytes"|"reclaimedBytes"):[0-9]+""")]
    private static partial Regex Sizes();
}
