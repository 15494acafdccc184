using System.Text.RegularExpressions;
using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Commands;

public sealed partial class HealthCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    private string Journal => _directory.File("root", "journal");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "retain health --json should write exactly the approved documents of a healthy root and of one with runs to look at")]
    public async Task Json()
    {
        await RunAsync();
        var healthy = await HealthAsync();
        await SaveUnfinishedAsync("late");
        var degraded = await HealthAsync("--stuck-after", "0s");

        Assert.Equal((ExitCode.Ok, ""), (healthy.ExitCode, healthy.Error));
        Assert.Equal((ExitCode.Degraded, ""), (degraded.ExitCode, degraded.Error));
        var shape = Numbers().Replace((healthy.Output + degraded.Output).Replace(_directory.Path, "DIR", StringComparison.Ordinal), "$1:0");
        Approval.Verify(JsonShape.Of(shape), Handbook.ApprovedFile("health.jsonl"));
    }

    [Fact(DisplayName = "retain health should tell people the owner, the room, the runs that are not completed, and what to do")]
    public async Task Text()
    {
        await RunAsync();
        await SaveUnfinishedAsync("late");

        var result = await RetainCli.RunAsync("health", "--root", Root, "--stuck-after", "0s");

        Assert.Equal((ExitCode.Degraded, ""), (result.ExitCode, result.Error));
        Assert.StartsWith($"root {Root}\nowner none\nspace ", result.Output, StringComparison.Ordinal);
        Assert.Contains("runs 1 unfinished, 3 completed, 0 failed, 0 parked, 0 unreadable\n", result.Output, StringComparison.Ordinal);
        Assert.Matches("b +late +running +NEXT +[0-9]+s", result.Output);
        Assert.Contains("problem Stuck: 1 run saved nothing for 0s. No process owns the root", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("degraded: 1 problem\n", result.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain health beside a running owner should name it and change no byte")]
    public async Task Beside_owner()
    {
        await RunAsync();
        var before = FileBytes.Of(Root);
        await HealthAsync();
        Assert.Equal(before, FileBytes.Of(Root));

        await using var owner = await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None);
        var health = await HealthAsync();

        Assert.Equal(ExitCode.Ok, health.ExitCode);
        Assert.Equal(Environment.ProcessId, health.Lines[0].GetProperty("owner").GetProperty("processId").GetInt32());
        Assert.Equal(Environment.MachineName, health.Lines[0].GetProperty("owner").GetProperty("host").GetString());
    }

    [Fact(DisplayName = "retain health should take an owner that was killed for none")]
    public async Task Dead_owner()
    {
        await RunAsync();
        File.WriteAllText(Path.Combine(Journal, "OWNER"), $"pid {Environment.ProcessId}\nstart 1\nhost {Environment.MachineName}\nsince 2026-01-01T00:00:00.0000000+00:00\n");

        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await HealthAsync()).Lines[0].GetProperty("owner").ValueKind);
    }

    [Fact(DisplayName = "retain health should name damage that opening meets and the journal of a newer version, and exit 6")]
    public async Task Damaged()
    {
        await RunAsync();
        OddLogs.Damage(Journal);
        Assert.Equal("SegmentCorrupt", await ProblemAsync());
        OddLogs.MakeNewer(Journal);
        Assert.Equal("FormatTooNew", await ProblemAsync());
    }

    [Fact(DisplayName = "retain health should refuse to look into an unsafe root, name it and exit 6")]
    public async Task Unsafe()
    {
        await RunAsync();
        Directory.CreateSymbolicLink(_directory.File("link"), Root);

        var result = await RetainCli.RunAsync("health", "--root", _directory.File("link"), "--json");

        Assert.Equal((ExitCode.Degraded, "RootUnsafe"), (result.ExitCode, Assert.Single(Problems(result))));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, result.Lines[0].GetProperty("checkpoints").ValueKind);
    }

    [Fact(DisplayName = "retain health should count the checkpoints that damage in a full segment makes unreadable, and exit 6")]
    public async Task Damaged_segment()
    {
        var config = _directory.Write("small.conf", "akka.persistence.journal.retain-file { segment-size = 4 KiB, compaction.enabled = off }\nretain.checkpoint.retention.keep-revisions = off");
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--parallel", "1", "--config", config);
        OddLogs.DamageFullSegment(Journal);

        Assert.Equal("Unreadable", await ProblemAsync());
    }

    [Fact(DisplayName = "retain health should say that a run failed, that it is parked, that space is low, and that the journal is above its warning")]
    public async Task Every_problem()
    {
        var config = _directory.Write("my.conf", "retain.run.park-after = 2, akka.persistence.journal.retain-file.total-size-warning = 1");
        _directory.Write("folder/nested.md", string.Concat(Enumerable.Repeat("> ", 5000)) + "deep");
        await RunAsync();
        Assert.Equal("Failed", await ProblemAsync());
        await RunAsync();

        Assert.Equal(["SpaceLow", "TotalSizeWarning", "Parked"], Problems(await HealthAsync("--config", config, "--min-free", $"{int.MaxValue}")));

        Task<CliResult> RunAsync() => RetainCli.RunAsync("run", _directory.File("folder"), "--bank", "b", "--root", Root, "--config", config);
    }

    [Fact(DisplayName = "retain health without a journal should exit 4 and make nothing")]
    public async Task Missing()
    {
        Assert.Equal(ExitCode.NotFound, (await HealthAsync()).ExitCode);
        Assert.False(Directory.Exists(Root));
    }

    [Theory(DisplayName = "An age should be told in the largest unit of which there is at least one, and be read back")]
    [InlineData(0, "0s")]
    [InlineData(59, "59s")]
    [InlineData(60, "1m")]
    [InlineData(7199, "1h")]
    [InlineData(200_000, "2d")]
    [InlineData(-5, "0s")]
    public void Ages(int seconds, string text)
    {
        Assert.Equal(text, Cli.Commands.Age.Text(TimeSpan.FromSeconds(seconds)));
        Assert.Equal(text, Cli.Commands.Age.Text(Cli.Commands.Age.Parse(text)!.Value));
    }

    private Task<CliResult> RunAsync() => RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--parallel", "1");

    private Task<CliResult> HealthAsync(params string[] options) => RetainCli.RunAsync(["health", "--root", Root, "--json", .. options]);

    private async Task<string> ProblemAsync()
    {
        var result = await HealthAsync();
        Assert.Equal((ExitCode.Degraded, "degraded"), (result.ExitCode, result.Lines[0].GetProperty("status").GetString()));
        return Assert.Single(Problems(result));
    }

    private static List<string> Problems(CliResult result) =>
        [.. result.Lines[0].GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("reason").GetString()!)];

    private async Task SaveUnfinishedAsync(string source)
    {
        await using var owner = await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None);
        await RetainCheckpoints.Get(owner.System).Client.SaveAsync(
            new RetainContext(new CheckpointKey("b", source)) { NextState = "NEXT" });
    }

    [GeneratedRegex("""("(freeBytes|totalBytes|ageSeconds|processId)"):[0-9]+""")]
    private static partial Regex Numbers();
}
