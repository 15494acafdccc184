using Akka.Persistence;

namespace RetainActors.Hosting.Tests;

/// <summary>A persistent actor of somebody's service that keeps one word.</summary>
internal sealed class Keeper : ReceivePersistentActor
{
    private readonly TaskCompletionSource _kept;

    public Keeper(string journalId, TaskCompletionSource kept)
    {
        (PersistenceId, JournalPluginId, _kept) = ($"keeper-{Guid.NewGuid():N}", journalId, kept);
        Command<string>(word => Persist(word, _ => kept.TrySetResult()));
    }

    public override string PersistenceId { get; }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _kept.TrySetException(cause);

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => _kept.TrySetException(reason);
}
