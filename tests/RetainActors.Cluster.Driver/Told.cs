using System.Diagnostics;

namespace RetainActors.Cluster.Driver;

/// <summary>What a node tells on its standard output: one line a time, each written whole before its teller goes on.</summary>
internal static class Told
{
    public static void Line(string line) => Console.WriteLine(line);

    /// <summary>A line with the time, by a clock that all processes of the machine share, behind its first word.</summary>
    public static void At(string word, params object[] rest) => Line(string.Join(' ', [word, Now, .. rest]));

    public static long Now => Stopwatch.GetTimestamp();
}
