using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using RetainActors.Persistence;

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
}
