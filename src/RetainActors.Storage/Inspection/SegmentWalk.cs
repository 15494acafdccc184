using System.Text.Unicode;

namespace RetainActors.Storage;

/// <summary>
/// Reads every byte of one segment and goes on behind damage. The rules are those of opening; where opening reads only the
/// index of a sealed segment, this reads its records and compares.
/// </summary>
/// <param name="segment">The segment.</param>
/// <param name="target">Gets the records and the findings.</param>
/// <param name="isBesideOwner">Whether a running process may be writing the end.</param>
/// <param name="mayEndTorn">Whether an unfinished end is what a crash may leave here; asked when one is met.</param>
internal sealed class SegmentWalk(Segment segment, IInspectionTarget target, bool isBesideOwner, Func<SegmentWalk, bool> mayEndTorn)
{
    private const string WholeIndex = "an index with a valid checksum";

    private readonly SegmentWindow _window = new(segment.File);
    private readonly SegmentIndexWriter _index = new();
    private readonly Queue<(long Start, int Length)> _unproven = new();
    private readonly SegmentSalvage _salvage = new(segment);
    private bool _isSealedAlready;
    private long _watermark = SegmentFormat.HeaderSize;
    private long _indexStart = -1;
    private bool _isContinuous = true;
    private long _reported;
    private (string Expectation, long Offset, StorageFailure Kind)? _damage;
    private (long Start, int Length)? _extent;

    /// <summary>The end of what was read and understood.</summary>
    internal long End { get; private set; } = SegmentFormat.HeaderSize;

    internal long Length => _window.Length;

    internal long NextPosition { get; private set; } = segment.Header.FirstPosition;

    internal long LastBatch { get; private set; } = SegmentFormat.HeaderSize;

    internal BatchKind? LastKind { get; private set; }

    internal bool IsSealed => LastKind == BatchKind.Seal;

    internal bool HasFindings => _reported > 0;

    /// <summary>What an interrupted change of segments has yet to write here, at most.</summary>
    internal long UnfinishedSize => LastKind == BatchKind.Index ? SegmentFormat.BatchHeaderSize : _index.Size;

    internal void Run(CancellationToken cancellationToken)
    {
        _isSealedAlready = EndsInSeal();
        long retriedAt = -1;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (End < Length && !IsSealed && TryBatch()) continue;
            if (End >= Length && (IsSealed || mayEndTorn(this))) break;

            // What is missing may have come meanwhile: whoever has written on behind it has finished it.
            if (isBesideOwner && retriedAt != End && (mayEndTorn(this) is false || NextHeader() < Length))
            {
                retriedAt = End;
                _window.Refresh();
                continue;
            }

            if (IsSealed) Report(End, "the end of the file after the seal");
            else if (End >= Length) Report(End, "a seal");
            else if (_damage is { Kind: StorageFailure.SegmentCorrupt } && NextHeader() >= Length && mayEndTorn(this)) NoteEnd();
            else if (PassDamage()) continue;
            break;
        }

