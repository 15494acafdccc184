using System.Diagnostics;
using System.Text.Json;
using RetainActors.Cli.Tests.Commands;

namespace RetainActors.Cli.Tests.EndToEnd;

/// <summary><c>retain node</c> as processes of their own on one PostgreSQL.</summary>
public sealed class NodeSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableFact(DisplayName = "Of two nodes one is killed in the middle: every source should complete on the other, with no acknowledged state run twice, and nobody asks again")]
    public async Task Killed()
    {
        using var server = PostgresServer.Require();
        var folder = Documents.Folder(_directory, copies: 1);
        var sources = Documents.Sources(folder);
        var files = new NodeFiles(_directory, NodeFiles.NewDatabase(server), folder);
        var file = files.Write(0, latencyMs: 400);
        // The one that dies is alone at first, so that it has the sources, and slow, so that it is in the middle of them.
        using var dies = RetainProcess.Start("node", "--config", files.Write(1, latencyMs: 5000), "--json");
        await dies.AwaitErrorAsync("up: ");
        await AwaitAllBegunAsync(RetainConfig.Load(null, file, readOnly: true), sources);
        using var stays = RetainProcess.Start("node", "--config", file, "--json");
        await stays.AwaitErrorAsync("up: ");

        await dies.KillAsync();
        Assert.Equal(ExitCode.Ok, (await RetainCli.RunAsync("list", "--config", file, "--json")).ExitCode);
        await stays.AwaitOutputAsync("\"summary\"");

        var contexts = await Checkpoints.ReadAsync(RetainConfig.Load(null, file, readOnly: true), "b", sources);
        Assert.All(sources, source => Checkpoints.AssertEachStateRanOnce(contexts[source]));
        Assert.Contains(contexts.Values, context => context.Attempt > 1);
        var history = await RetainCli.RunAsync("history", "b", sources[0], "--config", file);
        var show = await RetainCli.RunAsync("show", "b", sources[0], "--config", file);
        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (history.ExitCode, show.ExitCode));
        Assert.Contains("completed", show.Output, StringComparison.OrdinalIgnoreCase);
        var page = _directory.File("report.html");
        var report = await RetainCli.RunAsync("report", "--output", page, "--json", "--config", file);
        Assert.Equal((ExitCode.Ok, ""), (report.ExitCode, report.Error));
        using var document = JsonDocument.Parse(report.Output);
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("journal").ValueKind);
        Assert.Empty(document.RootElement.GetProperty("findings").EnumerateArray());
        Assert.Equal(sources.Order(StringComparer.Ordinal), document.RootElement.GetProperty("sources").EnumerateArray().Select(row => row.GetProperty("source").GetString()));
        Assert.All(sources, source => Assert.Contains(source, File.ReadAllText(page), StringComparison.Ordinal));

        var left = await stays.TerminateAsync();
        Assert.Equal(ExitCode.Ok, left.ExitCode);
        Assert.Contains("left: ", left.Error, StringComparison.Ordinal);
        Assert.Equal((sources.Length, 0), (left.Counts.Completed + left.Counts.UpToDate, left.Counts.Failed));
    }

    [SkippableFact(DisplayName = "A node without its fence, its database or a setting should say what, where and what to do, in one line")]
    public async Task Refused()
    {
        using var server = PostgresServer.Require();
        var folder = Documents.Folder(_directory, copies: 1);
        var unfenced = new NodeFiles(_directory, NodeFiles.NewDatabase(server) + ";Options=-c synchronous_commit=off", folder).Write(0);
        await FailsAsync(ExitCode.Failed, "error NotDurable: ", "synchronous_commit", "node", "--config", unfenced);

        var empty = new NodeFiles(_directory, NodeFiles.NewDatabase(server), folder).Write(0);
        await FailsAsync(ExitCode.Failed, "error UnexpectedSchema: ", "has no table", "list", "--config", empty);
        await FailsAsync(ExitCode.Usage, "error ClusterConfig: ", "retain node, list, show", "unpark", "b", "s", "--config", empty);
        await FailsAsync(ExitCode.Usage, "error NoJournalFiles: ", "retain list", "log", "stats", "--config", empty);
        await FailsAsync(ExitCode.Failed, "error UnexpectedSchema: ", "has no table", "report", "--output", _directory.File("empty.html"), "--config", empty);

        var parked = new NodeFiles(_directory, NodeFiles.NewDatabase(server), folder).Write(0);
        File.AppendAllText(parked, "\nretain.run.park-after = 0");
        await FailsAsync(ExitCode.Usage, "error ConfigUnreadable: ", "retain.run.park-after", "node", "--config", parked);

        var unreachable = new NodeFiles(_directory, "Host=127.0.0.1;Port=1;Username=u;Timeout=2", folder).Write(0);
        await FailsAsync(ExitCode.Failed, "error Unreachable: ", "Start it", "node", "--config", unreachable);
        var without = _directory.Write("without.conf", "retain.node.bank = b");
        await FailsAsync(ExitCode.Usage, "error ConfigUnreadable: ", "retain.cluster.connection-string", "node", "--config", without);
    }

    /// <summary>Waits until every source has a checkpoint.</summary>
    private static async Task AwaitAllBegunAsync(RetainConfig config, string[] sources)
    {
        for (var watch = Stopwatch.StartNew(); (await Checkpoints.ReadAsync(config, "b", sources)).Count < sources.Length;)
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "some sources never began");
    }

    private static async Task FailsAsync(int exitCode, string start, string detail, params string[] arguments)
    {
        var result = await RetainCli.RunAsync(arguments);
        Assert.Equal((exitCode, 1), (result.ExitCode, result.Error.Count(character => character == '\n')));
        Assert.StartsWith(start, result.Error, StringComparison.Ordinal);
        Assert.Contains(detail, result.Error, StringComparison.Ordinal);
    }
}
