using static RetainActors.Checkpoints.CatalogProtocol;

namespace RetainActors.Checkpoints;

/// <summary>
/// The checkpoints there are, from the headers of their records, sorted. For each key it keeps its source and a few numbers; banks and states are shared.
/// Events of one key come in order of their revisions; one that was seen before changes nothing.
/// </summary>
internal sealed class CheckpointCatalog
{
    /// <summary>A key below this many characters has its persistence id spelled out.</summary>
    private const int ShortestLongKey = 20;

    private readonly SortedSet<Entry> _entries = new(Entry.Order);
    private readonly Dictionary<string, string> _shared = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unnamed = new(StringComparer.Ordinal);

    /// <summary>How many checkpoints there are.</summary>
    public int Count => _entries.Count;

    public void Apply(CheckpointCatalogEvent stored)
    {
        if (stored.Header is not { } header)
        {
            if (Find(stored.PersistenceId) is { } damaged) damaged.Fail(stored.Revision, stored.Problem!);
            return;
        }

        if (_unnamed.Count > 0) _unnamed.Remove(stored.PersistenceId);
        var place = new Entry(header.Bank, header.Source);
        var entry = _entries.TryGetValue(place, out var known) ? known : null;
        if (entry is not null && stored.Revision <= entry.Revision) return;
        switch (header.Kind)
        {
            case RecordKind.Delete:
                _entries.Remove(place);
                break;
            case RecordKind.Claim or RecordKind.Branch when entry is not null:
                entry.Continue(stored.Revision, header.Epoch);
                break;
            // A claim of a key without a checkpoint has no status.
            case var _ when header.Status is { } status:
                if (entry is null) _entries.Add(entry = new Entry(Shared(header.Bank)!, header.Source));
                entry.Write(stored.Revision, header, status, Shared(header.CompletedState), Shared(header.NextState));
                break;
        }
    }

    /// <summary>Notes that the events of an id cannot be read now; the next reading tells whether that stays.</summary>
    public void OnReadFailed(string persistenceId, string problem)
    {
        if (Find(persistenceId) is { } entry) entry.ReadFailure = problem;
    }

    /// <summary>Forgets such a note.</summary>
    public void OnRead(string persistenceId)
    {
        if (CheckpointCatalogEvent.KeyOf(persistenceId) is { } key && _entries.TryGetValue(new Entry(key.Bank, key.Source), out var entry)) OnRead(entry);
        else if (Long(persistenceId) is { } known) OnRead(known);
    }

    /// <summary>Forgets all such notes.</summary>
    public void OnAllRead()
    {
        foreach (var entry in _entries.Where(entry => entry.ReadFailure is not null).ToList()) OnRead(entry);
    }

    /// <summary>The revision up to which the events of an id are known; 0 for none.</summary>
    public long RevisionOf(string persistenceId) =>
        CheckpointCatalogEvent.KeyOf(persistenceId) is { } key
            ? _entries.TryGetValue(new Entry(key.Bank, key.Source), out var entry) ? entry.Revision : 0
            : Long(persistenceId)?.Revision ?? 0;

    public ICatalogReply Page(ListCheckpoints request)
    {
        if (request.Limit is < 1 or > ListCheckpoints.MaxLimit)
            return new ListRefused(ListRefuseReason.Invalid, $"the limit {request.Limit} is out of range; give 1 to {ListCheckpoints.MaxLimit}");
        CheckpointKey? behind = null;
        if (request.Cursor is { } cursor && (behind = CheckpointCatalogCursor.Read(cursor)) is null)
            return new ListRefused(ListRefuseReason.Invalid, "the cursor is none; give the one of the page before");

        var found = From(request.Bank, behind).Where(entry => entry.Fits(request)).Take(request.Limit + 1).Select(entry => entry.ToListed()).ToList();
        var items = found.Take(request.Limit).ToList();
        return new CheckpointPage(
            [.. items], found.Count > items.Count ? CheckpointCatalogCursor.Behind(items[^1].Key) : null, [.. _unnamed.Order(StringComparer.Ordinal)]);
    }

