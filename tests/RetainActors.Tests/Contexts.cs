namespace RetainActors.Tests;

/// <summary>Sample contexts.</summary>
internal static class Contexts
{
    public static CheckpointKey Key { get; } = new("bank", "docs/source.md");

    /// <summary>A running context that has completed some states, each logged.</summary>
    public static RetainContext After(params string[] states) => new RetainContext(Key)
    {
        CompletedState = states.LastOrDefault(),
        NextState = "NEXT",
        StepLog = [.. states.Select(Step)],
    };

    public static StepLogEntry Step(string state) => new(state, Timestamp.Parse("2026-01-02T03:04:05Z"), Timestamp.Parse("2026-01-02T03:04:06Z"), 1000);
}
