using System.Text.RegularExpressions;
using RetainActors.Cli.Tests.MarkdownPipeline;
using RetainActors.Storage;

namespace RetainActors.Cli.Tests.Commands;

public sealed partial class LogCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    private string Journal => _directory.File("root", "journal");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "retain log verify should exit 0 on a sound journal, stats and dump too, and all write the approved JSON")]
    public async Task Sound()
    {
        await WriteAsync();

        var verify = await RunAsync("verify", "--json");
        var stats = await RunAsync("stats", "--json");
        var dump = await RunAsync("dump");

        Assert.Equal((0, 0, 0), (verify.ExitCode, stats.ExitCode, dump.ExitCode));
        Assert.Equal("", verify.Error + stats.Error + dump.Error);
        // Watermarks come between the records or not, depending on how fast these were written.
        Approval.Verify(Places().Replace(verify.Output + stats.Output + dump.Output, "$1:0"), Handbook.ApprovedFile("log.jsonl"));
        Assert.Contains("0 findings in ", (await RunAsync("verify")).Output, StringComparison.Ordinal);
        Assert.Contains("highest position", (await RunAsync("stats")).Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain log verify should name every damage with file, offset and expectation, count them and exit 3")]
    public async Task Damaged()
    {
        await WriteAsync();
        var file = OddLogs.Damage(Journal);

        var json = await RunAsync("verify", "--json");
        var text = await RunAsync("verify");
        var dump = await RunAsync("dump");

        Assert.Equal(ExitCode.Corrupt, json.ExitCode);
        var finding = json.Lines[0].GetProperty("finding");
        Assert.Equal("SegmentCorrupt", finding.GetProperty("kind").GetString());
        Assert.Equal(file, finding.GetProperty("file").GetString());
        Assert.Equal("a", finding.GetProperty("id").GetString());
        Assert.Equal(1, finding.GetProperty("sequenceNumber").GetInt64());
        Assert.Equal(1, json.Summary.GetProperty("findings").GetInt64());
        Assert.Equal(ExitCode.Corrupt, text.ExitCode);
        Assert.Contains($"SegmentCorrupt {file} at offset 120: expected record 1 of 'a'", text.Output, StringComparison.Ordinal);
        Assert.Contains("1 finding in 3 segments", text.Output, StringComparison.Ordinal);
        Assert.Equal($"Restore {Root} from a backup. Without one, stop its owner and run retain log repair --root {Root} --output NEW.\n", text.Error);
        Assert.Equal(ExitCode.Corrupt, dump.ExitCode);
        Assert.Contains(file, dump.Error, StringComparison.Ordinal);
        var stats = await RunAsync("stats");
        Assert.Equal((ExitCode.Corrupt, "warning: 1 place not counted. Run retain log verify to see what is wrong there.\n"), (stats.ExitCode, stats.Error));
        Approval.Verify(
            Places().Replace(json.Output.Replace(_directory.Path, "DIR", StringComparison.Ordinal), "$1:0"), Handbook.ApprovedFile("log-damaged.jsonl"));
    }

    [Theory(DisplayName = "retain log should not call the journal of a newer version damaged: it exits 2 and says what to use")]
    [InlineData("verify", "Use that version")]
    [InlineData("stats", "1 place not counted")]
    [InlineData("dump", "Use that version")]
    [InlineData("compact", "Use a newer version")]
    public async Task Newer(string command, string advice)
    {
        await WriteAsync();
        var file = OddLogs.MakeNewer(Journal);

        var result = await RunAsync(command);

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Contains(advice, result.Error, StringComparison.Ordinal);
        if (command == "verify") Assert.Contains($"FormatTooNew {file} at offset 8: expected a version", result.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain log verify should name a missing segment, exit 3 and say what to do")]
    public async Task Lost_segment()
    {
        await WriteAsync();
        var file = Directory.GetFiles(Journal, "*2.0.segment").Single();
        File.Delete(file);

        var result = await RunAsync("verify");

        Assert.Equal(ExitCode.Corrupt, result.ExitCode);
        Assert.Contains($"SegmentMissing {file} is missing: the segment before ", result.Output, StringComparison.Ordinal);
        Assert.Contains("retain log repair", result.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain log dump should filter by id and position and write payloads only when asked")]
    public async Task Dump()
    {
        await WriteAsync();

        var some = await RunAsync("dump", "--id", "a", "--from", "4", "--payload");

        Assert.Equal([4, 5, 6, 7, 9], some.Lines.Select(line => line.GetProperty("position").GetInt32()));
        Assert.Equal(900, Convert.FromBase64String(some.Lines[0].GetProperty("payload").GetString()!).Length);
        Assert.Equal("deletion", some.Lines[^1].GetProperty("kind").GetString());
        Assert.DoesNotContain("payload\":", (await RunAsync("dump")).Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain log dump should show the clear header of checkpoints")]
    public async Task Checkpoints()
    {
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root);

        var dump = await RunAsync("dump", "--id", "ck~b~tides.md");

        var headers = dump.Lines.Select(line => line.GetProperty("checkpoint")).ToList();
        Assert.All(headers, header => Assert.Equal(("b", "tides.md"), (header.GetProperty("bank").GetString(), header.GetProperty("source").GetString())));
        Assert.Equal("claim", headers[0].GetProperty("kind").GetString());
        Assert.Equal("completed", headers[^1].GetProperty("status").GetString());
        Assert.Equal(dump.Lines[^1].GetProperty("sequenceNumber").GetInt64(), headers[^1].GetProperty("revision").GetInt64());
        Assert.Equal(1, headers[^1].GetProperty("epoch").GetInt64());
    }

    [Theory(DisplayName = "retain log dump should take any payload, also of an id that looks like a checkpoint's")]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0100000000000000000000000000000000FFFFFFFF0F")]
    [InlineData("01000000000000000000000000010000000100000000")]
    [InlineData("010000000000000000000000000100000001FFFFFF7F")]
    [InlineData("01000000000000000000000000010000000102000000227B")]
    [InlineData("010000000000000000000000000100000001020000005B5D")]
    public void Hostile_payload(string hex) => Assert.Null(Output.CheckpointHeaderJson.TryRead("ck~b~s", 1, Convert.FromHexString(hex)));

    [Theory(DisplayName = "retain log should change no byte, also beside a running owner")]
    [InlineData("verify")]
    [InlineData("stats")]
    [InlineData("dump")]
    public async Task Read_only(string command)
    {
        await WriteAsync();
        var closed = FileBytes.Of(Root);
        Assert.Equal(0, (await RunAsync(command)).ExitCode);
        Assert.Equal(closed, FileBytes.Of(Root));

        using var owner = FileLog.Open(Settings, PosixFileSystem.Instance);
        var owned = FileBytes.Of(Root);
        var beside = await RunAsync(command);
        Assert.Equal(0, beside.ExitCode);
        Assert.Equal(owned, FileBytes.Of(Root));
        if (command == "verify") Assert.Contains($"process {Environment.ProcessId} owns the journal", beside.Output, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "retain log should take the files of another program for no journal, exit 4 and leave them alone")]
    [InlineData("verify")]
    [InlineData("stats")]
    [InlineData("dump")]
    [InlineData("compact")]
    [InlineData("compact", "--dry-run")]
    [InlineData("repair", "--output", "never-made")]
    public async Task Foreign(string command, params string[] options)
    {
        _directory.Write("root/journal/data.db", "not ours");
        var before = FileBytes.Of(_directory.Path);

        var result = await RunAsync(command, options);

        Assert.Equal(ExitCode.NotFound, result.ExitCode);
        Assert.Contains($"There is no journal in {Root}", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, FileBytes.Of(_directory.Path));
        Assert.False(Directory.Exists("never-made"));
    }

    [Theory(DisplayName = "retain log should say where it looked when there is no journal, exit 4 and make nothing")]
    [InlineData("verify")]
    [InlineData("stats")]
    [InlineData("dump")]
    [InlineData("compact")]
    public async Task Missing(string command)
    {
        var result = await RunAsync(command, "--json");

        Assert.Equal(ExitCode.NotFound, result.ExitCode);
        Assert.Equal("NotFound", result.Lines[0].GetProperty("error").GetProperty("reason").GetString());
        Assert.Contains(Root, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Root));
    }

    [Theory(DisplayName = "The help of every log command should have an example")]
    [InlineData]
    [InlineData("verify")]
    [InlineData("stats")]
    [InlineData("dump")]
    [InlineData("compact")]
    [InlineData("repair")]
    public async Task Help(params string[] command)
    {
        var result = await RetainCli.RunAsync(["log", .. command, "--help"]);

        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Contains("Example: retain log ", result.Output, StringComparison.Ordinal);
    }

    // The file system of the tests is the real one, so nothing is compacted behind their back.
    private FileLogSettings Settings => new() { Directory = Journal, SegmentSizeBytes = 4096, CompactionLiveShare = 0 };

    private async Task WriteAsync()
    {
        using var log = FileLog.Open(Settings, PosixFileSystem.Instance);
        for (var number = 1; number <= 7; number++) await log.AppendAsync([new LogEntry("a", number, new byte[900])]);
        await log.AppendAsync([new LogEntry("b\u001b[31m", 1, new byte[5])]);
        await log.DeleteAsync("a", 5);
        await AwaitWatermarkAsync();
    }

    /// <summary>The watermark of an idle log is the last that is written to it, here and after it is opened again.</summary>
    private async Task AwaitWatermarkAsync()
    {
        var last = Directory.GetFiles(Journal, "*.segment").Order(StringComparer.Ordinal).Last();
        while (File.ReadAllBytes(last) is var bytes && !(bytes.AsSpan()[^40..^36].SequenceEqual("RBAT"u8) && bytes[^36] == 3)) await Task.Delay(5);
    }

    private async Task<CliResult> RunAsync(string command, params string[] options)
    {
        var result = await RetainCli.RunAsync(["log", command, "--root", Root, .. options]);
        Assert.DoesNotContain('\u001b', result.Output + result.Error);
        return result;
    }

    [GeneratedRegex("""("sizeBytes"|"offset"):[0-9]+""")]
    private static partial Regex Places();
}
