using System.Buffers.Binary;
using System.Text.Unicode;

namespace RetainActors.Storage;

/// <summary>What an index says of one record of its segment; the id lies in the bytes of the index.</summary>
internal readonly ref struct IndexEntry
{
    internal required RecordKind Kind { get; init; }

    internal required ReadOnlySpan<byte> Id { get; init; }

    internal required long SequenceNumber { get; init; }

    /// <summary>The highest number of the id: of a deletion what it states, of an event its own.</summary>
    internal required long Highest { get; init; }

    internal required long Offset { get; init; }

    internal required int Size { get; init; }

    internal static IndexEntry Of(in RecordView record, long offset) => new()
    {
        Kind = record.Kind,
        Id = record.Id,
        SequenceNumber = record.SequenceNumber,
        Highest = record.Kind == RecordKind.Deletion
            ? BinaryPrimitives.ReadInt64LittleEndian(record.Payload)
            : record.SequenceNumber,
        Offset = offset,
        Size = record.Size,
    };
}

/// <summary>Collects the index of a segment while its records are written or scanned; it never outgrows them.</summary>
internal sealed class SegmentIndexWriter
{
    private byte[] _bytes = new byte[1024];
    private int _length = SegmentFormat.BatchHeaderSize + SegmentFormat.IndexHeaderSize;
    private int _count;
    private int _lastId;
    private int _lastIdLength;

    /// <summary>The size of the whole batch.</summary>
    internal int Size => _length;

    internal void Add(in IndexEntry entry)
    {
        var isDeletion = entry.Kind == RecordKind.Deletion;
        var isSameId = _count > 0 && entry.Id.SequenceEqual(_bytes.AsSpan(_lastId, _lastIdLength));
        var idLength = isSameId ? 0 : entry.Id.Length;
        var size = SegmentFormat.IndexEntrySize(idLength, isDeletion);
        if (_bytes.Length - _length < size) Array.Resize(ref _bytes, (int)Math.Min(Math.Max(_bytes.Length * 2L, _length + (long)size), Array.MaxLength));

        var target = _bytes.AsSpan(_length, size);
        target.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(target, entry.SequenceNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], checked((uint)(entry.Offset / SegmentFormat.Alignment)));
        var units = (uint)(entry.Size / SegmentFormat.Alignment);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], isDeletion ? units | SegmentFormat.DeletionBit : units);
        BinaryPrimitives.WriteUInt16LittleEndian(target[16..], (ushort)idLength);
        if (isDeletion) BinaryPrimitives.WriteInt64LittleEndian(target[(size - 8)..], entry.Highest);
        entry.Id[..idLength].CopyTo(target[SegmentFormat.IndexEntryHeaderSize..]);
        if (!isSameId) (_lastId, _lastIdLength) = (_length + SegmentFormat.IndexEntryHeaderSize, idLength);
        _length = checked(_length + size);
        _count++;
    }

    /// <summary>The whole batch, to be written at the offset. Valid until the next call.</summary>
    internal ReadOnlySpan<byte> Finish(Checksum checksum, long offset, long nextPosition)
    {
        new BatchHeader(BatchKind.Index, _length - SegmentFormat.BatchHeaderSize, _count, Watermark: offset, nextPosition)
            .Write(_bytes, checksum);
        var payload = _bytes.AsSpan(SegmentFormat.BatchHeaderSize, _length - SegmentFormat.BatchHeaderSize);
        payload[..SegmentFormat.IndexHeaderSize].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(payload, checksum.Of(payload[4..]));
        return _bytes.AsSpan(0, _length);
    }

    internal void Clear()
    {
        _length = SegmentFormat.BatchHeaderSize + SegmentFormat.IndexHeaderSize;
        _count = 0;
    }
}

/// <summary>Reads the entries of an index one by one; never throws for bad bytes.</summary>
internal ref struct SegmentIndexReader
{
    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _id;

    /// <summary>Starts on the payload of an Index batch; check <see cref="IsWhole"/> first.</summary>
    internal SegmentIndexReader(ReadOnlySpan<byte> payload) => _rest = payload[SegmentFormat.IndexHeaderSize..];

    /// <summary>Whether every entry was read.</summary>
    internal readonly bool IsAtEnd => _rest.IsEmpty;

    internal static bool IsWhole(ReadOnlySpan<byte> payload, Checksum checksum) =>
        payload.Length >= SegmentFormat.IndexHeaderSize
        && BinaryPrimitives.ReadUInt32LittleEndian(payload) == checksum.Of(payload[4..])
        && BinaryPrimitives.ReadUInt32LittleEndian(payload[4..]) == 0;

    internal bool TryNext(out IndexEntry entry)
    {
        entry = default;
        if (_rest.Length < SegmentFormat.IndexEntryHeaderSize) return false;

        var units = BinaryPrimitives.ReadUInt32LittleEndian(_rest[12..]);
        var isDeletion = (units & SegmentFormat.DeletionBit) != 0;
        var idLength = BinaryPrimitives.ReadUInt16LittleEndian(_rest[16..]);
        var size = SegmentFormat.IndexEntrySize(idLength, isDeletion);
        if (size > _rest.Length || BinaryPrimitives.ReadUInt16LittleEndian(_rest[18..]) != 0) return false;
        if (idLength > 0) _id = _rest.Slice(SegmentFormat.IndexEntryHeaderSize, idLength);
        if (_id.IsEmpty || (idLength > 0 && !Utf8.IsValid(_id))) return false;

        var number = BinaryPrimitives.ReadInt64LittleEndian(_rest);
        entry = new IndexEntry
        {
            Kind = isDeletion ? RecordKind.Deletion : RecordKind.Event,
            Id = _id,
            SequenceNumber = number,
            Highest = isDeletion ? BinaryPrimitives.ReadInt64LittleEndian(_rest[(size - 8)..]) : number,
            Offset = (long)BinaryPrimitives.ReadUInt32LittleEndian(_rest[8..]) * SegmentFormat.Alignment,
            Size = (int)Math.Min((long)(units & ~SegmentFormat.DeletionBit) * SegmentFormat.Alignment, int.MaxValue),
        };
        _rest = _rest[size..];
        return true;
    }
}

/// <summary>Walks over an index that this process wrote, where the bytes outlive the step.</summary>
internal sealed class SegmentIndexCursor(ReadOnlyMemory<byte> payload)
{
    private int _at = SegmentFormat.IndexHeaderSize;

    internal ReadOnlyMemory<byte> Id { get; private set; }

    internal RecordKind Kind { get; private set; }

    internal long SequenceNumber { get; private set; }

    internal long Offset { get; private set; }

    internal int Size { get; private set; }

    internal void MoveNext()
    {
        var bytes = payload.Span[_at..];
        var units = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        var idLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]);
        var isDeletion = (units & SegmentFormat.DeletionBit) != 0;
        if (idLength > 0) Id = payload.Slice(_at + SegmentFormat.IndexEntryHeaderSize, idLength);
        Kind = isDeletion ? RecordKind.Deletion : RecordKind.Event;
        SequenceNumber = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Offset = (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) * SegmentFormat.Alignment;
        Size = checked((int)(units & ~SegmentFormat.DeletionBit) * SegmentFormat.Alignment);
        _at += SegmentFormat.IndexEntrySize(idLength, isDeletion);
    }
}
