using System.Buffers.Binary;

namespace RetainActors.Storage;

/// <summary>A segment being written by compaction, under a temporary name until it is whole.</summary>
internal sealed class CompactedSegment : IRecordSink
{
    private readonly IFileSystem _fileSystem;
    private readonly string _temporary;
    private readonly SegmentHeader _header;
    private readonly FileLogSettings _settings;
    private readonly CommitQueue _queue;
    private readonly Action _throwIfStopping;
    private readonly IStorageFile _file;
    private readonly SegmentIndexWriter _index = new();
    private readonly List<Source> _staged = [];
    private readonly List<RecordPlace> _origins = [];
    private byte[] _buffer;
    private int _filled = SegmentFormat.BatchHeaderSize;
    private long _end = SegmentFormat.HeaderSize;
    private long _nextPosition;
    private long _recordBytes;
    private byte[] _finishedIndex = [];

    internal CompactedSegment(
        IFileSystem fileSystem, string temporary, SegmentHeader header, FileLogSettings settings, CommitQueue queue,
        Action throwIfStopping)
    {
        _fileSystem = fileSystem;
        _temporary = temporary;
        _header = header;
        _settings = settings;
        _queue = queue;
        _throwIfStopping = throwIfStopping;
        _nextPosition = header.FirstPosition;
        _buffer = new byte[settings.CompactionSliceBytes];
        fileSystem.Delete(temporary);
        _file = fileSystem.Open(temporary, FileOpening.CreateNew);
    }

    /// <summary>Copies what lives; false, and the source is marked, when anything in it is damaged.</summary>
    internal bool TryTake(Segment source)
    {
        try
        {
            var scan = new SegmentReader(source, this, onlyProven: false).Scan();
            if (scan is { IsSealed: true, Damage: null })
            {
                WriteStaged();
                _nextPosition = scan.NextPosition;
                return true;
            }

            source.Damage = new SegmentCorruptException(source.Path, scan.DamageOffset, scan.Damage ?? "a seal");
        }
        catch (SegmentCorruptException damage)
        {
            source.Damage = damage;
        }
        catch (FileSystemException failure) when (failure.Operation == FileOperation.Read)
        {
            source.Damage = new SegmentCorruptException(source.Path, 0, $"a readable segment, but: {failure.Message}");
        }

        return false;
    }

    /// <inheritdoc/>
    public void Take(Segment segment, in IndexEntry entry, ReadOnlySpan<byte> record)
    {
        if (_staged.Count > 0 && _filled + entry.Size > _settings.CompactionSliceBytes) WriteStaged();
        if (_buffer.Length < _filled + entry.Size) Array.Resize(ref _buffer, _filled + entry.Size);
        record.CopyTo(_buffer.AsSpan(_filled));
        _staged.Add(new Source(RecordPlace.Of(segment, entry.Offset, entry.Size), _filled));
        _filled += entry.Size;
    }

    /// <summary>Ends the segment like any sealed one.</summary>
    internal void Finish()
    {
        Span<byte> seal = stackalloc byte[SegmentFormat.BatchHeaderSize];
        var header = new byte[SegmentFormat.HeaderSize];
        _header.Write(header);
        _file.Write(0, header);
        _finishedIndex = _index.Finish(_header.Checksum, _end, _nextPosition).ToArray();
        new BatchHeader(BatchKind.Seal, 0, 0, Watermark: _end, _nextPosition).Write(seal, _header.Checksum);
        _file.Write(_end, _finishedIndex);
        WriteSynced(_end + _finishedIndex.Length, seal);
    }

    /// <summary>Gives it its name, durably.</summary>
    internal Segment Publish(string directory)
    {
        _fileSystem.Rename(_temporary, Segment.PathOf(directory, _header.Number, _header.Generation));
        _fileSystem.SyncDirectory(directory);
        return Segment.Compacted(directory, _header, _file, _recordBytes);
    }

    /// <summary>Where every record was and is, once it is published.</summary>
    internal IEnumerable<(ReadOnlyMemory<byte> Id, RecordKind Kind, long Number, RecordPlace From, RecordPlace To)> Moves(Segment self)
    {
        var reader = new SegmentIndexCursor(_finishedIndex.AsMemory(SegmentFormat.BatchHeaderSize));
        foreach (var origin in _origins)
        {
            reader.MoveNext();
            yield return (reader.Id, reader.Kind, reader.SequenceNumber, origin, RecordPlace.Of(self, reader.Offset, reader.Size));
        }
    }

    internal void Abandon()
    {
        _file.Dispose();
        try
        {
            _fileSystem.Delete(_temporary);
        }
        catch (FileSystemException)
        {
            // The next opening removes it.
        }
    }

    /// <summary>Keeps what lives of the staged records as one batch.</summary>
    private void WriteStaged()
    {
        _throwIfStopping();
        _queue.UnderLock(index => _staged.RemoveAll(source =>
        {
            var record = RecordDecoder.ReadUnchecked(_buffer.AsSpan(source.At));
            return !index.IsLive(record.Id, record.Kind, record.SequenceNumber, source.Place);
        }));

        var end = SegmentFormat.BatchHeaderSize;
        var first = 0L;
        foreach (var source in _staged)
        {
            var record = _buffer.AsSpan(end, source.Place.Size);
            _buffer.AsSpan(source.At, source.Place.Size).CopyTo(record);
            BinaryPrimitives.WriteUInt32LittleEndian(record, _header.Checksum.Of(record[4..]));
            var view = RecordDecoder.ReadUnchecked(record);
            if (end == SegmentFormat.BatchHeaderSize) first = view.Position;
            _index.Add(IndexEntry.Of(view, _end + end));
            _origins.Add(source.Place);
            end += record.Length;
            _recordBytes += record.Length;
        }

        if (_staged.Count > 0)
        {
            new BatchHeader(BatchKind.Records, end - SegmentFormat.BatchHeaderSize, _staged.Count, Watermark: _end, first)
                .Write(_buffer, _header.Checksum);
            WriteSynced(_end, _buffer.AsSpan(0, end));
            _end += end;
        }

        _staged.Clear();
        _filled = SegmentFormat.BatchHeaderSize;
    }

    /// <summary>Piece by piece, since one sync of everything at the end would hold up the commits beside it.</summary>
    private void WriteSynced(long offset, ReadOnlySpan<byte> bytes)
    {
        _file.Write(offset, bytes);
        _file.Sync();
    }

    private readonly record struct Source(RecordPlace Place, int At);
}
