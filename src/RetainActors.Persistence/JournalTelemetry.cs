using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Akka.Persistence;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>
/// The instruments and spans of journals. Their names are a contract, listed in <c>docs/telemetry.md</c>. Without a listener
/// they cost a comparison each.
/// </summary>
internal sealed class JournalTelemetry : IDisposable
{
    private const string Name = "RetainActors";
    private const string JournalTag = "retain.journal.id";
    private const string OperationTag = "operation";
    private const string OutcomeTag = "outcome";

    private static readonly string? Version = typeof(JournalTelemetry).Assembly.GetName().Version?.ToString(3);
    private static readonly ActivitySource Source = new(Name, Version);
    private static readonly Meter Meter = new(Name, Version);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "retain.journal.operation.duration", "s", "How long appends with their sync, deletions and openings of the log took.");
    private static readonly Counter<long> Io = Meter.CreateCounter<long>(
        "retain.journal.io", "By", "Payload bytes of events that were made durable or replayed.");
    private static readonly Histogram<double> RecoveryDuration = Meter.CreateHistogram<double>(
        "retain.recovery.duration", "s", "How long the replays of persistent actors took.");
    private static readonly Counter<long> ReplayedEvents = Meter.CreateCounter<long>(
        "retain.recovery.replayed", "{event}", "Events that were replayed.");
    private static readonly Counter<long> Truncated = Meter.CreateCounter<long>(
        "retain.journal.tail.truncated", "By", "Bytes of unfinished writes that openings put aside.");
    private static readonly Counter<long> DamagedPlaces = Meter.CreateCounter<long>(
        "retain.journal.damage", "{place}", "Damaged places that were found in full segments.");

    // Running journals, for the gauges.
    private static readonly ConcurrentDictionary<JournalTelemetry, Func<LogStatistics?>> Running = new();

    private readonly KeyValuePair<string, object?> _journal;

    static JournalTelemetry()
    {
        Meter.CreateObservableGauge(
            "retain.journal.segment.count", () => Observe(statistics => statistics.Segments), "{segment}", "Segment files.");
        Meter.CreateObservableGauge(
            "retain.journal.size", () => Observe(statistics => statistics.TotalBytes), "By", "Size of all segment files.");
        Meter.CreateObservableGauge(
            "retain.journal.live", () => Observe(statistics => statistics.LiveBytes), "By", "Bytes of the records that are not deleted.");
    }

    public JournalTelemetry(string pluginId) => _journal = new(JournalTag, pluginId);

    /// <summary>Has the gauges ask for the size of the log until this is disposed.</summary>
    public void Watch(Func<LogStatistics?> statistics) => Running[this] = statistics;

    /// <summary>An append, under the trace of its first event.</summary>
    public Operation Append(string persistenceId, ActivityContext trace) => new(this, "append", "journal.append", persistenceId, trace);

    /// <summary>The trace of the first event of a write; the default when nobody listens.</summary>
    public static ActivityContext TraceOf(WriteMessages request, Func<object, ActivityContext>? traceOf) =>
        traceOf is not null && Source.HasListeners()
        && request.Messages.OfType<AtomicWrite>().FirstOrDefault()?.Payload is IEnumerable<IPersistentRepresentation> events
        && events.FirstOrDefault() is { } first
            ? traceOf(first.Payload)
            : default;

    public Operation Delete(string persistenceId) => new(this, "delete", "journal.delete", persistenceId);

    public Operation Recover(string persistenceId) => new(this, null, "journal.recover", persistenceId);

    /// <summary>Opens a log, measured.</summary>
    public FileLog Open(Func<FileLog> open)
    {
        var measured = new Operation(this, "open", "journal.open", null);
        Exception? failure = null;
        try
        {
            var log = open();
            if (log.Recovery.TrimmedBytes > 0) Truncated.Add(log.Recovery.TrimmedBytes, _journal);
            return log;
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            measured.End(failure);
        }
    }

    public void Damaged() => DamagedPlaces.Add(1, _journal);

    public void Written(WriteBatch batch)
    {
        if (Io.Enabled) Io.Add(batch.PayloadBytes, _journal, new("direction", "write"));
    }

    public void Replayed(long events, long bytes)
    {
        ReplayedEvents.Add(events, _journal);
        Io.Add(bytes, _journal, new("direction", "read"));
    }

    public void Dispose() => Running.TryRemove(this, out _);

    private static IEnumerable<Measurement<long>> Observe(Func<LogStatistics, long> value)
    {
        foreach (var (journal, statistics) in Running)
            if (statistics() is { } known) yield return new Measurement<long>(value(known), journal._journal);
    }

    /// <summary>One call that is measured, from its creation to its end.</summary>
    internal readonly struct Operation
    {
        private readonly JournalTelemetry _owner;
        private readonly string? _operation;
        private readonly Activity? _span;
        private readonly long _start;

        public Operation(JournalTelemetry owner, string? operation, string span, string? persistenceId, ActivityContext parent = default)
        {
            (_owner, _operation, _start) = (owner, operation, Stopwatch.GetTimestamp());
            if (!Source.HasListeners()) return;
            // The current one is whatever the thread was made under.
            Activity.Current = null;
            _span = Source.StartActivity(span, ActivityKind.Internal, parent);
            _span?.SetTag(JournalTag, owner._journal.Value).SetTag("retain.persistence_id", persistenceId);
        }

        /// <summary>Ends when the call does, before anybody hears of that.</summary>
        public Task<T> Around<T>(Task<T> call) => _span is null && !Duration.Enabled ? call : AroundAsync(call);

        /// <param name="failure">Null when it succeeded.</param>
        public void End(Exception? failure = null)
        {
            var seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
            var outcome = new KeyValuePair<string, object?>(OutcomeTag, failure switch
            {
                null => "success",
                StorageException known => known.Reason.ToString(),
                _ => failure.GetType().Name,
            });
            if (_operation is null) RecoveryDuration.Record(seconds, _owner._journal, outcome);
            else Duration.Record(seconds, _owner._journal, new(OperationTag, _operation), outcome);
            if (failure is not null) _span?.SetStatus(ActivityStatusCode.Error, failure.Message);
            _span?.Dispose();
        }

        private async Task<T> AroundAsync<T>(Task<T> call)
        {
            try
            {
                var result = await call.ConfigureAwait(false);
                End();
                return result;
            }
            catch (Exception e)
            {
                End(e);
                throw;
            }
        }
    }
}
