using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akka.Persistence;
using Akka.TestKit.Xunit2;
using RetainActors.Storage;
using static RetainActors.Persistence.Tests.RecordingActor;

namespace RetainActors.Persistence.Tests;

public sealed class JournalTelemetrySpecs : TestKit
{
    private readonly string _pluginId = $"akka.persistence.journal.measured-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<(string Name, double Value, IReadOnlyDictionary<string, object?> Tags)> _measured = new();
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;

    public JournalTelemetrySpecs()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "RetainActors") listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument.Name, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument.Name, value, tags));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "RetainActors",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (Equals(span.GetTagItem("retain.journal.id"), _pluginId)) _spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_activities);
    }

    [Fact(DisplayName = "A journal should measure its openings, appends, replays and deletions, with outcome, bytes and spans")]
    public async Task Measures()
    {
        await using (var service = Service.Start(TestJournal.ConfigFor(_pluginId, "file-system = memory, root = /retain")))
        {
            var probe = CreateTestProbe();
            var actor = service.Record("a", probe);
            await probe.ExpectMsgAsync<Recovered>();
            actor.Tell(new Keep("hello"), probe);
            actor.Tell(new Keep("world"), probe);
            await probe.ExpectMsgAsync<Stored>();
            await probe.ExpectMsgAsync<Stored>();
            await WatchAsync(actor);
            service.System.Stop(actor);
            await ExpectTerminatedAsync(actor);
            service.Record("a", probe);
            Assert.Equal(2, (await probe.ExpectMsgAsync<Recovered>()).Events.Count);
            var journal = Akka.Persistence.Persistence.Instance.Apply(service.System).JournalFor(_pluginId);
            journal.Tell(new DeleteMessagesTo("a", 1, probe), probe);
            await probe.ExpectMsgAsync<DeleteMessagesSuccess>();
            _meters.RecordObservableInstruments();
        }

        Assert.Equal(1, Count("retain.journal.operation.duration", ("operation", "open"), ("outcome", "success")));
        Assert.Equal(2, Count("retain.journal.operation.duration", ("operation", "append"), ("outcome", "success")));
        Assert.Equal(1, Count("retain.journal.operation.duration", ("operation", "delete"), ("outcome", "success")));
        Assert.Equal(2, Count("retain.recovery.duration", ("outcome", "success")));
        Assert.Equal(2, Sum("retain.recovery.replayed"));
        Assert.True(Sum("retain.journal.io", ("direction", "write")) > 10);
        Assert.Equal(Sum("retain.journal.io", ("direction", "write")), Sum("retain.journal.io", ("direction", "read")));
        Assert.Equal(1, Sum("retain.journal.segment.count"));
        Assert.True(Sum("retain.journal.size") > Sum("retain.journal.live"));
        Assert.Equal(["journal.append", "journal.append", "journal.delete", "journal.open", "journal.recover", "journal.recover"], _spans.Select(span => span.OperationName).Order());
        Assert.All(_spans.Where(span => span.OperationName != "journal.open"), span => Assert.Equal("a", span.GetTagItem("retain.persistence_id")));

        var before = Count("retain.journal.size");
        _meters.RecordObservableInstruments();
        Assert.Equal(before, Count("retain.journal.size"));
    }

    [Fact(DisplayName = "A journal should measure a failed append under the name of its failure")]
    public async Task Measures_failures()
    {
        var memory = new MemoryFileSystem();
        await using var service = Service.Start(
            TestJournal.ConfigFor(_pluginId, "file-system = memory, root = /retain"), FileJournalSetup.Empty.WithFileSystem(_pluginId, memory));
        var probe = CreateTestProbe();
        var actor = service.Record("a", probe);
        await probe.ExpectMsgAsync<Recovered>();
        memory.FailNext(FileOperation.Write, FileSystemError.NoSpace);
        await WatchAsync(actor);

        actor.Tell(new Keep("x"), probe);
        await probe.ExpectMsgAsync<Failed>();
        await ExpectTerminatedAsync(actor);

        Assert.Equal(1, Count("retain.journal.operation.duration", ("operation", "append"), ("outcome", "JournalFull")));
        Assert.Equal(0, Sum("retain.journal.io", ("direction", "write")));
        Assert.Contains(_spans, span => span is { OperationName: "journal.append", Status: ActivityStatusCode.Error });
    }

    [Fact(DisplayName = "The span of an append should hang under the trace of its event, and without one under nothing, whatever its thread was made under")]
    public async Task Traces()
    {
        using var source = new ActivitySource("RetainActors");
        using var making = source.StartActivity("making the system");
        var trace = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        await using (var service = Service.Start(TestJournal.ConfigFor(_pluginId, "file-system = memory, root = /retain")))
        {
            var asked = new ConcurrentQueue<object>();
            FilePersistence.Get(service.System).TraceOf = @event =>
            {
                asked.Enqueue(@event);
                return Equals(@event, "traced") ? trace : default;
            };
            var probe = CreateTestProbe();
            var actor = service.Record("a", probe);
            await probe.ExpectMsgAsync<Recovered>();
            actor.Tell(new Keep("traced"), probe);
            await probe.ExpectMsgAsync<Stored>();
            actor.Tell(new Keep("other"), probe);
            await probe.ExpectMsgAsync<Stored>();
            Assert.Equal(["traced", "other"], asked);
        }

        var appends = _spans.Where(span => span.OperationName == "journal.append").ToList();
        Assert.Equal([(trace.TraceId, trace.SpanId)], appends.Where(span => span.ParentSpanId != default).Select(span => (span.TraceId, span.ParentSpanId)));
        Assert.Equal(2, appends.Count);
        Assert.All(_spans.Except(appends), span => Assert.Equal(default, span.ParentSpanId));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _meters.Dispose();
        _activities.Dispose();
    }

    private void Take(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var all = tags.ToArray().ToDictionary(StringComparer.Ordinal);
        if (Equals(all.GetValueOrDefault("retain.journal.id"), _pluginId)) _measured.Enqueue((name, value, all));
    }

    private int Count(string name, params (string Key, string Value)[] tags) => Matching(name, tags).Count();

    private double Sum(string name, params (string Key, string Value)[] tags) => Matching(name, tags).Sum();

    private IEnumerable<double> Matching(string name, (string Key, string Value)[] tags) => _measured
        .Where(measured => measured.Name == name && tags.All(tag => Equals(measured.Tags.GetValueOrDefault(tag.Key), tag.Value)))
        .Select(measured => measured.Value);
}
