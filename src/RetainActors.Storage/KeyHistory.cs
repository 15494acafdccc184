using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RetainActors.Storage;

/// <summary>Where a record lies, in 12 bytes: offsets and sizes are multiples of 8 and fit 32 bits.</summary>
/// <param name="SegmentKey">The open segment; 0 is no record.</param>
/// <param name="OffsetUnits">The offset divided by 8.</param>
/// <param name="SizeUnits">The size divided by 8.</param>
internal readonly record struct RecordPlace(uint SegmentKey, uint OffsetUnits, uint SizeUnits)
{
    internal static RecordPlace Of(Segment segment, long offset, int size) => new(
        segment.Key, checked((uint)(offset / SegmentFormat.Alignment)), (uint)(size / SegmentFormat.Alignment));

    internal long Offset => (long)OffsetUnits * SegmentFormat.Alignment;

    internal int Size => checked((int)(SizeUnits * (long)SegmentFormat.Alignment));
}

/// <summary>A live record of an id.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct NumberedPlace(long SequenceNumber, RecordPlace Place);

/// <summary>What an id needs beyond a single record: more of them, or a deletion.</summary>
internal sealed class KeyHistory
{
    private NumberedPlace[] _records = [];
    private int _start;
    private int _end;

    internal long DeletedTo { get; private set; }

    /// <summary>The last deletion, which keeps the highest number for ever.</summary>
    internal RecordPlace Deletion { get; set; }

    internal ReadOnlySpan<NumberedPlace> Records => _records.AsSpan(_start, _end - _start);

    internal void Add(in NumberedPlace record)
    {
        if (_end == _records.Length)
        {
            var live = Records.ToArray();
            _records = new NumberedPlace[Math.Max(2, live.Length + (live.Length / 2))];
            live.CopyTo(_records, 0);
            (_start, _end) = (0, live.Length);
        }

        _records[_end++] = record;
    }

    /// <summary>Forgets the records up to a number and returns them; valid until the next call.</summary>
    internal ReadOnlySpan<NumberedPlace> Delete(long toSequenceNumber)
    {
        DeletedTo = Math.Max(DeletedTo, toSequenceNumber);
        var gone = _records.AsSpan(_start, CountUpTo(DeletedTo));
        _start += gone.Length;
        return gone;
    }

    internal ReadOnlySpan<NumberedPlace> Find(long from, long to, long max)
    {
        var first = from <= 1 ? 0 : CountUpTo(from - 1);
        var end = CountUpTo(to);
        return first < end && max > 0 ? Records.Slice(first, (int)Math.Min(end - first, max)) : [];
    }

    /// <summary>The record with the number, to be moved; a null reference when there is none.</summary>
    internal ref NumberedPlace TryGet(long sequenceNumber)
    {
        var index = CountUpTo(sequenceNumber) - 1;
        if (index < 0 || _records[_start + index].SequenceNumber != sequenceNumber)
            return ref Unsafe.NullRef<NumberedPlace>();
        return ref _records[_start + index];
    }

    private int CountUpTo(long sequenceNumber)
    {
        int low = 0, high = _end - _start;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (_records[_start + middle].SequenceNumber <= sequenceNumber) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
