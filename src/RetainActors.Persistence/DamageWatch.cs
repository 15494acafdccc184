using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>
/// Remembers the damaged places of a log and reports each once, whoever meets it and however often. Damage does not heal, so
/// it stays known when the log is opened anew. Safe from any thread.
/// </summary>
internal sealed class DamageWatch(Action<SegmentCorruptException> report)
{
    private readonly Lock _gate = new();
    private readonly HashSet<(string File, long Offset)> _places = [];
    private SegmentCorruptException? _first;

    /// <summary>The first damage found and how many places there are; null and 0 while there is none.</summary>
    public (SegmentCorruptException? First, int Places) Current
    {
        get
        {
            lock (_gate) return (_first, _places.Count);
        }
    }

    public void Found(SegmentCorruptException damage)
    {
        lock (_gate)
        {
            if (!_places.Add((damage.File, damage.Offset))) return;
            _first ??= damage;
        }
        report(damage);
    }
}
