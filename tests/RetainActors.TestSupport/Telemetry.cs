using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RetainActors.TestSupport;

/// <summary>One measurement of an instrument.</summary>
public sealed record Measured(Instrument Instrument, double Value, IReadOnlyDictionary<string, object?> Tags)
{
    public string Name => Instrument.Name;
}

/// <summary>Everything that RetainActors tells while this lives: to whoever runs beside it as well, so a test looks for its own bank.</summary>
public sealed class Telemetry : IDisposable
{
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;

    public Telemetry()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "RetainActors") listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "RetainActors" or "user",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public IReadOnlyList<Measured> Measurements => [.. _measured];

    public IReadOnlyList<Activity> Spans => [.. _spans];

    /// <summary>Measurements that carry this bank.</summary>
    public IEnumerable<Measured> Of(string bank, string name, params (string Key, object? Value)[] tags) => _measured.Where(measured =>
        measured.Name == name && Equals(measured.Tags.GetValueOrDefault("retain.bank"), bank)
        && tags.All(tag => Equals(measured.Tags.GetValueOrDefault(tag.Key), tag.Value)));

    /// <summary>Spans that ended and carry this bank, in that order.</summary>
    public IReadOnlyList<Activity> SpansOf(string bank, string name) =>
        [.. _spans.Where(span => span.OperationName == name && Equals(span.GetTagItem("retain.bank"), bank))];

    /// <summary>The latest values of an instrument that is asked, by its tags.</summary>
    public IReadOnlyList<Measured> Observe(string name)
    {
        var before = _measured.Count;
        _meters.RecordObservableInstruments();
        return [.. _measured.Skip(before).Where(measured => measured.Name == name)];
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue(new Measured(instrument, value, tags.ToArray().ToDictionary(StringComparer.Ordinal)));
}
