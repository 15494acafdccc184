namespace RetainActors.Persistence.Query;

/// <summary>
/// Tells live queries that something became durable. A subscriber that subscribes first and reads then misses nothing: an event
/// is readable before its subscribers are told. They are called from any thread, sometimes for nothing, and must not block.
/// </summary>
internal sealed class AppendFeed
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Subscription>> _byId = new(StringComparer.Ordinal);
    private readonly List<Subscription> _toAll = [];
    private int _count;

    /// <summary>Calls <paramref name="changed"/> after appends to one id, until the result is disposed.</summary>
    public IDisposable Subscribe(string id, Action changed) => Add(new Subscription(this, id, _ => changed()));

    /// <summary>Calls <paramref name="changed"/> with the id of every append; with null when any id may have changed.</summary>
    public IDisposable SubscribeToAll(Action<string?> changed) => Add(new Subscription(this, null, changed));

    /// <summary>Something of the id is durable and can be read.</summary>
    public void Appended(string id)
    {
        if (Volatile.Read(ref _count) == 0) return;
        Subscription[] concerned;
        lock (_gate) concerned = [.. _byId.GetValueOrDefault(id) ?? [], .. _toAll];
        foreach (var subscription in concerned) subscription.Changed(id);
    }

    /// <summary>The log was opened again: a write of unknown outcome may have turned out to be durable.</summary>
    public void Reopened()
    {
        Subscription[] concerned;
        lock (_gate) concerned = [.. _byId.Values.SelectMany(list => list), .. _toAll];
        foreach (var subscription in concerned) subscription.Changed(null);
    }

    private Subscription Add(Subscription subscription)
    {
        lock (_gate)
        {
            if (subscription.Id is not { } id) _toAll.Add(subscription);
            else if (_byId.TryGetValue(id, out var list)) list.Add(subscription);
            else _byId.Add(id, [subscription]);
            Volatile.Write(ref _count, _count + 1);
        }
        return subscription;
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            var list = subscription.Id is { } id ? _byId.GetValueOrDefault(id) : _toAll;
            if (list?.Remove(subscription) != true) return;
            if (list.Count == 0 && subscription.Id is not null) _byId.Remove(subscription.Id);
            Volatile.Write(ref _count, _count - 1);
        }
    }

    private sealed class Subscription(AppendFeed owner, string? id, Action<string?> changed) : IDisposable
    {
        public string? Id { get; } = id;

        public Action<string?> Changed { get; } = changed;

        public void Dispose() => owner.Remove(this);
    }
}
