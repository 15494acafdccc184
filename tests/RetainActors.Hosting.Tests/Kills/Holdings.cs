using System.Globalization;

namespace RetainActors.Hosting.Tests.Kills;

/// <summary>What a process holds at a time, seen from outside.</summary>
internal readonly record struct Holdings(TimeSpan At, double ResidentMiB, int Handles)
{
    public static Holdings Of(int processId, TimeSpan at)
    {
        var resident = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kib = double.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return new Holdings(at, kib / 1024, Directory.GetFiles($"/proc/{processId}/fd").Length);
    }
}

/// <summary>How what a process holds changes once it is warm: medians of the first and the last quarter of what was seen.</summary>
internal sealed record Growth(double ResidentMiB, int Handles, TimeSpan Time)
{
    private const double WarmUp = 0.2;

    // A collection of garbage more or less; what leaks for an hour is more.
    private const double AllowedMiB = 24;
    private const double AllowedMiBPerHour = 1;
    private const int AllowedHandles = 8;

    public static Growth Of(IReadOnlyList<Holdings> seen)
    {
        var warm = seen.Skip((int)(seen.Count * WarmUp)).ToList();
        var (first, last) = (warm.Take(warm.Count / 4).ToList(), warm.TakeLast(warm.Count / 4).ToList());
        return new Growth(
            Median(last, each => each.ResidentMiB) - Median(first, each => each.ResidentMiB),
            (int)(Median(last, each => each.Handles) - Median(first, each => each.Handles)),
            (TimeSpan)(last[0].At - first[0].At));
    }

    /// <summary>What says that something leaks; null when nothing does.</summary>
    public string? Leak =>
        ResidentMiB > AllowedMiB + (AllowedMiBPerHour * Time.TotalHours) ? $"{ResidentMiB:0.0} MiB more within {Time}"
        : Handles > AllowedHandles ? $"{Handles} open files more within {Time}"
        : null;

    private static double Median(List<Holdings> seen, Func<Holdings, double> of) => seen.Select(of).Order().ElementAt(seen.Count / 2);
}
