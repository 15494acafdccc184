namespace RetainActors.Cli.Report;

/// <summary>Ages put together so that an operator sees at once what has not moved.</summary>
internal static class AgeBuckets
{
    private static readonly (string Name, double UpToSeconds)[] Buckets =
    [
        ("1 min", 60), ("15 min", 900), ("1 h", 3600), ("1 d", 86_400), ("7 d", 604_800), ("older", double.PositiveInfinity),
    ];

    /// <summary>Names of the buckets; behind them comes one for ages that are unknown.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Buckets.Select(bucket => bucket.Name), "unknown"];

    /// <summary>The bucket of an age; a clock that runs ahead gives the youngest.</summary>
    public static int Of(double? ageSeconds) =>
        ageSeconds is { } age ? Array.FindIndex(Buckets, bucket => age <= bucket.UpToSeconds) : Buckets.Length;
}
