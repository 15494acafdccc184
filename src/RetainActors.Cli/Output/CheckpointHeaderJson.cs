using RetainActors.Checkpoints;
using RetainActors.Persistence;

namespace RetainActors.Cli.Output;

/// <summary>The clear header of a checkpoint record, as the journal holds it.</summary>
internal sealed record CheckpointHeaderJson(string Bank, string Source, RecordKind Kind, long Epoch, long Revision, CheckpointStatus? Status)
{
    private const string IdPrefix = "ck~";

    /// <summary>Null when the payload is none of a checkpoint that this version can read.</summary>
    public static CheckpointHeaderJson? TryRead(string id, long sequenceNumber, ReadOnlyMemory<byte> payload)
    {
        if (!id.StartsWith(IdPrefix, StringComparison.Ordinal) || EventEnvelopeCodec.Decode(payload, out _) is not { } envelope) return null;
        return CheckpointRecord.Decode(envelope.Payload.ToArray()) is CheckpointRecord { Header: var header }
            ? new CheckpointHeaderJson(header.Bank, header.Source, header.Kind, header.Epoch, sequenceNumber, header.Status)
            : null;
    }
}
