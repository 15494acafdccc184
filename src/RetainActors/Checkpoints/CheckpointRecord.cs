using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using RetainActors.Json;

namespace RetainActors.Checkpoints;

/// <summary>What a record does to its key. Names and numbers are stored: they are added to, never changed.</summary>
internal enum RecordKind
{
    [JsonStringEnumMemberName("save")]
    Save,
    [JsonStringEnumMemberName("branch")]
    Branch,
    [JsonStringEnumMemberName("claim")]
    Claim,
    [JsonStringEnumMemberName("delete")]
    Delete,
}

/// <summary>How the body of a record is encoded. Names and numbers are stored: they are added to, never changed.</summary>
internal enum BodyEncoding
{
    /// <summary>The whole value as JSON.</summary>
    [JsonStringEnumMemberName("full")]
    Full,

    /// <summary>A <see cref="BaseContent"/> as JSON: replay can begin here, whatever was before.</summary>
    [JsonStringEnumMemberName("base")]
    Base,

    /// <summary>A <see cref="ContextDelta"/> of the context before, as JSON.</summary>
    [JsonStringEnumMemberName("delta")]
    Delta,
}

/// <summary>
/// The clear part of a record: enough to list, fence and route without reading the body. Stored by <see cref="RecordHeaderCodec"/>; in
/// frames of version 1 as JSON, whose names are a contract.
/// </summary>
internal sealed record RecordHeader
{
    public required string Bank { get; init; }
    public required string Source { get; init; }
    public required RecordKind Kind { get; init; }
    public required int SchemaVersion { get; init; }
    public required long Epoch { get; init; }
    public required Timestamp SavedAt { get; init; }
    public BodyEncoding Encoding { get; init; }

    /// <summary>Makes the request repeatable: the id of a save, a claim or a delete.</summary>
    public Guid? SaveId { get; init; }

    /// <summary>Tells whether a repeated <see cref="SaveId"/> carries the same content; version 1 digested the body instead.</summary>
    public ContentDigest? Digest { get; init; }

    /// <summary>For a delete: whether there was a checkpoint.</summary>
    public bool? Existed { get; init; }

    /// <summary>For a save that a rewind made: the revision that it brought back.</summary>
    public long? RewoundTo { get; init; }

    /// <summary>For a save that a copy made: where it came from.</summary>
    public CopyOrigin? CopiedFrom { get; init; }

    public CheckpointStatus? Status { get; init; }
    public string? CompletedState { get; init; }
    public string? NextState { get; init; }
    public string? Fork { get; init; }
    public int? Visit { get; init; }
    public string? Branch { get; init; }
}

/// <summary>Which revision of which key a copy was made from.</summary>
/// <param name="Bank">The bank that was copied from.</param>
/// <param name="Source">The source that was copied from.</param>
/// <param name="Revision">The revision that was copied.</param>
public sealed record CopyOrigin(string Bank, string Source, long Revision);

/// <summary>What the journal gave back for one event of a key.</summary>
internal interface ICheckpointEvent;

/// <summary>
/// One event of a key as it is stored: a small clear header and the body bytes. Every backend stores the same bytes.
/// Frame: version byte 2, header length (int32, little-endian), header, body. In version 1, which is read for ever, the header is JSON.
/// </summary>
internal sealed class CheckpointRecord : ICheckpointEvent
{
    private const byte JsonFrameVersion = 1;
    private const byte FrameVersion = 2;
    private const int PrefixLength = 5;
    private const int MaxStackLength = 1024;

    private readonly int _bodyStart;

    private CheckpointRecord(RecordHeader header, byte[] frame, int bodyStart) => (Header, Frame, _bodyStart) = (header, frame, bodyStart);

    public RecordHeader Header { get; }

    /// <summary>All of it, as it is stored.</summary>
    public byte[] Frame { get; }

    public ReadOnlySpan<byte> Body => Frame.AsSpan(_bodyStart);

    /// <summary>Size of the frame, in bytes.</summary>
    public int Size => Frame.Length;

    /// <summary>The span of its write; not stored.</summary>
    public ActivityContext Trace { get; set; }

    /// <summary>Makes the frame of a record, with a copy of the body.</summary>
    public static CheckpointRecord Of(RecordHeader header, ReadOnlySpan<byte> body)
    {
        var maxLength = RecordHeaderCodec.MaxLength(header);
        var rented = maxLength > MaxStackLength ? ArrayPool<byte>.Shared.Rent(maxLength) : null;
        var headerBytes = rented ?? stackalloc byte[MaxStackLength];
        headerBytes = headerBytes[..RecordHeaderCodec.Write(header, headerBytes)];
        var bodyStart = PrefixLength + headerBytes.Length;
        var frame = GC.AllocateUninitializedArray<byte>(bodyStart + body.Length);
        frame[0] = FrameVersion;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), headerBytes.Length);
        headerBytes.CopyTo(frame.AsSpan(PrefixLength));
        body.CopyTo(frame.AsSpan(bodyStart));
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return new CheckpointRecord(header, frame, bodyStart);
    }

    /// <summary>What a journal gave back as an event; a payload of any other kind is an unreadable record.</summary>
    public static ICheckpointEvent AsEvent(object payload, long revision) =>
        payload as ICheckpointEvent ?? new UnreadableRecord($"revision {revision} holds a {payload.GetType().Name}", null);

    /// <summary>Reads a frame; bytes that are none become an event too, for the actor to answer from.</summary>
    public static ICheckpointEvent Decode(byte[] frame)
    {
        var bytes = frame.AsSpan();
        if (bytes.Length < PrefixLength) return new UnreadableRecord($"the record has {bytes.Length} bytes, less than its frame", null);
        if (bytes[0] is not (FrameVersion or JsonFrameVersion))
            return new UnreadableRecord($"the record has frame version {bytes[0]}, this version reads up to {FrameVersion}", bytes[0]);
        var headerLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]);
        if (headerLength < 0 || headerLength > bytes.Length - PrefixLength)
            return new UnreadableRecord($"the record's header length {headerLength} does not fit its {bytes.Length} bytes", null);
        var isJson = bytes[0] == JsonFrameVersion;
        var headerBytes = bytes.Slice(PrefixLength, headerLength);
        try
        {
            var header = isJson
                ? JsonSerializer.Deserialize(headerBytes, CheckpointJson.Stored.RecordHeader) ?? throw new JsonException("it is the JSON value null")
                : RecordHeaderCodec.Read(headerBytes);
            return new CheckpointRecord(header, frame, PrefixLength + headerLength);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return new UnreadableRecord($"the record's header cannot be read: {e.Message}", NewerVersionIn(headerBytes, isJson));
        }
    }

    /// <summary>A newer header may hold what this version cannot read, but its schema version stays where it is.</summary>
    private static int? NewerVersionIn(ReadOnlySpan<byte> header, bool isJson)
    {
        try
        {
            return (isJson ? SchemaVersionInJson(header) : RecordHeaderCodec.SchemaVersionOf(header)) is { } version and > ContextJson.SchemaVersion
                ? version : null;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    private static int? SchemaVersionInJson(ReadOnlySpan<byte> header)
    {
        var reader = new Utf8JsonReader(header);
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.TryGetProperty("schemaVersion", out var member) && member.TryGetInt32(out var version) ? version : null;
    }

    private static bool IsUnreadable(Exception e) => e is JsonException or InvalidOperationException or FormatException;
}

/// <summary>An event whose bytes this version cannot read; <paramref name="NewerVersion"/> when that is because they are newer.</summary>
internal sealed record UnreadableRecord(string Problem, int? NewerVersion) : ICheckpointEvent;
