namespace RetainActors.Runs;

/// <summary>What a live run did last, and when; written by the run, read by its manager.</summary>
internal sealed class RunProgress(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private Step _last = new("is about to start", null, time.GetTimestamp());

    /// <summary>What it does since its last progress.</summary>
    public string Doing => Volatile.Read(ref _last) switch
    {
        { State: { } state } last => $"{last.Doing} {state}",
        var last => last.Doing,
    };

    /// <summary>How long that is ago.</summary>
    public TimeSpan Age => time.GetElapsedTime(Volatile.Read(ref _last).At);

    /// <summary>How long the run is live.</summary>
    public TimeSpan Lived => time.GetElapsedTime(_start);

    public void Note(string doing, string? state = null) => Volatile.Write(ref _last, new Step(doing, state, time.GetTimestamp()));

    private sealed record Step(string Doing, string? State, long At);
}
