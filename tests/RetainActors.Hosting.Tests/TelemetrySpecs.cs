using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using RetainActors.Persistence;
using RetainActors.Runs;

namespace RetainActors.Hosting.Tests;

public sealed class TelemetrySpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "AddRetainActorsInstrumentation should collect the instruments and spans of a journal, and nothing without it")]
    public async Task Collects()
    {
        var (metrics, spans, ignored) = (new List<Metric>(), new List<Activity>(), new List<Metric>());
        using var meters = Sdk.CreateMeterProviderBuilder().AddRetainActorsInstrumentation().AddInMemoryExporter(metrics).Build();
        using var tracer = Sdk.CreateTracerProviderBuilder().AddRetainActorsInstrumentation().AddInMemoryExporter(spans).Build();
        using var others = Sdk.CreateMeterProviderBuilder().AddInMemoryExporter(ignored).Build();
        await using (var hosted = await HostedSystem.StartAsync(builder => builder.WithRetainFilePersistence(options => options.Root = _directory.File("root"))))
        {
            await hosted.KeepAsync(FilePersistence.JournalPath);
            meters.ForceFlush();
            others.ForceFlush();
        }

        tracer.ForceFlush();
        Assert.Superset(
            new HashSet<string> { "retain.journal.operation.duration", "retain.journal.io", "retain.journal.size", "retain.recovery.duration" },
            metrics.Select(metric => metric.Name).ToHashSet());
        Assert.Superset(new HashSet<string> { "journal.append", "journal.recover" }, spans.Select(span => span.OperationName).ToHashSet());
        Assert.Empty(ignored);
    }

    [Fact(DisplayName = "OpenTelemetry should get a run, its states, their saves and the writes of the journal, and the measurements of each")]
    public async Task Collects_runs()
    {
        var key = new CheckpointKey($"bank-{Guid.NewGuid():N}", "source");
        var (metrics, spans) = (new List<Metric>(), new List<Activity>());
        using var meters = Sdk.CreateMeterProviderBuilder().AddRetainActorsInstrumentation().AddInMemoryExporter(metrics).Build();
        using var tracer = Sdk.CreateTracerProviderBuilder().AddRetainActorsInstrumentation().AddInMemoryExporter(spans).Build();
        var table = new StateTableBuilder("READ").Add("READ", (_, context, _) => Task.FromResult(new StateResult(context, Transition.Completed))).Build();
        await using (var hosted = await HostedSystem.StartAsync(builder => builder
            .WithRetainFilePersistence(options => options.Root = _directory.File("root")).WithRetainCheckpoints().WithRetainRuns(_ => table)))
        {
            Assert.Equal(RunOutcome.Completed, (await hosted.Service<IRunClient>().RunAsync(key, "text")).Outcome);
            meters.ForceFlush();
        }

        tracer.ForceFlush();
        Assert.Superset(
            new HashSet<string> { "retain.checkpoint.save.duration", "retain.checkpoint.save.count", "retain.run.count", "retain.run.state.duration", "retain.actor.active" },
            metrics.Select(metric => metric.Name).ToHashSet());
        var mine = spans.Where(span => Equals(span.GetTagItem("retain.bank"), key.Bank)).ToList();
        var run = Assert.Single(mine, span => span.OperationName == "run");
        Assert.All(mine, span => Assert.Equal(run.TraceId, span.TraceId));
        Assert.Equal(
            ["checkpoint.claim", "checkpoint.load", "checkpoint.load", "checkpoint.save", "checkpoint.save", "checkpoint.write", "checkpoint.write", "checkpoint.write", "run", "run.state"],
            mine.Select(span => span.OperationName).Order(StringComparer.Ordinal));
        var appends = spans.Where(span => span.OperationName == "journal.append" && Equals(span.GetTagItem("retain.persistence_id"), key.PersistenceId));
        Assert.Equal(
            mine.Where(span => span.OperationName == "checkpoint.write").Select(span => (span.TraceId, span.SpanId)).ToHashSet(),
            appends.Select(span => (span.TraceId, span.ParentSpanId)).ToHashSet());
    }
}
