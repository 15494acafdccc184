namespace RetainActors.Storage;

/// <summary>
/// The open segments, in order and by the key that the index knows them by. Changes are published as new arrays, so looking up
/// needs no lock; the live bytes are guarded like the index.
/// </summary>
internal sealed class SegmentTable
{
    private readonly Lock _gate = new();
    private volatile Segment?[] _byKey = new Segment?[16];
    private volatile Segment[] _inOrder = [];
    private uint _lastKey;

    /// <summary>All of them in the order of their records; the last one is active.</summary>
    internal IReadOnlyList<Segment> InOrder => _inOrder;

    internal Segment this[uint key] => _byKey[key]!;

    internal void Add(Segment segment)
    {
        lock (_gate)
        {
            Register(segment);
            _inOrder = [.. _inOrder, segment];
        }
    }

    /// <summary>Makes a segment known to the index before it takes the place of others.</summary>
    internal void Prepare(Segment segment)
    {
        lock (_gate) Register(segment);
    }

    /// <summary>Puts a prepared segment in the place of a run of others, which the index must not point to any more.</summary>
    internal void Replace(IReadOnlyList<Segment> run, Segment by)
    {
        lock (_gate)
        {
            var start = Array.IndexOf(_inOrder, run[0]);
            _inOrder = [.. _inOrder[..start], by, .. _inOrder[(start + run.Count)..]];
            var byKey = (Segment?[])_byKey.Clone();
            foreach (var segment in run) byKey[segment.Key] = null;
            _byKey = byKey;
        }
    }

    /// <summary>Counts a record that came into its segment and lives.</summary>
    internal void Enter(RecordPlace place)
    {
        var segment = this[place.SegmentKey];
        segment.LiveBytes += place.Size;
        segment.RecordBytes += place.Size;
    }

    /// <summary>Counts a record that lives no more.</summary>
    internal void Leave(RecordPlace place)
    {
        if (place.SegmentKey != 0) this[place.SegmentKey].LiveBytes -= place.Size;
    }

    private void Register(Segment segment)
    {
        segment.Key = ++_lastKey;
        var byKey = _byKey;
        if (segment.Key >= byKey.Length) Array.Resize(ref byKey, byKey.Length * 2);
        byKey[segment.Key] = segment;
        _byKey = byKey;
    }
}