        if (isBesideOwner && !_isSealedAlready && !IsSealed) NoteUnproven();
        else ProveUpTo(long.MaxValue);
        NameLosses();
    }

    private bool EndsInSeal() =>
        Length >= SegmentFormat.HeaderSize + SegmentFormat.BatchHeaderSize
        && BatchHeader.Read(
            _window.At(Length - SegmentFormat.BatchHeaderSize, SegmentFormat.BatchHeaderSize), segment.Header.Checksum, out var seal) == Decoded.Ok
        && seal.Kind == BatchKind.Seal;

    /// <summary>Takes in the batch at the end; false when it is not whole.</summary>
    private bool TryBatch()
    {
        (_damage, _extent) = (null, null);
        switch (BatchHeader.Read(_window.At(End, SegmentFormat.BatchHeaderSize), segment.Header.Checksum, out var header))
        {
            case Decoded.Damaged:
                return Fail(End, "a batch header");
            case Decoded.TooNew:
                return Fail(End, "a batch of a kind that this version knows", StorageFailure.FormatTooNew);
        }

        var start = End + SegmentFormat.BatchHeaderSize;
        if (header.PayloadLength < 0 || header.PayloadLength > Length - start || header.PayloadLength > SegmentFormat.MaxSegmentSize)
            return Fail(End, $"a batch of {header.PayloadLength} bytes");

        JudgeHeader(header);
        _extent = (start, header.PayloadLength);
        var payload = _window.At(start, header.PayloadLength);
        var next = header.FirstPosition;
        var isWhole = header.Kind == BatchKind.Index
            ? SegmentIndexReader.IsWhole(payload, segment.Header.Checksum) || Fail(start, WholeIndex)
            : AreWhole(payload, header, start, ref next);
        if (!isWhole) return false;

        ProveUpTo(header.Watermark);
        // What was proven may have been read into the window again, in place of this.
        payload = _window.At(start, header.PayloadLength);
        if (header.Kind == BatchKind.Records) TakeBatch(start, payload);
        if (header.Kind == BatchKind.Index) JudgeIndex(header, payload);
        if (header.Kind == BatchKind.Seal && header.Watermark != (_indexStart < 0 ? End : _indexStart) && !HasDamageBehind)
            Report(End, "a seal that says where the index starts");
        _watermark = Math.Max(_watermark, header.Watermark);
        (LastBatch, LastKind, NextPosition, _isContinuous) = (End, header.Kind, next, true);
        End = start + header.PayloadLength;
        return true;
    }

    private bool HasDamageBehind => _reported > 0 || _salvage.HasLosses;

    /// <summary>No torn write has a checksum that holds and yet contradicts what is before it.</summary>
    private void JudgeHeader(in BatchHeader header)
    {
        if (header.Watermark < _watermark || header.Watermark > End) Report(End, $"a watermark from {_watermark} to {End}");
        if (!IsNext(header.FirstPosition, NextPosition)) Report(End, $"position {NextPosition}");
        if (LastKind == BatchKind.Index && header.Kind != BatchKind.Seal) Report(End, "a seal after the index");
    }

    private bool IsNext(long position, long expected) =>
        segment.Header.Generation == 0 && _isContinuous ? position == expected : position >= expected;

    private bool AreWhole(ReadOnlySpan<byte> rest, in BatchHeader header, long start, ref long next)
    {
        var end = start + rest.Length;
        for (var count = 0; count < header.RecordCount; count++)
        {
            switch (RecordDecoder.Read(rest, segment.Header.Checksum, out var record))
            {
                case Decoded.TooNew:
                    return Fail(end - rest.Length, "a record of a kind that this version knows", StorageFailure.FormatTooNew);
                case Decoded.Ok when IsNextRecord(record.Position, next) && !record.Id.IsEmpty && Utf8.IsValid(record.Id):
                    next = record.Position + 1;
                    rest = rest[record.Size..];
                    break;
                default:
                    return Fail(end - rest.Length, $"a record at position {next}");
            }
        }

        return (rest.Length == 0 && header.RecordCount >= 0) || header.Kind == BatchKind.Index
            || Fail(end - rest.Length, $"{header.RecordCount} records in {end - start} bytes");
    }

    private bool IsNextRecord(long position, long expected) =>
        segment.Header.Generation == 0 ? position == expected : position >= expected;

    private bool Fail(long offset, string expectation, StorageFailure kind = StorageFailure.SegmentCorrupt)
    {
        _damage = (expectation, offset, kind);
        return false;
    }

    /// <summary>Beside an owner the last batch counts only when something behind it proves that it is durable.</summary>
    private void TakeBatch(long start, ReadOnlySpan<byte> payload)
    {
        if (isBesideOwner && !_isSealedAlready) _unproven.Enqueue((start, payload.Length));
        else HandOn(payload, start);
    }

    private void ProveUpTo(long watermark)
    {
        while (_unproven.TryPeek(out var batch) && batch.Start + batch.Length <= watermark)
        {
            _unproven.Dequeue();
            HandOn(_window.At(batch.Start, batch.Length), batch.Start);
        }
    }

    private void HandOn(ReadOnlySpan<byte> records, long start)
    {
        var end = start + records.Length;
        while (!records.IsEmpty)
        {
            // The bytes may come from the file once more, so they are checked once more.
            if (RecordDecoder.Read(records, segment.Header.Checksum, out var record) != Decoded.Ok)
            {
                Report(end - records.Length, "the record that was read there a moment before");
                return;
            }

            HandOn(record, end - records.Length);
            records = records[record.Size..];
        }
    }

    private void HandOn(in RecordView record, long offset)
    {
        _index.Add(IndexEntry.Of(record, offset));
        target.Take(segment, record, offset);
    }

    /// <summary>An index must say exactly what the records say; behind damage it says what was lost.</summary>
    private void JudgeIndex(in BatchHeader header, ReadOnlySpan<byte> payload)
    {
        _indexStart = End;
        if (_salvage.HasLosses)
        {
            _salvage.NameBy(payload);
            return;
        }

        var expected = _index.Finish(segment.Header.Checksum, End, header.FirstPosition)[SegmentFormat.BatchHeaderSize..];
        if (!expected.SequenceEqual(payload)) Report(End, "an index that says what the records say");
    }

    /// <summary>Notes what is lost, hands on the records that are not, and goes on behind; false at the end of the file.</summary>
    private bool PassDamage()
    {
        var (expectation, offset, kind) = _damage!.Value;
        var (from, to) = _extent is { } extent ? (extent.Start, extent.Start + extent.Length) : (End, NextHeader());
        var isIndex = _extent is not null && expectation == WholeIndex;
        // What a newer version wrote is not ours to take apart.
        if (isIndex || kind != StorageFailure.SegmentCorrupt || !Salvage(from, to, expectation)) Report(offset, expectation, kind);
        if (isIndex) (_indexStart, LastKind) = (End, BatchKind.Index);
        else _isContinuous = false;
        LastBatch = End;
        End = to;
        return End < Length;
    }

    private bool Salvage(long from, long to, string expectation)
    {
        var hadLosses = false;
        var lost = from;
        for (var at = from; at < to;)
        {
            var bytes = _window.At(at, (int)Math.Min(to - at, SegmentFormat.MaxSegmentSize));
            if (!_salvage.TryRead(bytes, NextPosition, out var record))
            {
                at += SegmentFormat.Alignment;
                continue;
            }

            if (at > lost) Lose(lost, at);
            HandOn(record, at);
            NextPosition = record.Position + 1;
            at += record.Size;
            lost = at;
        }

        if (to > lost) Lose(lost, to);
        return hadLosses;

        void Lose(long start, long end)
        {
            hadLosses = true;
            _salvage.Lose(start, end, expectation);
        }
    }

    /// <summary>Where the next valid batch header of this very segment is; the end of the file when there is none.</summary>
    private long NextHeader()
    {
        var last = Length - SegmentFormat.BatchHeaderSize;
        for (var at = End + SegmentFormat.Alignment; at <= last; at += SegmentFormat.Alignment)
        {
            if (BatchHeader.Read(_window.At(at, SegmentFormat.BatchHeaderSize), segment.Header.Checksum, out _) != Decoded.Damaged)
                return at;
        }

        return Length;
    }

    private void NameLosses()
    {
        foreach (var finding in _salvage.Findings()) Report(finding);
    }

    private void NoteEnd() => target.Note(new LogNote(segment.Path, End, isBesideOwner
        ? $"{Length - End} bytes that the owner is writing"
        : $"{Length - End} bytes of an unfinished write that was never acknowledged, or of what was in the file before; opening puts them aside"));

    private void NoteUnproven()
    {
        if (_unproven.TryPeek(out var batch))
            target.Note(new LogNote(segment.Path, batch.Start, "records that the owner has yet to prove durable are left out"));
    }

    private void Report(long offset, string expectation, StorageFailure kind = StorageFailure.SegmentCorrupt) =>
        Report(new LogFinding(kind, segment.Path, offset, expectation));

    private void Report(LogFinding finding)
    {
        _reported++;
        target.Report(finding);
    }
}
