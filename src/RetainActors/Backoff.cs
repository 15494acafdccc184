namespace RetainActors;

/// <summary>Waits that double from one failure to the next.</summary>
internal readonly record struct Backoff(TimeSpan Min, TimeSpan Max, double Jitter)
{
    /// <summary>The wait after so many failures, from 1; <paramref name="chance"/> from 0 to 1 takes up to the share <see cref="Jitter"/> of it away.</summary>
    public TimeSpan After(int failures, double chance) =>
        TimeSpan.FromTicks((long)(Math.Min(Min.Ticks * Math.Pow(2, failures - 1), Max.Ticks) * (1 - (Jitter * chance))));
}
