using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using Akka.Serialization;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cluster.Wire;

/// <summary>
/// Requests and replies between nodes. A closed list of messages; no type names in data. Frame: kind byte (plain, request,
/// response), number (int64, little-endian; 0 when plain), length of the message's name (byte), name, JSON.
/// </summary>
internal sealed class CheckpointMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string FrameManifest = "m1";
    private const int PrefixLength = 10;

    private static readonly FrozenDictionary<string, JsonTypeInfo> ByName = new Dictionary<string, JsonTypeInfo>
    {
        ["save"] = WireJson.Of<Save>(),
        ["save-branch"] = WireJson.Of<SaveBranch>(),
        ["rewind"] = WireJson.Of<Rewind>(),
        ["copy"] = WireJson.Of<Copy>(),
        ["load"] = WireJson.Of<Load>(),
        ["history"] = WireJson.Of<History>(),
        ["prune"] = WireJson.Of<Prune>(),
        ["delete"] = WireJson.Of<Delete>(),
        ["claim"] = WireJson.Of<Claim>(),
        ["save-status"] = WireJson.Of<SaveStatus>(),
        ["saved"] = WireJson.Of<Saved>(),
        ["save-refused"] = WireJson.Of<SaveRefused>(),
        ["save-unknown"] = WireJson.Of<SaveUnknown>(),
        ["save-not-found"] = WireJson.Of<SaveNotFound>(),
        ["loaded"] = WireJson.Of<Loaded>(),
        ["not-found"] = WireJson.Of<NotFound>(),
        ["corrupt"] = WireJson.Of<Corrupt>(),
        ["too-new"] = WireJson.Of<TooNew>(),
        ["history-page"] = WireJson.Of<HistoryPage>(),
        ["pruned"] = WireJson.Of<Pruned>(),
        ["deleted"] = WireJson.Of<Deleted>(),
        ["claimed"] = WireJson.Of<Claimed>(),
        ["claim-refused"] = WireJson.Of<ClaimRefused>(),
        ["unavailable"] = WireJson.Of<Unavailable>(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<Type, string> Names = ByName.ToFrozenDictionary(pair => pair.Value.Type, pair => pair.Key);

    private readonly int _maxBytes = WireLimit.MaxMessageBytes(system.Settings.Config);

    private enum Kind : byte
    {
        Plain,
        Request,
        Response,
    }

    /// <summary>A contract between nodes.</summary>
    public override int Identifier => 20262;

    public override string Manifest(object o) => FrameManifest;

    /// <summary>A reply that does not fit a frame would be dropped without a word; the asker is told by name instead.</summary>
    public override byte[] ToBinary(object obj)
    {
        var frame = Encode(obj);
        if (frame.Length <= _maxBytes) return frame;
        ICheckpointReply TooLarge(CheckpointKey key) => new Unavailable(
            key, nameof(RefuseReason.TooLarge), $"the answer has {frame.Length} bytes; {_maxBytes} fit a message between nodes");
        return obj switch
        {
            CheckpointResponse response => Encode(response with { Reply = TooLarge(response.Reply.Key) }),
            ICheckpointReply reply => Encode(TooLarge(reply.Key)),
            _ => frame,
        };
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest != FrameManifest) throw new SerializationException($"The message has the manifest '{manifest}', this version reads '{FrameManifest}'.");
        try
        {
            return Decode(bytes);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw new SerializationException($"The message cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Size of a message as it goes to another node, in bytes.</summary>
    public static int SizeOf(object message) => Encode(message).Length;

    private static byte[] Encode(object message) => message switch
    {
        CheckpointRequest request => Frame(Kind.Request, request.Number, request.Command),
        CheckpointResponse response => Frame(Kind.Response, response.Number, response.Reply),
        _ => Frame(Kind.Plain, 0, message),
    };

    private static byte[] Frame(Kind kind, long number, object message)
    {
        if (!Names.TryGetValue(message.GetType(), out var name)) throw new ArgumentException($"{message.GetType()} is no message of a checkpoint.");
        var json = JsonSerializer.SerializeToUtf8Bytes(message, ByName[name]);
        var frame = new byte[PrefixLength + name.Length + json.Length];
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(1), number);
        frame[PrefixLength - 1] = (byte)name.Length;
        Encoding.ASCII.GetBytes(name, frame.AsSpan(PrefixLength));
        json.CopyTo(frame, PrefixLength + name.Length);
        return frame;
    }

    private static object Decode(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < PrefixLength || frame.Length < PrefixLength + frame[PrefixLength - 1])
            throw new FormatException($"it has {frame.Length} bytes, less than its frame");
        var name = Encoding.ASCII.GetString(frame.Slice(PrefixLength, frame[PrefixLength - 1]));
        if (!ByName.TryGetValue(name, out var type)) throw new FormatException($"'{name}' is no message that this version knows");
        var message = JsonSerializer.Deserialize(frame[(PrefixLength + name.Length)..], type);
        var number = BinaryPrimitives.ReadInt64LittleEndian(frame[1..]);
        return ((Kind)frame[0], message) switch
        {
            (Kind.Plain, not null) => message,
            (Kind.Request, ICheckpointCommand command) => new CheckpointRequest(number, command),
            (Kind.Response, ICheckpointReply reply) => new CheckpointResponse(number, reply),
            _ => throw new FormatException($"'{name}' is not of the kind {frame[0]}"),
        };
    }
}
