using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace RetainActors.Benchmarks;

/// <summary>
/// Which types the garbage is made of, from the runtime's own samples: it names the type that is being made every 100 KB or so. So what is
/// made often or is large shows, and small numbers mean nothing.
/// </summary>
internal sealed class AllocationSampler : EventListener
{
    private const EventKeywords GcKeyword = (EventKeywords)0x1;

    private readonly ConcurrentDictionary<string, long> _bytes = new(StringComparer.Ordinal);
    private volatile bool _counts;

    /// <summary>Bytes of each type while something ran, the largest first.</summary>
    public static async Task<IReadOnlyList<(string Type, long Bytes)>> OfAsync(Func<Task> operation)
    {
        using var sampler = new AllocationSampler { _counts = true };
        await operation();
        sampler._counts = false;
        return [.. sampler._bytes.Select(type => (type.Key, type.Value)).OrderByDescending(type => type.Value)];
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime") EnableEvents(eventSource, EventLevel.Verbose, GcKeyword);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (!_counts || eventData.EventName is not { } name || !name.StartsWith("GCAllocationTick", StringComparison.Ordinal)) return;
        var (type, amount) = ((string)Payload("TypeName")!, Convert.ToInt64(Payload("AllocationAmount64"), null));
        _bytes.AddOrUpdate(type, amount, (_, sum) => sum + amount);

        object? Payload(string member) => eventData.Payload![eventData.PayloadNames!.IndexOf(member)];
    }
}
