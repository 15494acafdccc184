namespace RetainActors.Persistence.Query;

/// <summary>Every id that ever had a durable event, each once.</summary>
internal sealed class PersistenceIdsCursor : IQueryCursor<string>
{
    private readonly JournalReader _reader;
    private readonly Action? _changed;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly IDisposable? _subscription;
    private List<string> _new = [];
    private bool _readsAll = true;

    private PersistenceIdsCursor(JournalReader reader, Action? changed)
    {
        _reader = reader;
        _changed = changed;
        if (changed is not null) _subscription = reader.Feed.SubscribeToAll(Appended);
    }

    /// <summary>The ids there are now.</summary>
    public static async Task<IQueryCursor<string>> OpenCurrentAsync(JournalReader reader)
    {
        var cursor = new PersistenceIdsCursor(reader, changed: null);
        await cursor.ReadIdsAsync().ConfigureAwait(false);
        return cursor;
    }

    /// <summary>The ids there are, then new ones.</summary>
    public static IQueryCursor<string> OpenLive(JournalReader reader, Action changed) => new PersistenceIdsCursor(reader, changed);

    public async Task<QueryPage<string>> ReadAsync()
    {
        if (_readsAll) await ReadIdsAsync().ConfigureAwait(false);
        lock (_gate)
        {
            var page = _new;
            _new = [];
            return new QueryPage<string>(page, _subscription is null ? QueryProgress.Finished : QueryProgress.Drained);
        }
    }

    public void Dispose() => _subscription?.Dispose();

    private async Task ReadIdsAsync()
    {
        // Before the reading: whoever sets it again meanwhile causes another one.
        lock (_gate) _readsAll = false;
        var ids = await _reader.ReadAsync(log => log.Ids).ConfigureAwait(false);
        lock (_gate) _new.AddRange(ids.Where(_seen.Add));
    }

    private void Appended(string? id)
    {
        lock (_gate)
        {
            if (id is null) _readsAll = true;
            else if (_seen.Add(id)) _new.Add(id);
            else return;
        }
        _changed!();
    }
}
