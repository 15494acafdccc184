using System.Text.RegularExpressions;
using Akka.Hosting;
using RetainActors.Checkpoints;
using RetainActors.Diagnostics;
using RetainActors.Persistence;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Hosting.Tests;

/// <summary>
/// What everything tells that there is: the names of instruments, spans and tags are a contract. A service is taken through all of it,
/// and what was heard is compared with the approved list and the document.
/// </summary>
public sealed partial class TelemetryContractSpecs : IAsyncLifetime
{
    private static readonly string[] TagsOfKeys = ["retain.bank", "retain.source"];

    private readonly TempDirectory _directory = new();
    private readonly Telemetry _telemetry = new();
    private readonly TaskCompletionSource _slowEntered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task InitializeAsync() => ServeAsync();

    public Task DisposeAsync()
    {
        _telemetry.Dispose();
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Fact(DisplayName = "Instruments and spans should be those that are approved")]
    public void Approved() => Approval.Verify(
        string.Join('\n', [.. Instruments().Select(line => $"instrument {line}"), .. Spans().Select(line => $"span {line}")]),
        Repository.File("tests", "RetainActors.Hosting.Tests", "Approved", "telemetry.txt"));

    [Fact(DisplayName = "The document should list exactly the instruments and spans that there are")]
    public void Documented()
    {
        var rows = File.ReadAllLines(Repository.File("docs", "telemetry.md")).Where(line => Row().IsMatch(line))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])
            .Select(row => row.Select(cell => cell.Replace("`", "", StringComparison.Ordinal)).ToArray()).ToList();
        Same(Instruments(), rows.Where(row => row.Length == 6).Select(row => $"{row[0]} | {row[1]} | {row[2]} | {row[3]} | {row[4]}"));
        Same(Spans(), rows.Where(row => row.Length == 4).Select(row => $"{row[0]} | {row[1]}"));

        static void Same(IEnumerable<string> told, IEnumerable<string> listed) =>
            Assert.Equal(string.Join('\n', told), string.Join('\n', listed.Order(StringComparer.Ordinal)));
    }

    private IEnumerable<string> Instruments() => _telemetry.Measurements.GroupBy(measured => measured.Name).Select(group =>
    {
        var instrument = group.First().Instrument;
        var tags = group.SelectMany(measured => measured.Tags.Keys).ToHashSet(StringComparer.Ordinal);
        var kind = instrument.GetType().Name.Split('`')[0] switch
        {
            "ObservableGauge" => "gauge",
            "ObservableUpDownCounter" => "up-down counter",
            var other => other.ToLowerInvariant(),
        };
        return $"{group.Key} | {instrument.Unit} | {kind} | {Listed(tags.Except(TagsOfKeys))} | {(tags.IsSupersetOf(TagsOfKeys) ? "yes" : "no")}";
    }).Order(StringComparer.Ordinal);

    private IEnumerable<string> Spans() => _telemetry.Spans.Where(span => span.Source.Name == "RetainActors").GroupBy(span => span.OperationName)
        .Select(group => $"{group.Key} | {Listed(group.SelectMany(span => span.TagObjects.Select(tag => tag.Key)))}").Order(StringComparer.Ordinal);

    private static string Listed(IEnumerable<string> tags) => string.Join(", ", tags.Distinct().Order(StringComparer.Ordinal));

    private async Task ServeAsync()
    {
        await using (var hosted = await StartAsync())
        {
            await RunAsync(hosted.Service<IRunClient>());
            await SaveAsync(hosted.Service<ICheckpointClient>());
            _telemetry.Observe("retain.journal.size");
        }

        // As a crash leaves it: no mark, and an unfinished write at the end.
        File.Delete(_directory.File("root", "journal", "CLEAN"));
        await using (var segment = File.Open(Directory.GetFiles(_directory.File("root", "journal"), "*.segment").Max(StringComparer.Ordinal)!, FileMode.Append))
            segment.Write([1, 2, 3]);
        await using (var again = await StartAsync()) await again.Service<ICheckpointClient>().LoadAsync(new CheckpointKey("b", "saved"));
        // How damage is found, and when requests fail, is the subject of other tests.
        using var journal = new JournalTelemetry("damaged");
        journal.Damaged();
        Answer();
    }

    /// <summary>Every answer to every request that is measured.</summary>
    private static void Answer()
    {
        var (key, telemetry) = (new CheckpointKey("b", "answered"), new CheckpointTelemetry(KeyTags.Source));
        ICheckpointReply[] saves = [new Saved(key, 1), new SaveRefused(key, RefuseReason.Busy, "d"), new SaveUnknown(key, null, "d")];
        ICheckpointReply[] loads = [new NotFound(key), new Corrupt(key, "d", null), new TooNew(key, 9), new Unavailable(key, "IO", "d")];
        foreach (var reply in saves) End(new Save(new RetainContext(key)), reply);
        foreach (var reply in loads) End(new Load(key), reply);
        foreach (var reply in new ICheckpointReply[] { new ClaimRefused(key, RefuseReason.Busy, "d"), new Unavailable(key, "IO", "d") }) End(new Claim(key), reply);
        End(new Delete(key), new Unavailable(key, "IO", "d"));

        void End(ICheckpointCommand command, ICheckpointReply reply) => telemetry.End(CheckpointTelemetry.Begin(command, default), command, reply);
    }

    /// <summary>A fork, a retry, a failure, parking, a refusal, a resume, a completed run, and one that is stopped.</summary>
    private async Task RunAsync(IRunClient runs)
    {
        foreach (var expected in new[] { RunOutcome.Parked, RunOutcome.Refused })
            Assert.Equal(expected, (await runs.RunAsync(new CheckpointKey("b", "bad"), "text")).Outcome);
        Assert.Null((await runs.UnparkAsync(new CheckpointKey("b", "bad"))).Error);
        Assert.Equal(RunOutcome.Completed, (await runs.RunAsync(new CheckpointKey("b", "bad"), "text")).Outcome);
        using var stop = new CancellationTokenSource();
        var stopped = runs.RunAsync(new CheckpointKey("b", "slow"), "text", cancellationToken: stop.Token);
        await Task.WhenAny(_slowEntered.Task, stopped);
        await stop.CancelAsync();
        Assert.Equal(RunOutcome.Stopped, (await stopped).Outcome);
    }

    /// <summary>What clients ask for: done, refused, and many at once.</summary>
    private static async Task SaveAsync(ICheckpointClient client)
    {
        var key = new CheckpointKey("b", "saved");
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.SaveAsync(new RetainContext(key))));
        await Assert.ThrowsAsync<SaveRefusedException>(() => client.SaveAsync(new RetainContext(key), expectedRevision: 1));
        await client.LoadAsync(key);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.SaveAsync(new RetainContext(key))));
        await client.PruneAsync(key);
        await client.DeleteAsync(key);
        await client.SaveAsync(new RetainContext(key));
    }

    private Task<HostedSystem> StartAsync() => HostedSystem.StartAsync(builder => builder
        .AddHocon("""retain.checkpoint.retention { keep-revisions = 1 }""", HoconAddMode.Prepend)
        .WithRetainFilePersistence(options => options.Root = _directory.File("root"))
        .WithRetainCheckpoints(options => options.MetricKeyTags = MetricKeyTags.Source)
        .WithRetainRuns(_ => Table()));

    private StateTable Table()
    {
        var failures = 0;
        var policy = new StatePolicy
        {
            ParkAfter = 2, Retry = new RetryPolicy { MaxTries = 2, MinBackoff = TimeSpan.FromMilliseconds(1), MaxBackoff = TimeSpan.FromMilliseconds(1), Retries = _ => true },
        };
        return new StateTableBuilder("FORK")
            .AddFork("FORK", ForkAsync, ["LEFT"], "JOIN").Add("LEFT", Returns(Transition.Completed))
            .Add("JOIN", (_, context, _) => ++failures <= 2 ? throw new TimeoutException("no model") : Task.FromResult(new StateResult(context, Transition.Completed)), policy: policy)
            .Build();

        async Task<StateResult> ForkAsync(StateScope scope, RetainContext context, CancellationToken stop)
        {
            if (scope.Key.Source != "slow") return new StateResult(context, Transition.Fork);
            _slowEntered.SetResult();
            await Task.Delay(Timeout.Infinite, stop);
            throw new InvalidOperationException("It was stopped.");
        }
    }

    private static StateHandler Returns(Transition transition) => (_, context, _) => Task.FromResult(new StateResult(context, transition));

    [GeneratedRegex(@"^\| `(retain\.[a-z._]+|(checkpoint|run|journal)[a-z.]*)` \|")]
    private static partial Regex Row();
}
