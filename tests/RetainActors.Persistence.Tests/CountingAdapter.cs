using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Persistence.Journal;

namespace RetainActors.Persistence.Tests;

public sealed record CountedEvent(string Key);

/// <summary>Counts how often an event passes on its way to the journal.</summary>
public sealed class CountingAdapter : IWriteEventAdapter
{
    private static readonly ConcurrentDictionary<string, int> Counts = new();

    public CountingAdapter(ExtendedActorSystem system) => ArgumentNullException.ThrowIfNull(system);

    public static int Count(string key) => Counts.GetValueOrDefault(key);

    public string Manifest(object evt) => "";

    public object ToJournal(object evt)
    {
        Counts.AddOrUpdate(((CountedEvent)evt).Key, 1, (_, count) => count + 1);
        return evt;
    }
}
