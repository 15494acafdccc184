namespace RetainActors.Storage;

/// <summary>Appends batches to the active segment and syncs each. Used by one thread at a time.</summary>
/// <remarks>
/// Fails with <see cref="JournalFullException"/> when surely nothing was stored, and with
/// <see cref="JournalPoisonedException"/> when that is unknown; after the latter it must not be used again.
/// </remarks>
internal sealed class SegmentWriter(
    IFileSystem fileSystem, FileLogSettings settings, RecoveredLog log, SparePool spares)
{
    private byte[] _buffer = new byte[4096];
    private Segment _active = log.Segments.InOrder[^1];
    private long _end = log.End;
    private long _nextPosition = log.NextPosition;
    private Segment? _successor;
    private long? _indexStart;
    private readonly SegmentIndexWriter _index = log.ActiveIndex;
    private long _lastBatch = log.LastBatch;

    /// <summary>Whether a reader cannot yet tell that the last batch is durable.</summary>
    internal bool NeedsWatermark { get; private set; } = log.EndsWithRecords;

    /// <summary>Makes the units durable as one batch and notes where each record lies.</summary>
    internal void Append(List<PendingWrite> batch)
    {
        long payload = 0;
        foreach (var write in batch) payload = checked(payload + write.Size);
        var size = checked((int)(SegmentFormat.BatchHeaderSize + payload));

        var isFull = _end > SegmentFormat.HeaderSize
            && _end + size + _index.Size + SegmentFormat.BatchHeaderSize > settings.SegmentSizeBytes;
        // Once the successor exists recovery expects nothing but a seal here.
        if (isFull || _successor is not null) Rotate();

        if (_buffer.Length < size) _buffer = new byte[size];
        var at = SegmentFormat.BatchHeaderSize;
        var position = _nextPosition;
        foreach (var write in batch)
        {
            for (var i = 0; i < write.Records.Length; i++)
            {
                var length = RecordEncoder.Write(_buffer.AsSpan(at), write.Records[i], position++, _active.Header.Checksum);
                write.Locations[i] = new RecordLocation(write.Records[i].SequenceNumber, _active, _end + at, length);
                at += length;
            }
        }

        var header = new BatchHeader(
            BatchKind.Records, size - SegmentFormat.BatchHeaderSize, checked((int)(position - _nextPosition)), Watermark: _end,
            _nextPosition);
        header.Write(_buffer, _active.Header.Checksum);
        WriteBatch(_buffer.AsSpan(0, size));
        _nextPosition = position;
        NoteInIndex(_end - size, size);
        NeedsWatermark = true;
    }

    /// <summary>Tells readers that the last batch is durable. Without room it does nothing: it only serves them.</summary>
    internal void WriteWatermark()
    {
        NeedsWatermark = false;
        if (_successor is not null) return;
        try
        {
            WriteMark(BatchKind.Watermark, watermark: _end);
        }
        catch (JournalFullException)
        {
            // The next append meets the same condition and reports it.
        }
    }

    /// <summary>The mark of a shutdown now; null when a segment change is half done and recovery must finish it.</summary>
    internal CleanMark? CreateCleanMark()
    {
        if (_successor is not null) return null;
        _active.CutRoom(_end);
        var lastBatch = _active.Read(_lastBatch, _end - _lastBatch);
        return new CleanMark(_active.Header.Number, _end, _active.Header.Checksum.Of(lastBatch));
    }

    /// <summary>Seals the active segment and goes on in a new one, which exists durably before the seal is written.</summary>
    private void Rotate()
    {
        if (_successor is null)
        {
            // A seal ends the file, and before there is a successor recovery must find nothing behind the records.
            CutRoom();
            _successor = CreateSuccessor();
            log.Segments.Add(_successor);
        }

        // The seal proves the index, so the index is synced before it. One that found no room for its seal is not written twice.
        var start = _indexStart ?? _end;
        if (_indexStart is null) WriteBatch(_index.Finish(_active.Header.Checksum, _end, _nextPosition));
        _indexStart = start;
        WriteMark(BatchKind.Seal, watermark: start);
        _indexStart = null;
        _active.IsSealed = true;
        _index.Clear();
        _active = _successor;
        _end = SegmentFormat.HeaderSize;
        _lastBatch = _end;
        _successor = null;
    }

    private Segment CreateSuccessor()
    {
        try
        {
            return Segment.Create(
                fileSystem, settings.Directory,
                Segment.NewHeader(_active.Header.Number + 1, _active.Header.Id, _nextPosition, settings.NewSegmentId), spares.TryTake());
        }
        catch (FileSystemException failure) when (failure is
            { IsOutOfSpace: true, Operation: FileOperation.Open or FileOperation.Write or FileOperation.Rename })
        {
            throw new JournalFullException(failure.Message, failure);
        }
        catch (FileSystemException failure)
        {
            throw new JournalPoisonedException(failure.Message, failure);
        }
    }

    private void NoteInIndex(long start, int size)
    {
        var rest = _buffer.AsSpan(SegmentFormat.BatchHeaderSize, size - SegmentFormat.BatchHeaderSize);
        while (!rest.IsEmpty)
        {
            var record = RecordDecoder.ReadUnchecked(rest);
            _index.Add(IndexEntry.Of(record, start + size - rest.Length));
            rest = rest[record.Size..];
        }
    }

    private void WriteMark(BatchKind kind, long watermark)
    {
        new BatchHeader(kind, 0, 0, watermark, _nextPosition).Write(_buffer, _active.Header.Checksum);
        WriteBatch(_buffer.AsSpan(0, SegmentFormat.BatchHeaderSize));
    }

    private void WriteBatch(ReadOnlySpan<byte> batch)
    {
        try
        {
            _active.File.Write(_end, batch);
        }
        catch (FileSystemException failure) when (failure.IsOutOfSpace)
        {
            TakeBack(failure);
            throw new JournalFullException(failure.Message, failure);
        }
        catch (FileSystemException failure)
        {
            throw new JournalPoisonedException(failure.Message, failure);
        }

        Sync();
        _lastBatch = _end;
        _end += batch.Length;
        _active.End = _end;
    }

    /// <summary>Removes what a failed write left, so that the next batch follows the last durable one.</summary>
    private void TakeBack(FileSystemException reason)
    {
        try
        {
            _active.File.SetLength(_end);
            _active.HasRoom = false;
        }
        catch (FileSystemException failure)
        {
            throw new JournalPoisonedException(
                $"{reason.Message} Taking the unfinished batch back failed too: {failure.Message}", failure);
        }

        Sync();
    }

    private void CutRoom()
    {
        try
        {
            _active.CutRoom(_end);
        }
        catch (FileSystemException failure)
        {
            throw new JournalPoisonedException(failure.Message, failure);
        }
    }

    private void Sync()
    {
        try
        {
            _active.File.Sync();
        }
        catch (FileSystemException failure)
        {
            throw new JournalPoisonedException(failure.Message, failure);
        }
    }
}
