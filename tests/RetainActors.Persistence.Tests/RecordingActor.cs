using Akka.Actor;
using Akka.Persistence;

namespace RetainActors.Persistence.Tests;

/// <summary>A plain persistent actor that remembers its events and tells a probe what becomes of them.</summary>
public sealed class RecordingActor : ReceivePersistentActor
{
    private readonly IActorRef _probe;

    public RecordingActor(string id, IActorRef probe, string? journalId = null)
    {
        PersistenceId = id;
        JournalPluginId = journalId ?? "";
        _probe = probe;
        var events = new List<object>();

        Recover<string>(events.Add);
        Recover<RecoveryCompleted>(_ => probe.Tell(new Recovered([.. events], LastSequenceNr), Self));

        Command<Keep>(keep => Persist(keep.Event, e => Kept(events, e)));
        Command<KeepAll>(keep => PersistAll(keep.Events, e => Kept(events, e)));
        Command<KeepEach>(keep => PersistAllAsync(keep.Events, e => Kept(events, e)));
        Command<Defer>(_ => DeferAsync("deferred", text => probe.Tell(text, Self)));
        Command<Break>(_ => throw new InvalidOperationException("told to break"));
    }

    public sealed record Keep(object Event);

    public sealed record KeepAll(IReadOnlyList<object> Events);

    public sealed record KeepEach(IReadOnlyList<object> Events);

    public sealed record Defer;

    public sealed record Break;

    public sealed record Recovered(IReadOnlyList<object> Events, long SequenceNr);

    public sealed record Stored(object Event, long SequenceNr);

    public sealed record Failed(Exception Cause);

    public sealed record Rejected(Exception Cause, long SequenceNr);

    public sealed record RecoveryFailed(Exception Cause);

    public override string PersistenceId { get; }

    public static Props PropsFor(string id, IActorRef probe, string? journalId = null) =>
        Props.Create(() => new RecordingActor(id, probe, journalId));

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        _probe.Tell(new Failed(cause), Self);

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        _probe.Tell(new Rejected(cause, sequenceNr), Self);

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        _probe.Tell(new RecoveryFailed(reason), Self);

    private void Kept(List<object> events, object e)
    {
        events.Add(e);
        _probe.Tell(new Stored(e, LastSequenceNr), Self);
    }
}
