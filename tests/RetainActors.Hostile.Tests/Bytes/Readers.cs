using System.Buffers.Binary;
using System.Runtime.Serialization;
using Akka.Actor;
using RetainActors.Checkpoints;
using RetainActors.Cluster.Wire;
using RetainActors.Json;
using RetainActors.Persistence;
using RetainActors.Persistence.Snapshots;

namespace RetainActors.Hostile.Tests.Bytes;

/// <summary>All that reads bytes from outside.</summary>
internal static class Readers
{
    private static readonly ExtendedActorSystem System = (ExtendedActorSystem)ActorSystem.Create("hostile", "akka.loglevel = OFF");
    private static readonly CheckpointMessageSerializer Messages = new(System);
    private static readonly RunMessageSerializer RunMessages = new(System);
    private static readonly byte[][] Records = [.. Seeds.Records()];

    /// <summary>A key in the middle of its run, for records that change what is there.</summary>
    private static readonly CheckpointState State = Records.Select(CheckpointRecord.Decode).Take(2).Index()
        .Aggregate(new CheckpointState(Seeds.Key), (state, next) => state.Replay(next.Item, next.Index + 1));

    public static Reader[] All { get; } =
    [
        new("checkpoint record", Records, ReadRecord),
        new("record header", [.. Seeds.Headers()], ReadHeader) { Refusal = typeof(FormatException) },
        new("context", [ContextJson.Encode(Seeds.Context)], ReadContext),
        new("event envelope", [.. Seeds.Envelopes()], bytes => EventEnvelopeCodec.Decode(bytes, out _)),
        new("snapshot", [.. Seeds.Snapshots()], bytes => SnapshotCodec.Decode(bytes, out _)) { Repair = RepairSnapshot },
        LogFiles.Reader,
        new("checkpoint message", [.. Seeds.Messages.Select(Messages.ToBinary)], bytes => _ = Messages.FromBinary(bytes, "m1").ToString()) { Refusal = typeof(SerializationException) },
        new("run message", [.. Seeds.RunMessages.Select(RunMessages.ToBinary)], ReadRunMessage) { Refusal = typeof(SerializationException) },
        new("file of Astrocyte", [.. Seeds.AstrocyteFiles()], ReadAstrocyteFile) { AllowancePerByte = 1024 },
    ];

    public static Reader Of(string name) => All.Single(reader => reader.Name == name);

    private static void ReadRecord(byte[] bytes)
    {
        var stored = CheckpointRecord.Decode(bytes);
        _ = new CheckpointState(Seeds.Key).Replay(stored, 1);
        _ = State.Replay(stored, 3);
    }

    /// <summary>What could be read is written and read the same again.</summary>
    private static void ReadHeader(byte[] bytes)
    {
        var header = RecordHeaderCodec.Read(bytes);
        var target = new byte[RecordHeaderCodec.MaxLength(header)];
        var written = target.AsSpan(0, RecordHeaderCodec.Write(header, target));
        Assert.Equal(header, RecordHeaderCodec.Read(written));
    }

    /// <summary>What could be read is written and read the same again.</summary>
    private static void ReadContext(byte[] bytes)
    {
        if (ContextJson.Decode(bytes, out _) is not { } context) return;
        var written = ContextJson.Encode(context);
        Assert.True(ContextJson.Decode(written, out var problem) is { } again && written.AsSpan().SequenceEqual(ContextJson.Encode(again)), problem);
    }

    private static void ReadRunMessage(byte[] bytes)
    {
        foreach (var manifest in new[] { "q1", "e1" })
            try
            {
                _ = RunMessages.FromBinary(bytes, manifest).ToString();
            }
            catch (SerializationException) when (manifest == "q1")
            {
                // Most messages are of the other kind.
            }
    }

    /// <summary>What was imported can be stored, and is exported or refused by name.</summary>
    private static void ReadAstrocyteFile(byte[] bytes)
    {
        if (AstrocyteCheckpointFile.Import(bytes, out var problem) is not { } context)
        {
            Assert.NotNull(problem);
            return;
        }

        ReadContext(ContextJson.Encode(context));
        Assert.True(AstrocyteCheckpointFile.Export(context, out problem) is not null || problem is not null);
    }

    private static void RepairSnapshot(byte[] bytes)
    {
        if (bytes.Length < SnapshotCodec.HeaderLength) return;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Storage.Checksum.Plain(bytes.AsSpan(16)));
    }
}
