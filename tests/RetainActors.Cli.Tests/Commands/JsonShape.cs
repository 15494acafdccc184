using System.Text.RegularExpressions;

namespace RetainActors.Cli.Tests.Commands;

/// <summary>JSON output with what differs from run to run made equal: times, durations, and the order of finished branches.</summary>
internal static partial class JsonShape
{
    public static string Of(string json) => Branches().Replace(
        Times().Replace(Durations().Replace(json, "$1:0"), "TIME"),
        match => string.Join(',', match.Value.Split(',').Order(StringComparer.Ordinal)));

    [GeneratedRegex("""("durationMs"):[0-9.eE+-]+""")]
    private static partial Regex Durations();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[0-9:.]+(\+00:00|Z)")]
    private static partial Regex Times();

    [GeneratedRegex("""("parallel:[A-Z_]+",?){2,}(?<!,)""")]
    private static partial Regex Branches();
}
