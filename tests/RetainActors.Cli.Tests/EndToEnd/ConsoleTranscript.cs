using System.Text.RegularExpressions;

namespace RetainActors.Cli.Tests.EndToEnd;

/// <summary>
/// The console blocks of a page: commands behind <c>$ </c>, each with what it prints. Runs of blanks count as one, and empty lines and rules of
/// tables for nothing; <c>…</c> stands for any text in a line, and alone on a line for any number of lines.
/// </summary>
internal sealed partial record ConsoleTranscript(IReadOnlyList<ConsoleStep> Steps)
{
    private const string Prompt = "$ ";

    public static ConsoleTranscript Of(string markdown)
    {
        var steps = new List<ConsoleStep>();
        foreach (var line in Block().Matches(markdown).SelectMany(block => block.Groups[1].Value.TrimEnd('\n').Split('\n')))
        {
            if (line.StartsWith(Prompt, StringComparison.Ordinal)) steps.Add(new ConsoleStep(line[Prompt.Length..], []));
            else if (steps.Count > 0) steps[^1].Expected.Add(line);
            else throw new FormatException($"'{line}' stands before the first command.");
        }

        return new ConsoleTranscript(steps);
    }

    [GeneratedRegex("^```console\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}

/// <summary>A command and the lines that it should print.</summary>
internal sealed partial record ConsoleStep(string Command, List<string> Expected)
{
    private const string Any = "…";

    public bool IsMetBy(string output) => Regex.IsMatch(
        string.Concat(Plain(output.Split('\n')).Select(line => line + "\n")),
        $"^{string.Concat(Plain(Expected).Select(PatternOf))}\\z",
        RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));

    private static IEnumerable<string> Plain(IEnumerable<string> lines) =>
        lines.Select(line => Blanks().Replace(line, " ").Trim()).Where(line => line.Trim('─').Length > 0);

    private static string PatternOf(string line) =>
        line == Any ? "(?:[^\n]*\n)*" : string.Join("[^\n]*", line.Split(Any).Select(Regex.Escape)) + "\n";

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex Blanks();
}
