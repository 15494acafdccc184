namespace RetainActors.Storage.Tests;

/// <summary>Tests that damage or cut a log wherever that can be done.</summary>
internal static class Sweeps
{
    /// <summary>RETAIN_STORAGE_SWEEP=full: every place; otherwise a sample of them.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("RETAIN_STORAGE_SWEEP") == "full";
}
