using System.Globalization;
using Akka.Actor;
using Akka.Persistence;

namespace RetainActors.Hosting.Driver;

/// <summary>
/// A persistent actor of somebody's service: counts words and keeps the last one, takes a snapshot now and then, and deletes the
/// events and the snapshots before it. A wrong recovery gives another number or another word.
/// </summary>
internal sealed class Tally : ReceivePersistentActor
{
    internal const string Name = "tally";

    private const int EventsBetweenSnapshots = 4;

    private string _state = Empty;

    public Tally()
    {
        Recover<string>(word => _state = Next(_state, word));
        Recover<SnapshotOffer>(offer => _state = (string)offer.Snapshot);
        Command<Ask>(_ => Sender.Tell(_state));
        Command<string>(word => Persist(word, stored =>
        {
            _state = Next(_state, stored);
            Sender.Tell(_state);
            if (LastSequenceNr % EventsBetweenSnapshots == 0) SaveSnapshot(_state);
        }));
        Command<SaveSnapshotSuccess>(saved =>
        {
            DeleteMessages(saved.Metadata.SequenceNr);
            DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
        });
        Command<DeleteMessagesSuccess>(_ => { });
        Command<DeleteSnapshotsSuccess>(_ => { });
        CommandAny(failure => Load.Say($"failed {failure}"));
    }

    public override string PersistenceId => Name;

    internal static string Empty => "0:none";

    internal static string Next(string state, string word) => string.Create(
        CultureInfo.InvariantCulture, $"{int.Parse(state.AsSpan(0, state.IndexOf(':', StringComparison.Ordinal)), CultureInfo.InvariantCulture) + 1}:{word}");

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Load.Say($"failed {cause.Message}");

    protected override void OnRecoveryFailure(Exception reason, object? message = null) => Load.Say($"failed {reason.Message}");

    /// <summary>Asks for the state.</summary>
    internal sealed record Ask;
}
