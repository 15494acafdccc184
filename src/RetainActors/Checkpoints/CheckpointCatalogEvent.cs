using Akka.Persistence.Query;
using RetainActors.Json;

namespace RetainActors.Checkpoints;

/// <summary>What the catalog needs of one stored event: its header, or why there is none to go by. The body is let go.</summary>
internal sealed record CheckpointCatalogEvent(string PersistenceId, long Revision, RecordHeader? Header, string? Problem)
{
    private const string IdPrefix = "ck~";

    /// <summary>Whether a persistence id is that of a key; the journal may serve other actors too.</summary>
    public static bool IsOfKey(string persistenceId) => persistenceId.StartsWith(IdPrefix, StringComparison.Ordinal);

    public static CheckpointCatalogEvent From(EventEnvelope envelope)
    {
        var (id, revision) = (envelope.PersistenceId, envelope.SequenceNr);
        var problem = envelope.Event switch
        {
            CheckpointRecord { Header.SchemaVersion: > ContextJson.SchemaVersion } newer => $"it has schema version {newer.Header.SchemaVersion}",
            CheckpointRecord record => IsOf(id, record.Header) ? null : $"it belongs to {record.Header.Bank}/{record.Header.Source}",
            UnreadableRecord unreadable => unreadable.Problem,
            var other => $"it is a {other?.GetType().Name ?? "null"}",
        };
        return new CheckpointCatalogEvent(
            id, revision, problem is null ? ((CheckpointRecord)envelope.Event).Header : null, problem is null ? null : $"revision {revision} cannot be read: {problem}");
    }

    /// <summary>The key that a persistence id spells out; null for a long one, which ends in a hash.</summary>
    public static CheckpointKey? KeyOf(string persistenceId)
    {
        if (persistenceId.Split('~') is not [_, var bank, var source]) return null;
        try
        {
            var key = new CheckpointKey(Uri.UnescapeDataString(bank), Uri.UnescapeDataString(source));
            return key.PersistenceId == persistenceId ? key : null;
        }
        catch (ArgumentException)
        {
            return null; // an id of somebody else that looks like ours
        }
    }

    private static bool IsOf(string persistenceId, RecordHeader header)
    {
        try
        {
            return new CheckpointKey(header.Bank, header.Source).PersistenceId == persistenceId;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