    private IEnumerable<Entry> From(string? bank, CheckpointKey? behind)
    {
        // No source is empty, so this place is before the bank's first.
        var start = bank is null ? new Entry("", "") : new Entry(bank, "");
        if (behind is not null && new Entry(behind.Bank, behind.Source) is var after && Entry.Order.Compare(after, start) > 0) start = after;
        if (_entries.Max is not { } last || Entry.Order.Compare(start, last) > 0) return [];
        var rest = _entries.GetViewBetween(start, last).SkipWhile(entry => Entry.Order.Compare(entry, start) == 0);
        return bank is null ? rest : rest.TakeWhile(entry => entry.Bank == bank);
    }

    /// <summary>The entry of an id, made if need be; null when the key cannot be told.</summary>
    private Entry? Find(string persistenceId)
    {
        if (CheckpointCatalogEvent.KeyOf(persistenceId) is { } key)
        {
            var place = new Entry(Shared(key.Bank)!, key.Source);
            if (_entries.TryGetValue(place, out var entry)) return entry;
            _entries.Add(place);
            return place;
        }

        var known = Long(persistenceId);
        if (known is null) _unnamed.Add(persistenceId);
        return known;
    }

    /// <summary>Looks a long key up. Slow, and only for damage: an index of all ids would cost more than the catalog.</summary>
    private Entry? Long(string persistenceId) => _entries.FirstOrDefault(entry =>
        entry.Bank.Length + entry.Source.Length >= ShortestLongKey && new CheckpointKey(entry.Bank, entry.Source).PersistenceId == persistenceId);

    private void OnRead(Entry entry)
    {
        entry.ReadFailure = null;
        // Of a key that was never read there is only the note.
        if (entry.Revision == 0) _entries.Remove(entry);
    }

    private string? Shared(string? text)
    {
        if (text is null) return null;
        if (_shared.TryGetValue(text, out var shared)) return shared;
        _shared.Add(text, text);
        return text;
    }

    private sealed class Entry(string bank, string source)
    {
        private ListedStatus _status;
        private string? _completedState;
        private string? _nextState;
        private long _epoch;
        private DateTimeOffset? _savedAt;
        private string? _problem;

        public static Comparer<Entry> Order { get; } = Comparer<Entry>.Create((one, other) =>
            string.CompareOrdinal(one.Bank, other.Bank) is not 0 and var order ? order : string.CompareOrdinal(one.Source, other.Source));

        public string Bank { get; } = bank;

        public string Source { get; } = source;

        public long Revision { get; private set; }

        public string? ReadFailure { get; set; }

        private ListedStatus Status => (ReadFailure ?? _problem) is null ? _status : ListedStatus.Unreadable;

        public void Write(long revision, RecordHeader header, CheckpointStatus status, string? completedState, string? nextState)
        {
            (Revision, _epoch, _savedAt) = (revision, header.Epoch, header.SavedAt.Instant);
            (_status, _completedState, _nextState) = (ListedOf(status), completedState, nextState);
            // What holds the whole context needs nothing of a damaged record before it.
            if (header.Encoding != BodyEncoding.Delta) _problem = null;
        }

        public void Continue(long revision, long epoch) => (Revision, _epoch) = (revision, epoch);

        public void Fail(long revision, string problem)
        {
            if (revision > Revision) (Revision, _problem) = (revision, problem);
        }

        public bool Fits(ListCheckpoints request) =>
            (request.Status is null || request.Status == Status) && (request.SavedBefore is null || _savedAt < request.SavedBefore);

        /// <summary>The instant gives the header's text again: a header's time was made from an instant too.</summary>
        public ListedCheckpoint ToListed() => new(
            new CheckpointKey(Bank, Source), Status, _completedState, _nextState, Revision, _epoch,
            _savedAt is { } savedAt ? Timestamp.From(savedAt) : null, ReadFailure ?? _problem);

        private static ListedStatus ListedOf(CheckpointStatus status) => status switch
        {
            CheckpointStatus.Running => ListedStatus.Running,
            CheckpointStatus.Completed => ListedStatus.Completed,
            CheckpointStatus.Failed => ListedStatus.Failed,
            CheckpointStatus.Parked => ListedStatus.Parked,
            _ => throw new InvalidOperationException($"Status {status} is not known."),
        };
    }
}
